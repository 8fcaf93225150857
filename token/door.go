package token

// inspector is who looks at a request's credential.
type inspector int8

const (
	byCloudRun inspector = iota // its own check, also where nobody knows better: gates 7 to 10 are about the credential
	byNobody                    // the invoker check is off, or allUsers may invoke: what comes is handed to the container
	byIAP                       // IAP, which then calls the service by its own agent: gates 7 to 10 are about that one
)

// begin readies the target for one check of a token: what several rules ask for is found out once.
func (t *Target) begin(token *Token) {
	t.readings = new(readings)
	switch {
	case !t.Has:
		t.looks = byCloudRun
	case t.IAP == Yes:
		t.looks = byIAP
	case iamCheck(token, *t).Status == Pass:
		t.looks = byNobody
	default:
		t.looks = byCloudRun
	}
}

// unasked says why a rule about Cloud Run's own check has nothing to say of a credential; "" where it has.
func (t *Target) unasked() string {
	switch t.looks {
	case byNobody:
		return "not looked at: the door is open"
	case byIAP:
		return "not asked: IAP decides"
	}
	return ""
}
