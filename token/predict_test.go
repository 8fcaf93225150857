package token

import (
	"reflect"
	"testing"
)

// TestPredictSaysWhatCheckSays, also when it writes over what it found before, of another token and another service.
func TestPredictSaysWhatCheckSays(t *testing.T) {
	open := shop(t)
	open.InvokerCheck = No
	nowhere := Target{Now: moment}
	var first *Verdict
	for _, paste := range []string{account(), firebase(), gcloud(), account(set("aud", "https://x.example")), "ya29.a0Example"} {
		token, err := Read([]byte(paste))
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range []Target{shop(t), open, nowhere, {}} {
			got, want := Predict(token, target), Check(token, target).Verdict()
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: predicted %+v, want %+v", token.Kind(), got, want)
			}
			if first == nil {
				first = &got
				defer func(kept Verdict) {
					if !reflect.DeepEqual(*first, kept) {
						t.Errorf("a later prediction changed the first: %+v, was %+v", *first, kept)
					}
				}(want)
			}
		}
	}
}
