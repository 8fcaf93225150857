package token

// waysToKnow are the ways where nothing is known to be wrong, but something is not known that can be looked up; nil for a finding with other ways.
// A change that is made on a guess opens what may be shut on purpose.
func (t *Token) waysToKnow(f Finding, target *Target) []Way {
	see := Way{Title: "Look it up", Text: "Nothing is known to be wrong here: the service as it is set up tells.",
		Commands: []string{"gcloud run services describe " + target.service() + target.place()}}
	switch {
	case f.ID == "svc.default_url" && target.DefaultURL == Unsure,
		f.ID == "svc.ingress" && target.Ingress == IngressUnknown,
		f.ID == "svc.iap" && target.IAP == Unsure,
		f.ID == "svc.iam_check" && target.InvokerCheck == Unsure:
		return []Way{see}
	case f.ID == "clm.aud" && !target.AudiencesKnown && t.Kind() != GoogleIDUserADC:
		return append([]Way{see}, t.waysPastAudience(target, f.Want)...)
	case f.ID == "req.credential" && !t.absent() && t.wins:
		return []Way{takeOff}
	case f.ID == "sig.verify", f.ID == "hdr.kid":
		return t.waysToVerify(target)
	}
	return nil
}

// waysToVerify are those where the signature could not be verified. A new token helps only where the keys are at hand and this one's is not among
// them: without keys it could be verified no better.
func (t *Token) waysToVerify(target *Target) []Way {
	verify := Way{Title: "Verify it with the published keys", Text: "Nothing is known against the signature. Go online, or save the issuer's keys and give them by --keys."}
	if at := t.KeysURL(); at != "" {
		verify.Commands = []string{"curl -o keys.json " + shellWord(at, "KEYS_URL")}
	}
	ways := []Way{verify}
	if by, ok := t.signer(target.Keys); ok && len(target.Keys[by.keys].keys) > 0 {
		ways = append(ways, t.waysToAnotherToken(target)...)
	}
	return ways
}
