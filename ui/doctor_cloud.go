package ui

import (
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"

	"why401/gcp"
	"why401/token"
)

// isNotFound says whether an error of gcp's is that there is no such thing.
func isNotFound(err error) bool {
	var e *gcp.Error
	return errors.As(err, &e) && e.Code == codes.NotFound
}

// trialsOf are the trials of an API.
func (x *examination) trialsOf(api string) (of []gcp.Trial) {
	for _, t := range x.trials {
		if t.API == api {
			of = append(of, t)
		}
	}
	return of
}

// apisTried are the APIs of the trials, in their order, and whether the program can do without.
func (x *examination) apisTried() (apis []string, needed map[string]bool) {
	needed = map[string]bool{}
	for _, t := range x.trials {
		if _, seen := needed[t.API]; !seen {
			apis = append(apis, t.API)
		}
		needed[t.API] = needed[t.API] || t.Needed
	}
	return apis, needed
}

// reach says for each host whether anything answers there, over which endpoint and proxy.
func (x *examination) reach() {
	if x.openErr != nil {
		x.failed(finding{section: "Reachability", id: "reach", name: "clients", needed: true}, x.openErr)
	}
	apis, needed := x.apisTried()
	for _, api := range apis {
		f := finding{section: "Reachability", id: "reach." + api, name: api, needed: needed[api], status: token.Unknown, text: "not tried"}
		for _, t := range x.trialsOf(api) {
			switch t.Reached() {
			case gcp.Yes:
				f.status, f.text, f.fix = token.Pass, "answers", ""
			case gcp.No:
				if f.status != token.Pass {
					f.status, f.text, f.fix = token.Fail, t.Err.Cause(), t.Err.Hint
				}
			}
		}
		f.text += x.way(api)
		x.add(x.milder(f))
	}
	const host = "www.googleapis.com"
	f := finding{section: "Reachability", id: "reach." + host, name: host, status: token.Pass, text: "gives the public keys"}
	if x.keysErr != nil {
		f.status, f.text, f.fix = token.Fail, "public keys: "+x.keysErr.Error(), hint(x.keysErr)
	}
	f.text += x.way(host)
	x.add(x.milder(f))
}

// milder makes a warning of what fails and is not needed.
func (x *examination) milder(f finding) finding {
	if f.status == token.Fail && !f.needed {
		f.status = token.Warn
	}
	return f
}

// way names the endpoint and the proxy, where they are not Google's own and none.
func (x *examination) way(api string) string {
	for _, e := range x.endpoints {
		if e.API != api {
			continue
		}
		text := ""
		if e.From != "" {
			text += ", at " + e.Host + " by " + e.From
		}
		if e.Proxy != "" {
			text += ", through the proxy " + e.Proxy
		}
		return text
	}
	return ""
}

// apis says for each API whether the project has it switched on.
func (x *examination) apis() {
	apis, needed := x.apisTried()
	for _, api := range apis {
		f := finding{section: "APIs", id: "api." + api, name: api, needed: needed[api], status: token.Unknown, text: "no answer that tells"}
		for _, t := range x.trialsOf(api) {
			switch {
			case t.Done && f.status == token.Unknown:
				f.status, f.text = token.Pass, "on"
			case t.Err != nil && t.Err.API != "":
				f.status, f.text, f.fix = token.Fail, t.Err.Cause(), t.Err.Hint
				if t.Off != "" {
					f.status, f.text, f.fix = token.Skip, "off; "+t.Off, ""
				}
			}
		}
		// What only lacks a permission says so below; it does not make the API a second complaint.
		f.needed = f.needed && f.status != token.Unknown
		x.add(x.milder(f))
	}
}

// permissions says for each read whether it worked, and what is missing where it did not.
func (x *examination) permissions() {
	for i, t := range x.trials {
		f := finding{section: "Permissions", id: "permission." + t.Permission, name: t.Permission, needed: t.Needed, status: token.Pass, text: t.Does}
		if i > 0 && x.trials[i-1].Permission == t.Permission {
			f.id += "." + lastWord(t.API, t.Does)
		}
		if t.Text != "" {
			f.text += ": " + t.Text
		}
		switch {
		case t.Done && t.Anybody:
			f.status, f.needed = token.Unknown, false
		case t.Done:
		case t.Err == nil:
			// There was nothing to try it on, or another line says why it could not be tried.
			f.status, f.needed = token.Unknown, false
		default:
			f.text = t.Does + ": " + t.Err.Cause()
			x.refused(&f, t.Err)
		}
		x.add(x.milder(f))
	}
}

// lastWord tells two trials of one permission apart.
func lastWord(api, does string) string {
	if does == "follow the log" {
		return "tail"
	}
	return api
}

// refused says what an error means for a permission: only one that names it says that it is missing.
func (x *examination) refused(f *finding, e *gcp.Error) {
	f.status, f.fix = token.Unknown, e.Hint
	switch {
	case e.Code == codes.PermissionDenied && e.API == "":
		f.status = token.Fail
	case e.Code == codes.Unauthenticated && (x.login == nil || x.loginErr != nil || x.project == ""):
		f.text, f.fix = "not known without a login", ""
		if x.project == "" {
			f.text = "not known without a project"
		}
	case e.API != "" || e.Unreached:
		f.fix = "" // said above
	}
}

// clock compares this machine's clock with the key server's.
func (x *examination) clock() {
	f := finding{section: "Clock", id: "clock", name: "clock", status: token.Unknown, text: "no server told the time"}
	if x.keysErr == nil && !x.keys.Date.IsZero() {
		// A Date has whole seconds: the middle of its second is the best guess.
		skew := x.keys.Read.Sub(x.keys.Date.Add(time.Second / 2))
		f.status, f.text = token.Pass, "agrees with Google's to some seconds"
		if skew.Abs() >= skewTime {
			word := map[bool]string{true: "ahead of", false: "behind"}[skew > 0]
			f.status = token.Warn
			f.text = fmt.Sprintf("about %s %s Google's; tokens that are made here may be refused", skew.Abs().Round(5*time.Second), word)
			f.fix = "timedatectl set-ntp true, or set the clock"
		}
	}
	x.add(f)
}
