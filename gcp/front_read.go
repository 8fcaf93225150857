package gcp

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	compute "google.golang.org/api/compute/v1"
	"google.golang.org/api/googleapi"
)

// balancers is what was read of a project's load balancers, as the Compute API gives it.
type balancers struct {
	project      string
	log          *slog.Logger
	urlMaps      []*compute.UrlMap
	backends     []*compute.BackendService
	negs         []*compute.NetworkEndpointGroup
	rules        []*compute.ForwardingRule
	httpProxies  []*compute.TargetHttpProxy
	httpsProxies []*compute.TargetHttpsProxy
	certificates []*compute.SslCertificate

	missing map[string]bool // the collections that are not whole, by name: "urlMaps"
	unread  []string
}

// collection is one kind of parts, and how a page of it is read.
type collection struct {
	name, words string
	page        func(ctx context.Context, token string) (scopes, error)
}

// scopes is what a page tells besides its parts.
type scopes struct {
	next   string
	silent []string // those that could not be reached
}

// take notes a scope's warning. A scope without anything on the page comes with one too.
func (s *scopes) take(scope, code string) {
	if code != "" && code != "NO_RESULTS_ON_PAGE" {
		s.silent = append(s.silent, scope)
	}
}

// read reads every collection at the same time, and notes what is not whole. The errors are of the collections that failed, in
// their order.
func (b *balancers) read(ctx context.Context, all []collection) []*Error {
	errs := make([]*Error, len(all))
	silent := make([][]string, len(all))
	var g together
	for i, kind := range all {
		g.Go(func() error {
			err := pages(func(token string) (string, bool, error) {
				began := time.Now()
				s, err := kind.page(ctx, token)
				called(b.log, kind.name+".aggregatedList", began, err)
				silent[i] = append(silent[i], s.silent...)
				return s.next, false, err
			})
			if err != nil {
				errs[i] = failure("read the "+kind.words, "", b.project, "compute."+kind.name+".list", err)
			}
			return nil
		})
	}
	g.Wait()
	b.missing = map[string]bool{}
	var said saying
	for i, kind := range all {
		if errs[i] != nil {
			said.add(errs[i], kind.words)
		}
		for _, scope := range silent[i] {
			b.unread = append(b.unread, fmt.Sprintf("%s of %s: Google could not reach it", kind.words, last(scope)))
		}
		b.missing[kind.name] = errs[i] != nil || len(silent[i]) > 0
	}
	b.unread = append(b.unread, said.words...)
	return slices.DeleteFunc(errs, func(e *Error) bool { return e == nil })
}

// saying tells errors in words, those of one cause in one sentence.
type saying struct {
	causes []string
	words  []string
}

func (s *saying) add(e *Error, what string) {
	cause := e.Cause()
	if e.Role != "" {
		cause += "; " + e.Role + " would show it"
	} else if e.Hint != "" {
		cause += "; " + e.Hint
	}
	at := slices.Index(s.causes, cause)
	if at < 0 {
		s.causes, s.words = append(s.causes, cause), append(s.words, what+": "+cause)
		return
	}
	s.words[at] = strings.TrimSuffix(s.words[at], ": "+cause) + ", " + what + ": " + cause
}

// collect makes a collection of a call and of how its answer is taken in.
func collect[R any](name, words string, call func(ctx context.Context, token string) (R, error), take func(R, *scopes)) collection {
	return collection{name, words, func(ctx context.Context, token string) (scopes, error) {
		var s scopes
		r, err := onceREST(ctx, func(ctx context.Context) (R, error) { return call(ctx, token) })
		if err == nil {
			take(r, &s)
		}
		return s, err
	}}
}

