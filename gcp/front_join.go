package gcp

import (
	"cmp"
	"slices"
	"strings"

	compute "google.golang.org/api/compute/v1"
)

// pathOf is a part's name without the project: "global/urlMaps/NAME", "regions/R/backendServices/NAME". Links come with several
// hosts and versions of the API before it.
func pathOf(link string) string {
	if _, rest, ok := strings.Cut(link, "/projects/"); ok {
		_, link, _ = strings.Cut(rest, "/")
	}
	return link
}

// within says whether a link leads into the project; a link may name it by its number, which is not known here.
func within(project, link string) bool {
	_, rest, ok := strings.Cut(link, "/projects/")
	id, _, _ := strings.Cut(rest, "/")
	return !ok || id == project || strings.Trim(id, "0123456789") == "" || strings.Trim(project, "0123456789") == ""
}

// local is the path of a link that leads into the project, "" for another project's.
func (b *balancers) local(link string) string {
	if !within(b.project, link) {
		return ""
	}
	return pathOf(link)
}

// join makes the ways out of the parts: every serverless NEG of every backend service, under every URL map that uses it.
func (b *balancers) join() []Front {
	negs := map[string]*compute.NetworkEndpointGroup{}
	for _, n := range b.negs {
		negs[pathOf(n.SelfLink)] = n
	}
	used := map[string]bool{}
	routes := make([]map[string][]Route, len(b.urlMaps))
	for i, m := range b.urlMaps {
		routes[i] = b.routes(m)
		for backend := range routes[i] {
			used[backend] = true
		}
	}
	var out []Front
	for _, s := range b.backends {
		ways := b.ways(s, negs)
		at := pathOf(s.SelfLink)
		for i, m := range b.urlMaps {
			if r := routes[i][at]; r != nil {
				out = append(out, b.under(m, r, ways)...)
			}
		}
		if !used[at] {
			out = append(out, ways...)
		}
	}
	slices.SortStableFunc(out, func(a, b Front) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Region, b.Region), strings.Compare(a.Backend, b.Backend),
			strings.Compare(a.NEG.Region, b.NEG.Region), strings.Compare(a.NEG.Name, b.NEG.Name))
	})
	return out
}

// under are the ways of a backend service as one URL map uses them.
func (b *balancers) under(m *compute.UrlMap, routes []Route, ways []Front) []Front {
	addresses, certificates := b.addresses(pathOf(m.SelfLink))
	var out []Front
	for _, f := range ways {
		f.Name, f.Routes, f.Addresses, f.Certificates = m.Name, routes, addresses, certificates
		f.External, f.Secure = No, No
		if b.missing["forwardingRules"] || b.missing["targetHttpProxies"] || b.missing["targetHttpsProxies"] {
			f.External, f.Secure = Unsure, Unsure
		}
		for _, a := range addresses {
			if a.External {
				f.External = Yes
			}
			if a.HTTPS {
				f.Secure = Yes
			}
		}
		f.UsedBy = slices.DeleteFunc(slices.Clone(f.UsedBy), func(u string) bool { return pathOf("/"+u) == pathOf(m.SelfLink) && within(b.project, "/"+u) })
		out = append(out, f)
	}
	return out
}

// ways are a backend service's serverless NEGs.
func (b *balancers) ways(s *compute.BackendService, negs map[string]*compute.NetworkEndpointGroup) []Front {
	front := Front{
		Region: last(s.Region), Backend: s.Name, BackendID: decimal(s.Id), Scheme: s.LoadBalancingScheme,
		Armor: last(s.SecurityPolicy), EdgeArmor: last(s.EdgeSecurityPolicy), IAP: No,
	}
	if s.Iap != nil && s.Iap.Enabled {
		front.IAP, front.IAPClient = Yes, s.Iap.Oauth2ClientId
	}
	if s.LogConfig != nil && s.LogConfig.Enable {
		front.LogOn, front.LogSampling = true, s.LogConfig.SampleRate
	}
	for _, u := range s.UsedBy {
		if _, name, ok := strings.Cut(u.Reference, "/projects/"); ok {
			front.UsedBy = append(front.UsedBy, "projects/"+name)
		} else if u.Reference != "" {
			front.UsedBy = append(front.UsedBy, u.Reference)
		}
	}
	var all []NEG
	for _, g := range s.Backends {
		at := b.local(g.Group)
		p := strings.Split(at, "/")
		if len(p) != 4 || p[0] != "regions" || p[2] != "networkEndpointGroups" {
			continue
		}
		n, ok := negs[at]
		switch {
		case ok && (n.CloudRun != nil || n.CloudFunction != nil):
			all = append(all, serverless(n, p[1]))
		case !ok && b.missing["networkEndpointGroups"]:
			all = append(all, NEG{Name: p[3], Region: p[1]})
		}
	}
	var out []Front
	for i, n := range all {
		f := front
		f.NEG, f.Others = n, slices.Delete(slices.Clone(all), i, i+1)
		out = append(out, f)
	}
	return out
}

