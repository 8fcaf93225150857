package token

import "sync"

// Predict is Check and its Verdict for those who want no more than the verdict, of one service after another: it makes no report anew.
func Predict(t *Token, target Target) Verdict {
	rules := allRules()
	buffer := buffers.Get().(*Report)
	defer buffers.Put(buffer)
	if cap(*buffer) < len(rules) {
		*buffer = make(Report, len(rules))
	}
	report := (*buffer)[:len(rules)]
	target.begin(t)
	for i := range rules {
		rules[i].find(&report[i], t, &target)
	}
	return report.Verdict()
}

// buffers are reports to write over. A verdict keeps nothing of the report that it was made from.
var buffers = sync.Pool{New: func() any { return new(Report) }}
