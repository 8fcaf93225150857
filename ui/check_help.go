package ui

// CheckHelp documents what why401 check reads and writes, for its --help. It is the contract of schema "why401/check/1".
const CheckHelp = `The token comes on standard input or from --token-file, never as an argument: the token itself, a header line, a
whole curl command. Nothing on standard input is a request without a credential.

Exit status: 0 the request is let in, 1 it is refused (401, 403 or 404), 2 it could not be judged (usage, or the
environment), 3 it was judged and the answer cannot be known from here.

Keys. Without --offline the issuer's public keys are fetched from their constant address. --keys FILE takes them from
a JWKS or from a map of key ids to certificates; --keys ISSUER=FILE does so for one issuer only, and is then the only
one looked at for it: --keys https://securetoken.google.com/PROJECT=securetoken.json.

--target FILE describes the service in JSON, without any cloud. Everything in it may be left out, and is then unknown,
not absent; false, [] and "" are known. Other names than these are an error, but in Google's own "service" and
"policy", where they are passed over:

  {
    "service": {                 a Service of the Cloud Run Admin API v2; these fields are looked at:
      "name": "projects/P/locations/R/services/S", "uri": "https://...", "urls": ["https://..."],
      "customAudiences": ["..."],  with "urls" the whole list of audiences; one without the other is not
      "ingress": "INGRESS_TRAFFIC_ALL",  or ..._INTERNAL_ONLY, ..._INTERNAL_LOAD_BALANCER, ..._NONE
      "invokerIamDisabled": false, "defaultUriDisabled": false, "iapEnabled": false,
      "labels": {...},           they tell a function, whose own URL is an audience too
      "trafficStatuses": [...]
    },
    "serviceComplete": false,    true: "service" is the API's whole answer, which leaves out what is false or empty
    "policy": {"bindings": [...]},  as gcloud run services get-iam-policy --format=json prints it
    "policyComplete": false,     true: nothing above the service lets anybody in, so that no binding is a no
    "request": {
      "url": "https://...", "method": "GET",
      "from": "internet",        or vpc, load-balancer
      "header": "Authorization"  or X-Serverless-Authorization
    },
    "app": {"firebase": {        the app behind the door verifies Firebase ID tokens, of
      "project": "P",            left out: the service's own project, as a guess
      "tenant": "T"
    }}
  }

--json writes one object; every field is always there, but for "difference":

  {
    "schema": "why401/check/1",  changes when a field goes away or comes to mean something else; fields may be added
    "kind": "google_id_token_sa",  what the credential claims to be; "none" without one
    "kindVerified": true,        its signature verifies with a key of its issuer
    "repairs": [{                what had to be done to read it
      "id": "in.prefix", "text": "removed Bearer",
      "sent": false              whether it was sent like that, so that it counts against the request
    }],
    "checks": [{                 every check, in the order of Cloud Run's gates; the last is "predict.status"
      "id": "clm.aud",
      "status": "fail",          pass, fail, warn, unknown, skip (does not apply)
      "got": "...", "want": "...",  what stands there, and what would pass; "" for nothing
      "why": "...", "fix": "...",  the rule, and the next step
      "confidence": "documented",  how sure it is: documented, observed, inferred, unknown (nobody documents it)
      "source": "https://...",   the page behind it, or ""
      "difference": {            only where the audience nearly is an accepted one: what differs, second of three pieces
        "got": ["https://S", "/", ""], "want": ["https://S", "", ""]
      }
    }],
    "verdict": {
      "status": 401,             200 (the request reaches the container), 401, 403, 404; null: cannot be known
      "decidedBy": "clm.aud",    the check that decides, or the first in doubt; "" where none does
      "confidence": "documented", "source": "https://...",
      "text": "..."              the same in words, with what it assumes and the statuses that may come
    },
    "ways": [{                   the ways out, best first; none where the request is let in
      "title": "...", "text": "...", "cost": "...",
      "commands": ["..."]        to read and run; "# ..." tells when those behind it are meant, capitals are to fill in
    }]
  }

Texts in it quote the token and the service; whatever could disturb a terminal stands there as an escape, \u202e.
Nothing of the signature is in it.
`
