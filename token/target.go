package token

import "time"

// Answer is what is known about a yes-or-no question. The zero value is Unknown, so that what was left out is never a no.
type Answer int8

const (
	Unsure Answer = iota // nobody knows
	Yes
	No
)

// Ingress is a service's ingress setting. The zero value is not known.
type Ingress int8

const (
	IngressUnknown      Ingress = iota
	IngressAll                  // from anywhere
	IngressInternal             // from the VPC and Google's own callers only
	IngressLoadBalancer         // internal, and through an external Application Load Balancer
	IngressNone                 // nothing
)

// From is the network path of the request that is judged. The zero value is not known.
type From int8

const (
	FromUnknown From = iota
	FromInternet
	FromVPC
	FromLoadBalancer
)

// Target is what a token is judged against: a service with its doors and bindings, the request, the keys and the moment.
// The zero Target knows nothing, and every check that needs something from it answers unknown.
type Target struct {
	Now   time.Time // the moment to judge at; the local clock's, or --now
	Clock Clock     // what a server's clock says of the local one
	Keys  Keys      // published keys, by issuer; a missing set makes the signature unknown

	// Has says whether a service was chosen at all. Without one, checks about the service are skipped.
	Has           bool
	Service       string // "shop-api", for sentences and commands
	Region        string // "europe-west1"
	Project       string // project id
	ProjectNumber string // "" where unknown

	Audiences      []Audience // every accepted audience; see AudiencesKnown
	AudiencesKnown bool       // whether Audiences is the whole list
	Elsewhere      []Audience // audiences that other services of the project accept; Of and Region name the service

	InvokerCheck Answer // whether the invoker IAM check is on
	DefaultURL   Answer // whether the run.app URL is on
	IAP          Answer // whether IAP is on for the service itself
	Ingress      Ingress

	Policy  Policy
	Request Request
	App     App

	readings *readings // the check's own; nil outside of one
	looks    inspector // likewise, see begin
}

// Audience is one value that a service accepts in aud.
type Audience struct {
	Value  string
	Source string // where it comes from: "url", "custom", "function"
	Of     string // the service, for Target.Elsewhere; "" for the target's own
	Region string // the region of Of; "" where unknown
}

// Request is what is known of the request that carried the token.
type Request struct {
	From    From
	Assumed bool   // From was chosen because it is the path that the ingress setting admits, not because anybody saw it
	Host    string // "" where unknown
	Method  string // "" where unknown
	Header  string // "Authorization" (also where empty) or "X-Serverless-Authorization"
}

// Policy is the IAM policy as far as it could be read.
type Policy struct {
	Known    bool // whether the service's own policy was read; without it Bindings says nothing
	Bindings []Binding
	Above    *Handed  // bindings that are handed down to many services, besides Bindings, which may hold them instead; nil for none
	Unread   []string // parents and roles that could not be read, in words ("project acme-prod", "2 folders"): with any, no binding found is unknown
	Changed  time.Time

	// Supposed are bindings that are not there, to try what they would do: they count as there and spread, whether the policy was read or
	// not, and say nothing of what else is in it. A deny policy outweighs them as it does any other.
	Supposed []Binding

	Deny       []Denial // the rules of deny policies that take run.routes.invoke away, as far as DenyKnown
	DenyKnown  bool     // whether deny policies were read at any level
	DenyUnread []string // levels whose deny policies were not read, in words; an answer then assumes that none matters
}

// Binding is one role binding.
type Binding struct {
	Role      string // "roles/run.invoker"
	Members   []string
	Condition string // the CEL expression, "" for none
	Title     string // the condition's title
	Level     string // where it stands: "service", "project acme-prod", …
	Invokes   Answer // whether the role holds run.routes.invoke
}

// Clock is what a server's Date header says of the local clock, or that no clock matters.
type Clock struct {
	Known bool
	Given bool          // the moment judged was given, and read off no clock
	Skew  time.Duration // local minus server
	Who   string        // whose answer it was: "www.googleapis.com"
}
