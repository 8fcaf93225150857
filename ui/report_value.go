package ui

// report is an incident report: what is handed over to whoever goes on with it. It is a plain value, the same for Markdown and for JSON,
// and every text in it has been through a veil. ReportHelp documents it.
type report struct {
	Schema      string            `json:"schema"`
	Written     string            `json:"written"`
	LocalOffset string            `json:"localOffset"`
	Project     string            `json:"project"`
	Demo        bool              `json:"demo"`
	Masked      bool              `json:"masked"`
	From        string            `json:"from"`
	To          string            `json:"to"`
	Unread      []string          `json:"unread"`
	Refused     reportTally       `json:"refused"`
	Began       reportBegan       `json:"began"`
	Timeline    reportTimeline    `json:"timeline"`
	Credential  *reportCredential `json:"credential"`
	Services    []reportService   `json:"services"`
	More        []string          `json:"moreServices"`
	Quiet       []string          `json:"quietServices"`
	MoreQuiet   int               `json:"moreQuietServices"`
}

// reportSchema names the JSON. It changes when something in it is taken away or comes to mean something else; a field may be added without.
const reportSchema = "why401/report/1"

type reportTally struct {
	Total    int `json:"total"`
	S401     int `json:"status401"`
	S403     int `json:"status403"`
	CloudRun int `json:"byCloudRun"`
	App      int `json:"byApp"`
	Unclear  int `json:"unclear"`
	// Whole says that these are all; otherwise they are at least so many.
	Whole bool `json:"whole"`
}

type reportBegan struct {
	Known bool   `json:"known"`
	At    string `json:"at"`
	Rose  bool   `json:"rose"`
	Text  string `json:"text"`
}

type reportTimeline struct {
	From   string `json:"from"`
	Step   int    `json:"stepSeconds"`
	Counts []int  `json:"counts"`
}

type reportService struct {
	Service  string         `json:"service"`
	Region   string         `json:"region"`
	Project  string         `json:"project,omitempty"`
	Listed   bool           `json:"listed"`
	Door     reportDoor     `json:"door"`
	Front    reportFront    `json:"inFront"`
	Verdict  reportVerdict  `json:"verdict"`
	Refused  reportTally    `json:"refused"`
	Began    reportBegan    `json:"began"`
	Timeline reportTimeline `json:"timeline"`
	Groups   []reportGroup  `json:"groups"`
	Rest     reportRest     `json:"moreGroups"`
	Callers  []reportCaller `json:"callers"`
	Others   int            `json:"moreCallers"`
	Newest   []reportEntry  `json:"newest"`
	Changes  []reportChange `json:"changes"`
	Earlier  int            `json:"moreChanges"`
	AllKnown bool           `json:"changesWhole"` // every change of the window is known
	Commands []string       `json:"commands"`
	Notes    []string       `json:"commandNotes"`
}

type reportDoor struct {
	Word         string           `json:"word"`
	Text         string           `json:"text"`
	InvokerCheck *bool            `json:"invokerCheck"`
	Ingress      string           `json:"ingress"`
	IAP          *bool            `json:"iap"`
	DefaultURL   *bool            `json:"defaultUrl"`
	Audiences    []reportAudience `json:"audiences"`
	PolicyRead   string           `json:"policyRead"`
	Bindings     []reportBinding  `json:"bindings"`
	More         int              `json:"moreBindings"`
	Denied       []reportDenied   `json:"denied"`
	Unread       []string         `json:"unread"`
}

type reportDenied struct {
	Level     string   `json:"level"`
	Policy    string   `json:"policy"`
	Denied    []string `json:"principals"`
	Except    []string `json:"except"`
	Condition string   `json:"condition"`
}

type reportAudience struct {
	Value  string `json:"value"`
	Source string `json:"source"`
}

type reportBinding struct {
	Role      string   `json:"role"`
	Members   []string `json:"members"`
	More      int      `json:"moreMembers"`
	Condition string   `json:"condition"`
	Level     string   `json:"level"`
	Invokes   string   `json:"invokes"`
}

type reportFront struct {
	Read   string      `json:"read"` // "" where the load balancers were not read
	Ways   []reportWay `json:"ways"`
	More   int         `json:"moreWays"`
	Notes  []string    `json:"notes"`
	Unread []string    `json:"unread"`
}

type reportWay struct {
	Balancer string   `json:"balancer"`
	Kind     string   `json:"kind"`
	Routes   []string `json:"routes"`
	Backend  string   `json:"backend"`
	Region   string   `json:"region"`
	Guards   []string `json:"guards"`
	Leads    string   `json:"leads"`
	Why      string   `json:"why"`
}

type reportVerdict struct {
	Likely     string   `json:"likely"`
	Confidence string   `json:"confidence"`
	For        []string `json:"for"`
	Against    []string `json:"against"`
	Next       []string `json:"next"`
	Also       []string `json:"also"`
}

type reportGroup struct {
	Count  int     `json:"count"`
	Rate   float64 `json:"perMinute"`
	Status int     `json:"status"`
	Who    string  `json:"who"`
	Reason string  `json:"reason"`
	Method string  `json:"method"`
	Path   string  `json:"path"`
	Caller string  `json:"callerKind"`
	First  string  `json:"first"`
	Last   string  `json:"last"`
	Other  bool    `json:"other"`
}

type reportRest struct {
	Groups   int `json:"groups"`
	Refusals int `json:"refusals"`
}

type reportCaller struct {
	Address string `json:"address" veil:"address"`
	Caller  string `json:"caller"`
	Count   int    `json:"count"`
	Last    string `json:"last"`
}

type reportEntry struct {
	Time     string `json:"time"`
	Status   int    `json:"status"`
	Who      string `json:"who"`
	Reason   string `json:"reason"`
	Method   string `json:"method"`
	URL      string `json:"url"`
	Caller   string `json:"caller"`
	Address  string `json:"address" veil:"address"`
	Trace    string `json:"trace"`
	Explorer string `json:"explorer" veil:"link"`
}

type reportChange struct {
	Time   string `json:"time"`
	Who    string `json:"who"`
	Kind   string `json:"kind"`
	Text   string `json:"text"`
	Failed bool   `json:"failed"`
}

type reportCredential struct {
	Kind     string          `json:"kind"`
	Title    string          `json:"title"`
	Verified bool            `json:"kindVerified"`
	Service  string          `json:"service"`
	Region   string          `json:"region"`
	Verdict  verdictJSON     `json:"verdict"`
	Failed   []reportFinding `json:"failed"`
	Way      string          `json:"way"`
	Commands []string        `json:"commands"`
}

type reportFinding struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Got  string `json:"got"`
	Want string `json:"want"`
	Why  string `json:"why"`
	Fix  string `json:"fix"`
}
