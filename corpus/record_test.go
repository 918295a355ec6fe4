package corpus

import (
	"fmt"
	"strings"
	"testing"
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
