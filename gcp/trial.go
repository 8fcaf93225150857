package gcp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cloud.google.com/go/iam/admin/apiv1/adminpb"
	"cloud.google.com/go/iam/apiv1/iampb"
	iamv2pb "cloud.google.com/go/iam/apiv2/iampb"
	"github.com/googleapis/gax-go/v2"
	"google.golang.org/api/iap/v1"
	"google.golang.org/grpc/codes"
)

// Trial is one read that this program lives on, really made, and what came of it. Testing permissions by name would tell less:
// not whether the API is on, can be reached, and has quota left.
type Trial struct {
	API        string // "run.googleapis.com"
	Permission string // what the read is documented to need: "run.services.list"
	Does       string // "list services"
	Needed     bool   // without it the program does not do what it is for; the others add to it
	Off        string // what it says of the project if the API is off; "" where that is a fault
	Done       bool   // it worked
	Anybody    bool   // it worked, as it does for everybody: the API is there, and of the permission nothing is known
	Text       string // what was read; or why it was not tried, where neither Done nor Err says so
	Err        *Error // why it did not work
}

// Reached says whether the API can be reached: it answered, if only with a refusal.
func (t Trial) Reached() Answer {
	switch {
	case t.Done:
		return Yes
	case t.Err == nil, t.Err.Code == codes.Canceled:
		return Unsure
	case t.Err.Code == codes.Unauthenticated: // gRPC asks for a token once it has connected
		return Yes
	case t.Err.Unreached:
		return No
	}
	return Yes
}

// tailTrial is how long a tail is watched: one that is refused is refused at once, one that is not may say nothing for hours.
const tailTrial = 3 * time.Second

// Try makes each of these reads once, those that do not hang on one another at the same time, and ends when ctx does at the
// latest. The order is always the same. It changes nothing and keeps nothing.
func (c *Client) Try(ctx context.Context) []Trial {
	const run, logging, iam, manager = "run.googleapis.com", "logging.googleapis.com", "iam.googleapis.com", "cloudresourcemanager.googleapis.com"
	const compute, proxy = "compute.googleapis.com", "iap.googleapis.com"
	regions := Trial{API: run, Permission: needLocations, Does: "list the regions", Needed: true}
	services := Trial{API: run, Permission: needServices, Does: "list services", Needed: true}
	policy := Trial{API: run, Permission: needPolicy, Does: "read a service's policy", Needed: true}
	list := Trial{API: logging, Permission: needLogs, Does: "read the log", Needed: true}
	tail := Trial{API: logging, Permission: needLogs, Does: "follow the log"}
	role := Trial{API: iam, Permission: needRole, Does: "read a role"}
	above := Trial{API: manager, Permission: needProjectPolicy, Does: "read the project's policy"}
	denied := Trial{API: iam, Permission: needDenyList, Does: "list the project's deny policies"}
	maps := Trial{API: compute, Permission: "compute.urlMaps.list", Does: "list load balancers", Off: "a project that has load balancers of its own has it on"}
	identities := Trial{API: proxy, Permission: "iap.projects.getSettings", Does: "read the project's IAP settings", Off: "a project that uses IAP has it on"}

	var g together
	g.Go(func() error {
		found := c.tryServices(ctx, &regions, &services)
		custom := c.tryPolicy(ctx, &policy, found)
		c.tryRole(ctx, &role, custom)
		return nil
	})
	g.Go(func() error {
		list.try(func() (string, error) {
			p, err := c.Log(ctx, time.Now().Add(-time.Minute), time.Time{}, 1)
			if n := len(p.Entries) + len(p.Changes); n == 0 {
				return "nothing was refused or changed in the last minute", err
			}
			return "", err
		})
		return nil
	})
	g.Go(func() error { c.tryTail(ctx, &tail); return nil })
	g.Go(func() error {
		above.try(func() (string, error) {
			_, err := c.above.projectPolicy.once(ctx, &iampb.GetIamPolicyRequest{
				Resource: "projects/" + c.project, Options: &iampb.GetPolicyOptions{RequestedPolicyVersion: 3},
			})
			if err != nil {
				err = c.failure(above.Does, "", needProjectPolicy, err)
			}
			return "", err
		})
		return nil
	})
	g.Go(func() error {
		denied.try(func() (string, error) {
			_, err := c.above.denials.once(ctx, &iamv2pb.ListPoliciesRequest{Parent: denyParent("projects/" + c.project)})
			if err != nil {
				err = c.failure(denied.Does, "", needDenyList, err)
			}
			return "", err
		})
		return nil
	})
	g.Go(func() error { c.tryFront(ctx, &maps, &identities); return nil })
	g.Wait()
	return []Trial{regions, services, policy, list, tail, role, denied, above, maps, identities}
}

