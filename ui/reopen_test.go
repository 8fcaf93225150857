package ui

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"why401/gcp"
	"why401/gcp/demo"
)

// dead is the status of calls with a login that is over.
var dead = status.Error(codes.Unauthenticated, `transport: per-RPC creds failed due to error: auth: "invalid_grant" "Token has been expired or revoked."`)

// apiMethods are the calls that need credentials.
var apiMethods = []string{"ListLocations", "ListServices", "GetIamPolicy", "GetRole", "ListLogEntries", "TailLogEntries"}

// TestALoginThatEndsIsRenewedWithoutARestart: whichever call finds out, the client is opened anew, the old rows stay with their
// age, and all is well once the user has logged in again.
func TestALoginThatEndsIsRenewedWithoutARestart(t *testing.T) {
	for _, method := range append([]string{"all"}, apiMethods...) {
		if method == "GetRole" {
			continue // says so beside the role, and is asked again with the policy
		}
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory())
				opened, over := 0, false
				d := drive(t, cloud, 120, 40, func(o *Options) {
					open := o.Open
					o.Open = func(ctx context.Context) (*gcp.Client, error) {
						opened++
						if over {
							return nil, gcpFailure(t, cloud, dead)
						}
						return open(ctx)
					}
				})
				d.has("● live", "shop-api")
				asOf := d.root.services.asOf.Format(time.TimeOnly)
				rows := len(d.root.services.rows)

				over = true
				methods := []string{method}
				if method == "all" {
					methods = apiMethods
				}
				for _, m := range methods {
					cloud.Fail(m, dead)
				}
				cloud.EndTails(dead)
				d.keys("r")
				d.wait(20 * time.Second)
				d.has("log in, retry ", "the login has expired or was revoked", "gcloud auth application-default", "as of "+asOf, "shop-api")
				if n := len(d.root.services.rows); n != rows {
					t.Errorf("%d rows of %d are left", n, rows)
				}
				before := opened
				d.wait(10 * time.Minute)
				if n := opened - before; n < 35 || n > 45 {
					t.Errorf("opened %d times in ten minutes", n)
				}

				over = false
				for _, m := range methods {
					cloud.Heal(m)
				}
				d.wait(30 * time.Second)
				d.has("● live", "shop-api")
				d.lacks("log in", "as of ", "revoked", "gcloud auth")
				before = opened
				d.wait(5 * time.Minute)
				if opened != before || cloud.OpenTails() != 1 {
					t.Errorf("opened %d times after all was well; %d tails", opened-before, cloud.OpenTails())
				}
			})
		})
	}
}

// TestNothingIsCountedThatHasLeftTheWindow: also while no login is to be had, and so no list comes that would drop it.
func TestNothingIsCountedThatHasLeftTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(1))
		over := false
		d := drive(t, cloud, 120, 40, func(o *Options) {
			open := o.Open
			o.Open = func(ctx context.Context) (*gcp.Client, error) {
				if over {
					return nil, gcpFailure(t, cloud, dead)
				}
				return open(ctx)
			}
		})
		cloud.Emit(demo.Refusal{Service: "service-00000", Status: 401}, demo.Refusal{Service: "service-00000", Status: 403})
		d.wait(3 * time.Second)
		d.has("15m: 2 refused")
		over = true
		for _, m := range apiMethods {
			cloud.Fail(m, dead)
		}
		cloud.EndTails(dead)
		d.keys("r")
		d.wait(10 * time.Minute)
		d.has("log in, retry ", "15m: 2+ refused", "1+×401")
		d.wait(15 * time.Minute)
		d.has("log in, retry ", "15m: 0+ refused")
		d.lacks("2+", "×401")
	})
}

// TestACountThatIsDrawnIsOfNow: what left the window since the services were listed is not counted beside what has just come.
func TestACountThatIsDrawnIsOfNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(1))
		d := drive(t, cloud, 120, 40)
		d.wait(10 * time.Second)
		cloud.Emit(demo.Refusal{Service: "service-00000", Status: 401})
		d.wait(15*time.Minute + 20*time.Second)
		cloud.Emit(demo.Refusal{Service: "service-00000", Status: 403})
		d.wait(3 * time.Second)
		d.has("15m: 1 refused", "1×403")
		d.lacks("1×401")
	})
}

