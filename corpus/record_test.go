package corpus

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

func TestRecords(t *testing.T) {
	s := open(t)
	rec := func(id, body string) Record { return Record{Table: "leads", ID: id, Body: []byte(body)} }
	write(t, s, Batch{Records: []Record{rec("2", `{"a":2}`), rec("1", `{"a":1}`), {Table: "lead", ID: "9", Body: []byte(`{}`)}}})
	write(t, s, Batch{Records: []Record{{Table: "leads", ID: "1", Body: []byte(`{"a":3}`), IfVersion: 1}}})
	var got []string
	for r, err := range s.Records("leads") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(r.ID, " ", r.Version, " ", string(r.Body)))
	}
	if strings.Join(got, ", ") != `1 2 {"a":3}, 2 1 {"a":2}` {
		t.Error(got)
	}
	write(t, s, Batch{Records: []Record{{Table: "leads", ID: "1", Deleted: true}}})
	if _, err := s.Record("leads", "1"); CodeOf(err) != NotFound {
		t.Error(err)
	}
}

func TestAWalkOverRecordsGoesOnAfterAnID(t *testing.T) {
	s := open(t)
	var b Batch
	for i := range recordsAtOnce + 40 {
		b.Records = append(b.Records, Record{Table: "t", ID: fmt.Sprintf("b/%04d", i), Body: []byte(`{}`)})
	}
	for _, id := range []string{"a/1", "c/1"} {
		b.Records = append(b.Records, Record{Table: "t", ID: id, Body: []byte(`{}`)})
	}
	write(t, s, b)
	for _, c := range []struct {
		prefix, after string
		want          int
		first         string
	}{
		{"", "", recordsAtOnce + 42, "a/1"},
		{"b/", "", recordsAtOnce + 40, "b/0000"},
		{"b/", "b/0005", recordsAtOnce + 34, "b/0006"},
		{"b/", "b/0005x", recordsAtOnce + 34, "b/0006"},
		{"", "b/0005", recordsAtOnce + 35, "b/0006"},
		{"b/", "c", 0, ""},
		{"d", "", 0, ""},
	} {
		var got []string
		for r, err := range s.RecordsAfter("t", c.prefix, c.after) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r.ID)
		}
		if len(got) != c.want || c.want > 0 && got[0] != c.first {
			t.Errorf("prefix %q after %q: %d ids %.20v, want %d from %s", c.prefix, c.after, len(got), got, c.want, c.first)
		}
	}
}

// owned is a record as listings see it.
func owned(id, by, state string) Record {
	return Record{Table: "t", ID: id, Body: fmt.Appendf(nil, `{"by":%q,"state":%q}`, by, state)}
}

func idsOf(t *testing.T, s *Store, before string, in ...Listing) string {
	t.Helper()
	var ids []string
	for r, err := range s.RecordsBefore(in, before) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	if n, err := s.CountRecords(in); before == "" && (err != nil || n != len(ids)) {
		t.Errorf("%+v counts %d of %d (%v)", in, n, len(ids), err)
	}
	return strings.Join(ids, " ")
}

func TestRecordsAreListedByOwnerAndStateNewestFirst(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Records: []Record{owned("1", "a", "new"), owned("2", "b", "new"), owned("3", "a", "new"), owned("4", "a", "done"),
		{Table: "t", ID: "5", Body: []byte(`{}`)}, {Table: "s", ID: "9", Body: owned("", "a", "new").Body}, {Table: "u", ID: "0", Body: []byte(`{}`)}}})
	write(t, s, Batch{Records: []Record{owned("3", "a", "done"), {Table: "t", ID: "1", Deleted: true}}})
	check := func(by, state, before, want string) {
		t.Helper()
		if got := idsOf(t, s, before, Listing{"t", by, state}); got != want {
			t.Errorf("by %q in %q before %q: %q, want %q", by, state, before, got, want)
		}
	}
	rows := func() {
		t.Helper()
		check("", "", "", "5 4 3 2")
		check("", "", "4", "3 2")
		check("a", "", "", "4 3")
		check("a", "", "4", "3")
		check("a", "new", "", "")
		check("", "new", "", "2")
		check("", "done", "", "4 3")
		check("b", "new", "", "2")
		check("none", "", "", "")
	}
	rows()
	// A store from before there were listings, and one to which an older program has written since.
	for _, older := range []func(*bolt.Tx) error{
		func(tx *bolt.Tx) error { return tx.DeleteBucket(bListed) },
		func(tx *bolt.Tx) error {
			_, err := tx.CreateBucket(bListedBefore)
			return errors.Join(err, tx.Bucket(bListed).Put(append(Listing{"t", "a", ""}.prefix(), '1'), nil))
		},
	} {
		if err := s.db.Update(func(tx *bolt.Tx) error { return errors.Join(older(tx), s.fillListed(tx)) }); err != nil {
			t.Fatal(err)
		}
		rows()
	}
}