// try makes the read and notes what came of it.
func (t *Trial) try(read func() (text string, err error)) {
	text, err := read()
	if err != nil {
		t.Err = failure(t.Does, "", "", t.Permission, err)
		return
	}
	t.Done, t.Text = true, text
}

func (c *Client) tryServices(ctx context.Context, regions, services *Trial) (found []Service) {
	var l Listing
	var err error
	regions.try(func() (string, error) {
		l, err = c.Services(ctx)
		if err != nil && l.Regions == 0 {
			return "", err
		}
		return fmt.Sprintf("%d", l.Regions), nil
	})
	if !regions.Done {
		services.Text = "not tried: without the regions nobody knows where"
		return nil
	}
	services.try(func() (string, error) {
		text := fmt.Sprintf("%d", len(l.Services))
		var failed []string
		for _, f := range l.Failed {
			failed = append(failed, f.Region)
		}
		if failed != nil {
			text += fmt.Sprintf("; unknown: %s: %s", strings.Join(failed, ", "), l.Failed[0].Err.Cause())
		}
		return text, err
	})
	return l.Services
}

// tryFront reads a page of what may stand in front of services.
func (c *Client) tryFront(ctx context.Context, maps, identities *Trial) {
	apis, err := c.rest()
	read := func(t *Trial, call func(context.Context) error) {
		t.try(func() (string, error) {
			if err != nil {
				return "", err
			}
			if err := call(ctx); err != nil {
				return "", c.failure(t.Does, "", t.Permission, err)
			}
			return "", nil
		})
	}
	var g together
	g.Go(func() error {
		read(maps, func(ctx context.Context) error {
			all := apis.collections(&balancers{project: c.project})
			_, err := all[slices.IndexFunc(all, func(k collection) bool { return k.name == "urlMaps" })].page(ctx, "")
			return err
		})
		return nil
	})
	g.Go(func() error {
		read(identities, func(ctx context.Context) error {
			_, err := onceREST(ctx, func(ctx context.Context) (*iap.IapSettings, error) {
				return apis.iapSettings(ctx, "projects/"+c.project)
			})
			return err
		})
		return nil
	})
	g.Wait()
}

// tryPolicy reads the policy of the first service, and gives a custom role in it, "" where it has none.
func (c *Client) tryPolicy(ctx context.Context, t *Trial, services []Service) (custom string) {
	if len(services) == 0 {
		t.Text = "not tried: no service is known to try it on"
		return ""
	}
	t.try(func() (string, error) {
		got, err := once(ctx, callTime, func(ctx context.Context, opts ...gax.CallOption) (*iampb.Policy, error) {
			return c.services.GetIamPolicy(ctx, &iampb.GetIamPolicyRequest{
				Resource: services[0].ID, Options: &iampb.GetPolicyOptions{RequestedPolicyVersion: 3},
			}, opts...)
		})
		if i := slices.IndexFunc(got.GetBindings(), func(b *iampb.Binding) bool { return !strings.HasPrefix(b.GetRole(), "roles/") }); i >= 0 {
			custom = got.GetBindings()[i].GetRole()
		}
		if err != nil {
			err = c.failure(t.Does, services[0].Name, needPolicy, err)
		}
		return "of " + services[0].Name, err
	})
	return custom
}

// tryRole reads a custom role, or where none is known one that everybody may read, which shows the API alone.
func (c *Client) tryRole(ctx context.Context, t *Trial, custom string) {
	name, text := custom, custom
	if custom == "" {
		name, text = "roles/run.invoker", "no custom role was met to try it on"
	}
	t.try(func() (string, error) {
		_, err := once(ctx, callTime, func(ctx context.Context, opts ...gax.CallOption) (*adminpb.Role, error) {
			return c.iam.GetRole(ctx, &adminpb.GetRoleRequest{Name: name}, opts...)
		})
		if err != nil {
			err = c.failure(t.Does, name, needRole, err)
		}
		return text, err
	})
	t.Anybody = t.Done && custom == ""
}

func (c *Client) tryTail(ctx context.Context, t *Trial) {
	t.try(func() (string, error) {
		tail, err := c.Tail(ctx)
		if err != nil {
			return "", err
		}
		defer tail.Close()
		enough := time.AfterFunc(tailTrial, tail.Close)
		defer enough.Stop()
		_, err = tail.Next()
		var e *Error
		if errors.As(err, &e) && e.Code == codes.Canceled && ctx.Err() == nil {
			return fmt.Sprintf("not refused within %.0f seconds", tailTrial.Seconds()), nil
		}
		return "", err
	})
}
