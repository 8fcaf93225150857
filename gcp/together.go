package gcp

import (
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// together runs functions at the same time. A panic in one of them comes up again in Wait: whoever guards the goroutine that waits, as
// Bubble Tea does its commands to restore the terminal, cannot guard these. Its zero value is ready for use.
type together struct {
	group    errgroup.Group
	panicked atomic.Bool
}

// SetLimit has at most n of them run at once.
func (t *together) SetLimit(n int) { t.group.SetLimit(n) }

// Go runs f, and waits until it may where there is a limit.
func (t *together) Go(f func() error) {
	t.group.Go(func() error {
		ended := false
		defer func() {
			if !ended {
				_ = recover() // its value may quote anything, so it is not handed on
				t.panicked.Store(true)
			}
		}()
		err := f()
		ended = true
		return err
	})
}

// Do is Go for what has no error of its own.
func (t *together) Do(f func()) { t.Go(func() error { f(); return nil }) }

// Wait waits for all of them and gives the first error. It panics where one of them has.
func (t *together) Wait() error {
	err := t.group.Wait()
	t.rethrow()
	return err
}

// rethrow panics where one of them has.
func (t *together) rethrow() {
	if t.panicked.Load() {
		panic("gcp: a panic in one of several goroutines")
	}
}
