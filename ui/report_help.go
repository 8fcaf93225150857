package ui

// ReportHelp documents what why401 report writes, for its --help. It is the contract of schema "why401/report/1".
const ReportHelp = `It writes Markdown for a ticket: the window, what was not read, and for each service what most likely stops its callers
with the evidence for and against, the door, the load balancers in front, the refusals in groups, their timeline, the
changes, commands to go on with. Without --service it is of the whole project: a section for each of the 20 services
with the most refusals.
All times are UTC. It reads at most the newest 8000 refusals; what it could not read it names.

No token is in it. The log holds none; what looks like one all the same (in an address, a user agent, a text) is taken
out and says (hidden), and the query of an address is always left out. --mask gives each caller's address, and every
address of mail, a name in its place (ip-1, mail-1), the same wherever it stands. Addresses of service accounts stay:
they are no people, and without them nobody can mend anything. So do names of services, hosts, paths and projects.

-o FILE makes a file that its owner alone may read (0600). A file that is there is never overwritten.
Exit status: 0 the report is written, 2 it could not be (usage, or the environment).

--json writes one object; every field is always there. Moments are RFC 3339 in UTC, "" where there is none:

  {
    "schema": "why401/report/1",   changes when a field goes away or comes to mean something else; fields may be added
    "written": "...", "localOffset": "+01:00",  that of the machine that wrote it
    "project": "...", "demo": false, "masked": false,
    "from": "...", "to": "...",    the window
    "unread": ["..."],             what could not be read, so that something may be missing
    "refused": {"total": 0, "status401": 0, "status403": 0, "byCloudRun": 0, "byApp": 0, "unclear": 0,
                "whole": true},        false: they are at least so many, since not all of the log was read
    "began": {
      "known": true, "at": "...",  the first minute with refusals; not known where the window begins with them
      "rose": false,               there were some before, much fewer
      "text": "..."                the same in words, with the change before it; that it came before proves nothing
    },
    "timeline": {"from": "...", "stepSeconds": 60, "counts": [0]},
    "credential": null,            where the screen wrote it (R, j) while a token was held, what became of that:
      {"kind": "...", "title": "...", "kindVerified": true, "service": "...", "region": "...",
       "verdict": {...}, "failed": [{"id": "...", "name": "...", "got": "...", "want": "...", "why": "...",
                                "fix": "..."}],
       "way": "...", "commands": ["..."]},  "kind" and "verdict" as in why401 check --json, "way" the first way out
    "services": [{                 the most refused first
      "service": "...", "region": "...",
      "project": "...",            where the screen that wrote it showed several
      "listed": true,              false: it stands in the log alone, and its settings are not known
      "door": {
        "word": "IAM", "text": "...",
        "invokerCheck": true, "ingress": "all", "iap": false, "defaultUrl": true,  null where not known
        "audiences": [{"value": "...", "source": "url"}],
        "policyRead": "...",       "" where the policy is not known
        "bindings": [{"role": "...", "members": ["..."], "moreMembers": 0, "condition": "", "level": "service",
                      "invokes": "yes"}],  yes, no, unknown; of the levels above, those that do or may
        "moreBindings": 0,
        "denied": [{"level": "...", "policy": "...", "principals": ["..."], "except": ["..."],
                    "condition": ""}],  deny policies
        "unread": ["..."]          what else could let somebody in, or keep somebody out
      },
      "inFront": {                 the load balancers before it
        "read": "...",             "" where they were not read
        "ways": [{"balancer": "...", "kind": "...", "routes": ["..."], "backend": "...", "region": "...",
                  "guards": ["..."], "leads": "yes", "why": "..."}],  yes, unknown; "balancer" is ""
                                   where no URL map that was read is used
        "moreWays": 0,
        "notes": ["..."],          what misleads in it
        "unread": ["..."]          what could not be read of it
      },
      "verdict": {                 what most likely stops the callers, from everything but a token
        "likely": "...",
        "confidence": "inferred",  documented, observed, inferred, unknown
        "for": ["..."], "against": ["..."], "next": ["..."], "also": ["..."]
      },
      "refused": {...}, "began": {...}, "timeline": {...},
      "groups": [{"count": 0, "perMinute": 0, "status": 401, "who": "Cloud Run", "reason": "...", "method": "GET",
                  "path": "/orders/{id}", "callerKind": "SDK", "first": "...", "last": "...", "other": false}],
      "moreGroups": {"groups": 0, "refusals": 0},
      "callers": [{"address": "...", "caller": "...", "count": 0, "last": "..."}], "moreCallers": 0,
      "newest": [{"time": "...", "status": 401, "who": "...", "reason": "...", "method": "...", "url": "...",
                  "caller": "...", "address": "...", "trace": "...",
                  "explorer": "https://..."}],  "" where part of it would be hidden
      "changes": [{"time": "...", "who": "...", "kind": "policy", "text": "...", "failed": false}], "moreChanges": 0,
      "changesWhole": true,        false: there may be more, since not all of the log was read
      "commands": ["..."],         to send requests again, and to read again what this rests on
      "commandNotes": ["..."]      where those that send again differ from what was logged
    }],
    "moreServices": ["..."],       with refusals or changes, and without a section
    "quietServices": ["..."], "moreQuietServices": 0
  }

Texts in it quote the log and the cloud; whatever could disturb a terminal stands there as an escape, \u202e.
`
