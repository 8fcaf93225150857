package gcp

import (
	"errors"
	"testing"
)

func TestAPanicComesUpWhereItIsWaitedFor(t *testing.T) {
	var calm together
	calm.SetLimit(1)
	ran := 0
	want := errors.New("refused")
	calm.Do(func() { ran++ })
	calm.Go(func() error { ran++; return want })
	if err := calm.Wait(); err != want || ran != 2 {
		t.Errorf("%d ran, error %v", ran, err)
	}
	var broken together
	broken.Do(func() { panic("eyJhbGciOiJSUzI1NiJ9") })
	broken.Do(func() {})
	defer func() {
		switch said := recover(); said {
		case nil:
			t.Error("the panic is lost")
		case "eyJhbGciOiJSUzI1NiJ9":
			t.Error("the panic's own value is handed on")
		}
	}()
	_ = broken.Wait()
}