// collections are those that are read, each over all regions in one list: with what can be had where a region is out of reach,
// as the reference recommends.
func (b *balancers) collections(api *compute.Service) []collection {
	p, partial := b.project, googleapi.QueryParameter("returnPartialSuccess", "true")
	return []collection{
		collect("urlMaps", "URL maps", func(ctx context.Context, token string) (*compute.UrlMapsAggregatedList, error) {
			return api.UrlMaps.AggregatedList(p).PageToken(token).Context(ctx).Do(partial)
		}, func(r *compute.UrlMapsAggregatedList, s *scopes) {
			s.next, s.silent = r.NextPageToken, r.Unreachables
			for scope, in := range r.Items {
				b.urlMaps = append(b.urlMaps, in.UrlMaps...)
				if in.Warning != nil {
					s.take(scope, in.Warning.Code)
				}
			}
		}),
		collect("backendServices", "backend services", func(ctx context.Context, token string) (*compute.BackendServiceAggregatedList, error) {
			return api.BackendServices.AggregatedList(p).PageToken(token).Context(ctx).Do(partial)
		}, func(r *compute.BackendServiceAggregatedList, s *scopes) {
			s.next, s.silent = r.NextPageToken, r.Unreachables
			for scope, in := range r.Items {
				b.backends = append(b.backends, in.BackendServices...)
				if in.Warning != nil {
					s.take(scope, in.Warning.Code)
				}
			}
		}),
		collect("networkEndpointGroups", "serverless NEGs", func(ctx context.Context, token string) (*compute.NetworkEndpointGroupAggregatedList, error) {
			return api.NetworkEndpointGroups.AggregatedList(p).PageToken(token).Context(ctx).Do(partial)
		}, func(r *compute.NetworkEndpointGroupAggregatedList, s *scopes) {
			s.next, s.silent = r.NextPageToken, r.Unreachables
			for scope, in := range r.Items {
				b.negs = append(b.negs, in.NetworkEndpointGroups...)
				if in.Warning != nil {
					s.take(scope, in.Warning.Code)
				}
			}
		}),
		collect("forwardingRules", "forwarding rules", func(ctx context.Context, token string) (*compute.ForwardingRuleAggregatedList, error) {
			return api.ForwardingRules.AggregatedList(p).PageToken(token).Context(ctx).Do(partial)
		}, func(r *compute.ForwardingRuleAggregatedList, s *scopes) {
			s.next, s.silent = r.NextPageToken, r.Unreachables
			for scope, in := range r.Items {
				b.rules = append(b.rules, in.ForwardingRules...)
				if in.Warning != nil {
					s.take(scope, in.Warning.Code)
				}
			}
		}),
		collect("targetHttpProxies", "HTTP proxies", func(ctx context.Context, token string) (*compute.TargetHttpProxyAggregatedList, error) {
			return api.TargetHttpProxies.AggregatedList(p).PageToken(token).Context(ctx).Do(partial)
		}, func(r *compute.TargetHttpProxyAggregatedList, s *scopes) {
			s.next, s.silent = r.NextPageToken, r.Unreachables
			for scope, in := range r.Items {
				b.httpProxies = append(b.httpProxies, in.TargetHttpProxies...)
				if in.Warning != nil {
					s.take(scope, in.Warning.Code)
				}
			}
		}),
		collect("targetHttpsProxies", "HTTPS proxies", func(ctx context.Context, token string) (*compute.TargetHttpsProxyAggregatedList, error) {
			return api.TargetHttpsProxies.AggregatedList(p).PageToken(token).Context(ctx).Do(partial)
		}, func(r *compute.TargetHttpsProxyAggregatedList, s *scopes) {
			s.next, s.silent = r.NextPageToken, r.Unreachables
			for scope, in := range r.Items {
				b.httpsProxies = append(b.httpsProxies, in.TargetHttpsProxies...)
				if in.Warning != nil {
					s.take(scope, in.Warning.Code)
				}
			}
		}),
		collect("sslCertificates", "certificates", func(ctx context.Context, token string) (*compute.SslCertificateAggregatedList, error) {
			return api.SslCertificates.AggregatedList(p).PageToken(token).Context(ctx).Do(partial)
		}, func(r *compute.SslCertificateAggregatedList, s *scopes) {
			s.next, s.silent = r.NextPageToken, r.Unreachables
			for scope, in := range r.Items {
				b.certificates = append(b.certificates, in.SslCertificates...)
				if in.Warning != nil {
					s.take(scope, in.Warning.Code)
				}
			}
		}),
	}
}
