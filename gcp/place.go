package gcp

import "slices"

// Place is where a service is: names repeat between regions, and between projects. Project is as the Client was asked for it.
type Place struct{ Project, Service, Region string }

// Place is where the service is.
func (s Service) Place() Place { return Place{s.Project, s.Name, s.Region} }

// Place is the service that the request was sent to.
func (e Entry) Place() Place { return Place{e.Project, e.Service, e.Region} }

// Place is the service that was changed.
func (c Change) Place() Place { return Place{c.Project, c.Service, c.Region} }

// asked is a project as the client was asked for it, by id or number: the log names every project by its id.
func (c *Client) asked(logged string) string {
	if len(c.projects) == 1 {
		return c.project
	}
	if slices.Contains(c.projects, logged) {
		return logged
	}
	for _, p := range c.projects {
		if p != "" && p[0] >= '0' && p[0] <= '9' { // no id begins with a digit
			return p
		}
	}
	return logged
}

// place says of what was read from the log to which of the client's projects it belongs, and leaves out changes of other regions than
// those that are read.
func (c *Client) place(p Page) Page {
	for i := range p.Entries {
		p.Entries[i].Project = c.asked(p.Entries[i].Project)
	}
	if len(c.wanted) > 0 {
		p.Changes = slices.DeleteFunc(p.Changes, func(v Change) bool { return v.Region != "" && !slices.Contains(c.wanted, v.Region) })
	}
	for i := range p.Changes {
		p.Changes[i].Project = c.asked(p.Changes[i].Project)
	}
	return p
}

// resources are the client's projects, as the log is asked for them.
func (c *Client) resources() []string {
	out := make([]string, len(c.projects))
	for i, p := range c.projects {
		out[i] = "projects/" + p
	}
	return out
}
