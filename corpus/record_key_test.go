package corpus

import (
	"errors"
	"testing"
)

func TestNoTwoRecordsHaveAKey(t *testing.T) {
	s := open(t)
	put := func(table, id, key string, deleted bool) error {
		_, err := s.Write(t.Context(), Batch{Actor: "test", Records: []Record{{Table: table, ID: id, Key: key, Deleted: deleted, Body: []byte(`{}`)}}})
		return err
	}
	for i, c := range []struct {
		table, id, key string
		deleted, taken bool
		has            map[string]string // key to id of contracts afterwards
	}{
		{"contracts", "1", "", false, false, map[string]string{"A": "", "": ""}},
		{"contracts", "1", "A", false, false, map[string]string{"A": "1"}},
		{"contracts", "1", "A", false, false, map[string]string{"A": "1"}},
		{"contracts", "2", "A", false, true, map[string]string{"A": "1"}},
		{"benefits", "2", "A", false, false, map[string]string{"A": "1"}},
		{"contracts", "2", "B", false, false, map[string]string{"A": "1", "B": "2"}},
		{"contracts", "2", "A", false, true, map[string]string{"A": "1", "B": "2"}},
		{"contracts", "1", "C", false, false, map[string]string{"A": "", "B": "2", "C": "1"}},
		{"contracts", "2", "A", false, false, map[string]string{"A": "2", "B": "", "C": "1"}},
		{"contracts", "2", "A", true, false, map[string]string{"A": "", "C": "1"}},
		{"contracts", "3", "A", false, false, map[string]string{"A": "3", "C": "1"}},
	} {
		err := put(c.table, c.id, c.key, c.deleted)
		if c.taken && (!errors.Is(err, ErrTaken) || CodeOf(err) != Conflict) || !c.taken && err != nil {
			t.Errorf("step %d: %v", i, err)
		}
		for key, want := range c.has {
			r, err := s.RecordByKey("contracts", key)
			if want == "" && CodeOf(err) != NotFound || want != "" && (err != nil || r.ID != want) {
				t.Errorf("step %d: %q leads to %q, %v; want %q", i, key, r.ID, err, want)
			}
		}
	}
}