func TestRecordsOfAnOrganisationAreListedByItAndByWhoMadeThem(t *testing.T) {
	s := open(t)
	member := func(id, by, organisation string) Record {
		return Record{Table: "t", ID: id, Body: fmt.Appendf(nil, `{"by":%q,"state":"new","organisation":%q}`, by, organisation)}
	}
	write(t, s, Batch{Records: []Record{member("1", "a", ""), member("2", "a", "o"), member("3", "b", "o"), member("4", "a", "p"), member("5", "b", ""), member("6", "a", "p")}})
	write(t, s, Batch{Records: []Record{member("6", "a", "o")}})
	for owners, want := range map[string]string{
		"a":                      "1",
		AsMember("", "o"):        "6 3 2",
		AsMember("a", "o"):       "6 2",
		AsMember("a", "p"):       "4",
		AsMember("a", ""):        "6 4 2",
		"o":                      "",
		"a," + AsMember("", "o"): "6 3 2 1",
		AsMember("a", "") + "," + AsMember("", "o"):    "6 4 3 2",
		"b," + AsMember("b", "o") + ",b,organisation:": "5 3",
	} {
		var in []Listing
		for owner := range strings.SplitSeq(owners, ",") {
			in = append(in, Listing{"t", owner, ""})
		}
		if got := idsOf(t, s, "", in...); got != want {
			t.Errorf("of %s: %q, want %q", owners, got, want)
		}
	}
}

func TestAWalkBackOverRecordsStaysRightWhileTheyChange(t *testing.T) {
	s := open(t)
	var b Batch
	const n = 2*listedAtOnce + 10
	for i := range n {
		b.Records = append(b.Records, owned(fmt.Sprintf("%04d", i), "a", "new"))
	}
	write(t, s, b)
	last, walked := "", 0
	for r, err := range s.RecordsBefore([]Listing{{Table: "t", State: "new"}}, "") {
		if err != nil {
			t.Fatal(err)
		}
		if last != "" && r.ID >= last {
			t.Fatalf("%s comes behind %s", r.ID, last)
		}
		last = r.ID
		walked++
		write(t, s, Batch{Records: []Record{owned("9"+r.ID, "a", "new"), owned(r.ID, "a", "done")}})
	}
	if walked != n {
		t.Errorf("walked %d of %d", walked, n)
	}
}

func TestARecordTellsItsSteps(t *testing.T) {
	s := open(t)
	step := func(r Record, move string) Record { r.Move = move; return r }
	write(t, s, Batch{Actor: "key:1", Records: []Record{step(owned("1", "a", "new"), "create"), step(owned("11", "a", "new"), "create")}})
	write(t, s, Batch{Actor: "key:2", Records: []Record{step(owned("1", "a", "done"), "done")}})
	write(t, s, Batch{Actor: "key:3", Records: []Record{owned("1", "a", "gone")}})
	write(t, s, Batch{Actor: "key:1", Records: []Record{{Table: "t", ID: "1", Deleted: true, Move: "delete"}}})
	steps, err := s.Steps("t", "1", 10)
	var got []string
	for _, st := range steps {
		got = append(got, fmt.Sprintf("%d %s %s", st.Version, st.By, st.Move))
		if st.At.IsZero() {
			t.Error("a step has no time")
		}
	}
	if want := "4 key:1 delete, 2 key:2 done, 1 key:1 create"; err != nil || strings.Join(got, ", ") != want {
		t.Errorf("steps %q, %v; want %s", got, err, want)
	}
	if first, err := s.Steps("t", "1", 1); err != nil || len(first) != 1 || first[0].Move != "delete" {
		t.Errorf("the newest step is %+v (%v)", first, err)
	}
}

func TestAFinalRecordIsNeverWrittenAgain(t *testing.T) {
	s := open(t)
	final := Record{Table: "reports", ID: "1", Body: []byte(`{"a":1}`), Final: true}
	write(t, s, Batch{Records: []Record{final}})
	for name, r := range map[string]Record{"the same": final, "another": {Table: "reports", ID: "1", Body: []byte(`{}`)}, "none": {Table: "reports", ID: "1", Deleted: true}} {
		if _, err := s.Write(t.Context(), Batch{Records: []Record{r}}); CodeOf(err) != Conflict {
			t.Errorf("%s in its place: %v", name, err)
		}
	}
	if r, err := s.Record("reports", "1"); err != nil || string(r.Body) != `{"a":1}` || r.Version != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}