func serverless(n *compute.NetworkEndpointGroup, region string) NEG {
	v := NEG{Name: n.Name, Region: region, Known: true}
	if r := n.CloudRun; r != nil {
		v.Service, v.Tag, v.Mask = r.Service, r.Tag, r.UrlMask
	} else if f := n.CloudFunction; f != nil {
		v.Function, v.Mask = f.Function, f.UrlMask
	}
	return v
}

// addresses are where the proxies of a URL map listen, and the certificates that they show.
func (b *balancers) addresses(urlMap string) (out []Address, certificates []string) {
	proxies := map[string]bool{} // by path: whether it takes HTTPS
	for _, p := range b.httpProxies {
		if b.local(p.UrlMap) == urlMap {
			proxies[pathOf(p.SelfLink)] = false
		}
	}
	for _, p := range b.httpsProxies {
		if b.local(p.UrlMap) == urlMap {
			proxies[pathOf(p.SelfLink)] = true
			certificates = append(certificates, b.shown(p)...)
		}
	}
	for _, r := range b.rules {
		if secure, ok := proxies[b.local(r.Target)]; ok {
			a := Address{IP: r.IPAddress, Ports: ports(r), HTTPS: secure}
			a.Kind, a.External = kindOf(r.LoadBalancingScheme, r.Region != "")
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b Address) int { return cmp.Or(strings.Compare(a.IP, b.IP), strings.Compare(a.Ports, b.Ports)) })
	slices.Sort(certificates)
	return out, slices.Compact(certificates)
}

// ports is a forwarding rule's range: "443" in place of "443-443".
func ports(r *compute.ForwardingRule) string {
	if from, to, ok := strings.Cut(r.PortRange, "-"); ok && from == to {
		return from
	}
	if r.PortRange == "" {
		return strings.Join(r.Ports, ",")
	}
	return r.PortRange
}

// kindOf names the load balancers of a scheme (https://cloud.google.com/load-balancing/docs/https).
func kindOf(scheme string, regional bool) (words string, external bool) {
	switch {
	case scheme == "EXTERNAL_MANAGED" && regional:
		return "regional external", true
	case scheme == "EXTERNAL_MANAGED":
		return "global external", true
	case scheme == "EXTERNAL":
		return "classic external", true
	case scheme == "INTERNAL_MANAGED" && regional:
		return "internal", false
	case scheme == "INTERNAL_MANAGED":
		return "cross-region internal", false
	case scheme == "INTERNAL_SELF_MANAGED":
		return "service mesh", false
	}
	return strings.ToLower(strings.ReplaceAll(scheme, "_", " ")), false
}

// shown are the domains of a proxy's certificates.
func (b *balancers) shown(p *compute.TargetHttpsProxy) []string {
	var out []string
	for _, link := range p.SslCertificates {
		name := last(link)
		at := slices.IndexFunc(b.certificates, func(c *compute.SslCertificate) bool { return pathOf(c.SelfLink) == b.local(link) })
		switch {
		case at < 0:
			out = append(out, "certificate "+name)
		case b.certificates[at].Managed != nil && len(b.certificates[at].Managed.Domains) > 0:
			for _, d := range b.certificates[at].Managed.Domains {
				if st := b.certificates[at].Managed.Status; st != "" && st != "ACTIVE" {
					d += " (certificate " + strings.ToLower(strings.ReplaceAll(st, "_", " ")) + ")"
				}
				out = append(out, d)
			}
		case len(b.certificates[at].SubjectAlternativeNames) > 0:
			out = append(out, b.certificates[at].SubjectAlternativeNames...)
		default:
			out = append(out, "certificate "+name)
		}
	}
	if p.CertificateMap != "" {
		out = append(out, "those of certificate map "+last(p.CertificateMap))
	}
	return out
}
