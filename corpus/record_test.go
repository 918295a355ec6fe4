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
