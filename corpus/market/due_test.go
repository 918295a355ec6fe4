package market

import (
	"testing"
	"time"
)

func TestWorkingDaysAreMondayToFriday(t *testing.T) {
	for from, want := range map[string]string{
		"2026-11-23": "2026-11-26", // Monday
		"2026-11-24": "2026-11-27",
		"2026-11-25": "2026-11-30",
		"2026-11-26": "2026-12-01",
		"2026-11-27": "2026-12-02",
		"2026-11-28": "2026-12-02", // Saturday
		"2026-11-29": "2026-12-02",
		"2026-12-30": "2027-01-04",
	} {
		if got := workday(noon(from), 3); string(got) != want {
			t.Errorf("three days after %s: %s, want %s", from, got, want)
		}
	}
	for hours, want := range map[int]string{0: "2026-11-26", 3: "2026-11-26", 4: "2026-11-27"} { // of UTC after noon in Shanghai
		if got := workday(noon("2026-11-25").UTC().Add(time.Duration(hours*3)*time.Hour), 1); string(got) != want {
			t.Errorf("%d hours later: %s, want %s", 3*hours, got, want)
		}
	}
}

// A lead that a broker answered in its thread is not overdue, though nobody moved it.
func TestWhatIsAnsweredIsNotOverdue(t *testing.T) {
	lead := Lead{State: New, Ask: BrokerAsk, Due: "2026-11-26"}
	late := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	if !LeadType.Overdue(LeadType.Row(lead), late) {
		t.Error("nobody answered, and it is not overdue")
	}
	if LeadType.Overdue(LeadType.Row(lead.Answer(late)), late) {
		t.Error("it is answered, and overdue")
	}
}
