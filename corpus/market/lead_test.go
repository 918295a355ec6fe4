package market

import (
	"testing"

	"duijie/corpus"
)

func TestADeclineAndOnlyADeclineHasAReason(t *testing.T) {
	if n := len(LeadType.FieldOf("reason").Choices); len(DeclineReasons) != 8 || n != 8 {
		t.Errorf("%d reasons, %d of them with words, want 8", len(DeclineReasons), n)
	}
	for i, r := range DeclineReasons {
		l, err := LeadType.Edit(Lead{State: New, Need: "n", Achievement: "a"}, map[string]string{"state": "declined", "reason": string(r)}, now)
		if err != nil || l.State != Declined || l.Reason != r || LeadType.FieldOf("reason").Choices[i].Value != string(r) {
			t.Errorf("declined for %s: %+v, %v", r, l, err)
		}
	}
	for _, values := range []map[string]string{{"state": "declined"}, {"state": "declined", "reason": ""}, {"state": "declined", "reason": "no time"},
		{"state": "talking", "reason": "too_early"}, {"reason": "too_early"}} {
		was := Lead{State: New, Need: "n", Achievement: "a"}
		l, err := LeadType.Edit(was, values, now)
		if f, ok := err.(corpus.Faults); !ok || f[0].Code != corpus.Invalid || f[0].Field != "reason" || f[0].Fix == "" || l != was {
			t.Errorf("%v: %+v, %v, want an invalid reason and no change", values, l, err)
		}
	}
}
