package gcp

// Has says whether an entry was refused for the group's cause.
func (g FrontGroup) Has(e FrontEntry) bool {
	if e.By() != g.By || e.Status != g.Status || e.Reason().Short != g.Short {
		return false
	}
	return g.By != ByArmor || e.Armor.Policy == g.Policy && e.Armor.Priority == g.Rule
}

// Path is the path of the URL as Entry.Path has it.
func (e FrontEntry) Path() string { return Entry{URL: e.URL}.Path() }

// Caller names who sent the request as Entry.Caller does.
func (e FrontEntry) Caller() string {
	return Entry{UserAgent: e.UserAgent, RemoteIP: e.RemoteIP}.Caller()
}

// Rule is the Cloud Armor rule that decided the entry, in words; "" where there is none in it.
func (e FrontEntry) Rule() string {
	if e.Armor.Policy == "" {
		return ""
	}
	return e.Armor.rule()
}
