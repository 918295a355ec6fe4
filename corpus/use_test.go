package corpus

import (
	"testing"
	"time"
)

func TestTheLastUseIsKeptWithTheRecordAndIsNoChange(t *testing.T) {
	s := open(t)
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	last := func(want time.Time) {
		t.Helper()
		if got, err := s.LastUse("keys", "a"); err != nil || !got.Equal(want) {
			t.Errorf("last used %s, %v; want %s", got, err, want)
		}
	}
	last(time.Time{})
	write(t, s, Batch{Records: []Record{{Table: "keys", ID: "a", Body: []byte("{}")}}})
	before, _ := s.LastChange()
	if err := s.Used(Use{"keys", "a", at}, Use{"keys", "b", at.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	last(at)
	if after, _ := s.LastChange(); after != before {
		t.Errorf("a use made the changes %d to %d", before+1, after)
	}
	write(t, s, Batch{Records: []Record{{Table: "keys", ID: "a", Deleted: true}}})
	last(time.Time{})
}
