package ui

// DoctorHelp documents what why401 doctor writes, for its --help. It is the contract of schema "why401/doctor/1".
const DoctorHelp = `It makes the reads that the dashboard makes, changes nothing, and takes some fifteen seconds where nothing answers.
Needed are a login, a project, settings that are understood, and run.locations.list, run.services.list,
run.services.getIamPolicy and logging.logEntries.list with the APIs and hosts behind them. What is not needed and
missing is a warning.

Exit status: 0 everything needed works, 1 something needed does not or could not be found out, 2 usage.

--json writes one object; every field is always there:

  {
    "schema": "why401/doctor/1",   changes when a field goes away or comes to mean something else; fields may be added
    "well": true,                  everything needed works
    "checks": [{
      "section": "Permissions",    Credentials, Project, Reachability, APIs, Permissions, Clock, Settings, Terminal
      "id": "permission.run.services.list",
      "status": "pass",            pass, fail, warn, unknown, skip (does not apply)
      "needed": true,              it counts for the exit status
      "text": "...", "fix": "..."  what was found, and the next step; "" for none
    }]
  }
`
