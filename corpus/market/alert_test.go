package market

import (
	"testing"
	"time"

	"duijie/corpus"
)

func TestAnAlertHasOneID(t *testing.T) {
	base := Subscription{ID: "s1", Need: "n1", Kind: corpus.Achievement}
	first := AlertID(base, "a1")
	if len(first) != 32 || first != AlertID(Subscription{ID: "s1", Need: "n1", Kind: corpus.Achievement, State: Paused, Updated: now}, "a1") {
		t.Errorf("id %q depends on more than subscription, wish and document", first)
	}
	seen := map[string]string{first: "the first"}
	for name, id := range map[string]string{
		"another document":     AlertID(base, "a2"),
		"another subscription": AlertID(Subscription{ID: "s2", Need: "n1", Kind: corpus.Achievement}, "a1"),
		"another need":         AlertID(Subscription{ID: "s1", Need: "n2", Kind: corpus.Achievement}, "a1"),
		"an achievement":       AlertID(Subscription{ID: "s1", Achievement: "n1", Kind: corpus.Need}, "a1"),
		"a query":              AlertID(Subscription{ID: "s1", Query: "n1", Kind: corpus.Achievement}, "a1"),
		"a query for needs":    AlertID(Subscription{ID: "s1", Query: "n1", Kind: corpus.Need}, "a1"),
		"a field":              AlertID(Subscription{ID: "s1", Field: "26", Kind: corpus.Achievement}, "a1"),
		"a field of needs":     AlertID(Subscription{ID: "s1", Field: "26", Kind: corpus.Need}, "a1"),
	} {
		if seen[id] != "" {
			t.Errorf("%s has the id of %s", name, seen[id])
		}
		seen[id] = name
	}
}

func TestRetriesLastADay(t *testing.T) {
	var sum time.Duration
	tries := 1
	for {
		wait, ok := RetryAfter(RetryWaits, tries, 0)
		if !ok {
			break
		}
		if later, _ := RetryAfter(RetryWaits, tries, .5); later != wait+wait/20 {
			t.Errorf("with jitter %v, without %v", later, wait)
		}
		sum += wait
		tries++
	}
	if tries != 8 || sum < 24*time.Hour || sum > 28*time.Hour {
		t.Errorf("%d tries in %v", tries, sum)
	}
}

func TestDigestsGoInTheMorning(t *testing.T) {
	for _, c := range []struct {
		digest    Digest
		now, want string // UTC; eight in the morning in Shanghai is midnight
	}{
		{NoDigest, "2026-11-25T10:00:00Z", "2026-11-25T10:00:00Z"},
		{DailyDigest, "2026-11-25T10:00:00Z", "2026-11-26T00:00:00Z"},
		{DailyDigest, "2026-11-25T23:59:59Z", "2026-11-26T00:00:00Z"},
		{DailyDigest, "2026-11-26T00:00:00Z", "2026-11-27T00:00:00Z"},
		{WeeklyDigest, "2026-11-25T10:00:00Z", "2026-11-30T00:00:00Z"},
		{WeeklyDigest, "2026-11-29T23:59:59Z", "2026-11-30T00:00:00Z"}, // Monday before eight
		{WeeklyDigest, "2026-11-30T00:00:00Z", "2026-12-07T00:00:00Z"},
		{WeeklyDigest, "2026-11-29T10:00:00Z", "2026-11-30T00:00:00Z"}, // Sunday
	} {
		at, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.digest.Next(at).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s raised at %s goes at %s, want %s", c.digest, c.now, got, c.want)
		}
	}
}

func TestAMailAddressIsConfirmed(t *testing.T) {
	s, err := SubscriptionType.New(map[string]string{"need": "n1", "mail": "a@b.example"}, "key:1", now)
	if err != nil || s.Alerts() {
		t.Fatalf("alerts go to an address that nobody confirmed: %+v, %v", s, err)
	}
	if _, err := s.Confirm("c@b.example", now); corpus.CodeOf(err) != corpus.NotFound {
		t.Errorf("confirmed by another: %v", err)
	}
	first, err := s.Confirm("a@b.example", now)
	if err != nil || !first.Alerts() {
		t.Errorf("%+v, %v", first, err)
	}
	if again, err := first.Confirm("a@b.example", now.Add(time.Hour)); err != nil || !again.Confirmed.Equal(first.Confirmed) {
		t.Errorf("twice: %v, %v", again.Confirmed, err)
	}
	same, err := SubscriptionType.Edit(first, map[string]string{"need": "", "query": "淀粉"}, now)
	if err != nil || !same.Alerts() {
		t.Errorf("another wish, the same address: %+v, %v", same, err)
	}
	other, err := SubscriptionType.Edit(first, map[string]string{"mail": "c@b.example"}, now)
	if err != nil || other.Alerts() || ConfirmationIDs(other)[0] == ConfirmationIDs(first)[0] {
		t.Errorf("another address: %+v, %v", other, err)
	}
	hook, err := SubscriptionType.New(map[string]string{"need": "n1", "webhook": "https://a.example/"}, "key:1", now)
	if err != nil || !hook.Alerts() {
		t.Errorf("a webhook: %+v, %v", hook, err)
	}
	if _, err := hook.Confirm("", now); corpus.CodeOf(err) != corpus.NotFound {
		t.Errorf("a webhook is confirmed: %v", err)
	}
	ended, err := first.Move(Ended, now)
	if err != nil || ended.Alerts() {
		t.Errorf("an ended one: %+v, %v", ended, err)
	}
	if _, err := ended.Confirm("a@b.example", now); corpus.CodeOf(err) != corpus.Conflict {
		t.Errorf("an ended one is confirmed: %v", err)
	}
}