// gcpFailure is the error of a client whose calls fail with err.
func gcpFailure(t *testing.T, cloud *demo.Cloud, err error) error {
	t.Helper()
	ctx := context.Background()
	client, made := gcp.New(ctx, gcp.Config{Project: cloud.Project(), Options: cloud.Options()})
	if made != nil {
		t.Fatal(made)
	}
	defer client.Close()
	cloud.FailTimes("ListLocations", 1, err)
	if _, err = client.Services(ctx); err == nil || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("the cloud said %v", err)
	}
	return err
}

// TestACountDownEndsWithWhatItAnnounces.
func TestACountDownEndsWithWhatItAnnounces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d := drive(t, cloud, 80, 24)
		d.has("● live")
		d.wait(10 * time.Second)
		cloud.Fail("ListLocations", demo.QuotaExceeded("run.googleapis.com", "global", 23*time.Second))
		d.keys("r")
		d.has("○ live, list retry 23s", "as of ", "quota")
		listed := cloud.Calls("ListLocations")
		for _, want := range []string{"22s", "21s", "20s"} {
			d.wait(time.Second)
			d.has("live, list retry " + want)
		}
		d.wait(19 * time.Second)
		d.has("live, list retry 1s")
		if n := cloud.Calls("ListLocations"); n != listed {
			t.Errorf("listed %d times before Google's time was over", n-listed)
		}
		cloud.Heal("ListLocations")
		d.wait(time.Second)
		d.has("● live")
		d.lacks("quota", "as of")
		before := d.count
		d.wait(40 * time.Second)
		if n := d.count - before; n > 2 {
			t.Errorf("%d messages in forty idle seconds", n)
		}
	})
}

// TestACountDownCostsTheLinkLittle: it may take forty bytes a second.
func TestACountDownCostsTheLinkLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("it counts bytes, which no race changes")
	}
	for _, c := range []struct {
		name  string
		fault func(*demo.Cloud)
		says  string
	}{
		{"the list", func(c *demo.Cloud) {
			c.Fail("ListLocations", demo.QuotaExceeded("run.googleapis.com", "global", 10*time.Minute))
		}, "live, list retry "},
		{"the login", func(c *demo.Cloud) {
			for _, m := range apiMethods {
				c.Fail(m, dead)
			}
		}, "log in, retry "},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory())
				l := dial(t, cloud, 120, 40, nil)
				c.fault(cloud)
				l.press("r")
				l.wait(90 * time.Second)
				if screen := l.screen(); !strings.Contains(screen, c.says) {
					t.Errorf("nothing counts down:\n%s", screen)
				}
				n := l.cost(5 * time.Minute)
				if t.Logf("%d bytes in five minutes, %d a second", n, n/300); n > 40*300 {
					t.Error("that is too much")
				}
			})
		})
	}
}

// TestTheHelpNamesTheLoginThatIsNotTaken: while there is no client, and no longer than that.
func TestTheHelpNamesTheLoginThatIsNotTaken(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"a login", &gcp.Error{Op: "log in", Code: codes.Unauthenticated, Login: "me@acme.example from /home/me/key.json"}, "me@acme.example from /home/me/key.json, which is not taken"},
		{"a login, and no way to Google", &gcp.Error{Op: "log in", Code: codes.Unavailable, Unreached: true, Login: "me@acme.example from /home/me/key.json"}, "me@acme.example from /home/me/key.json, which could not be tried yet"},
		{"none", &gcp.Error{Op: "find credentials", Code: codes.Unauthenticated}, "none yet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				over := true
				d := drive(t, demo.New(demo.InMemory()), 120, 40, func(o *Options) {
					open := o.Open
					o.Demo = false
					o.Open = func(ctx context.Context) (*gcp.Client, error) {
						if over {
							return nil, c.err
						}
						return open(ctx)
					}
				})
				d.keys("?")
				d.has(c.want)
				d.keys("esc")
				over = false
				d.wait(30 * time.Second)
				d.keys("?")
				d.lacks(c.want)
			})
		})
	}
}
