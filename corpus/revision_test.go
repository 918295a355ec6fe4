package corpus

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// revised writes the revisions of a need as "day header header; ...".
func revised(t *testing.T, s *Store, id string) string {
	t.Helper()
	d, err := s.Get(Need, id)
	if err != nil {
		t.Fatal(err)
	}
	revisions, err := s.Revisions(Need, d.Number)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range revisions {
		said := r.Time.Format("01-02")
		for _, f := range r.Fields {
			said += " " + f.Header
		}
		out = append(out, said)
	}
	return strings.Join(out, "; ")
}

func TestRevisionsAreWhatIsKnownAndPublic(t *testing.T) {
	now := time.Date(2026, 11, 1, 4, 0, 0, 0, time.UTC)
	s, err := Open(t.TempDir(), Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	head := "编号,名称,联系方式,信息状态,有效期至\n"
	imported := func(rows string) { load(t, s, head+rows) }
	for _, step := range []struct {
		name string
		do   func()
		want string
	}{
		{"made", func() { imported("1,一,甲,已发布,2027-01-01\n2,二,甲,已发布,\n") }, ""},
		{"title and date", func() { imported("1,一改,甲,已发布,2027-02-02\n") }, "11-02 名称 有效期至"},
		{"what is closed", func() { imported("1,一改,乙,已发布,2027-02-02\n") }, "11-02 名称 有效期至"},
		{"another document", func() { imported("2,二改,甲,已发布,\n") }, "11-02 名称 有效期至"},
		{"title again", func() { imported("1,一再改,乙,已发布,2027-02-02\n") }, "11-05 名称; 11-02 名称 有效期至"},
		{"withdrawn", func() { imported("1,撤,乙,已撤回,2027-02-02\n") }, "11-05 名称; 11-02 名称 有效期至"},
		{"published again", func() { imported("1,回,乙,已发布,2027-02-02\n") }, "11-05 名称; 11-02 名称 有效期至"},
		{"edited", func() { write(t, s, Batch{Actor: "li", Puts: []Put{{Doc: need("1", "手改")}}}) }, "11-05 名称; 11-02 名称 有效期至"},
		{"after an edit", func() { imported("1,末,,已发布,2027-03-03\n") }, "11-09 名称 有效期至; 11-05 名称; 11-02 名称 有效期至"},
	} {
		step.do()
		if got := revised(t, s, "1"); got != step.want {
			t.Errorf("%s: %q, want %q", step.name, got, step.want)
		}
		now = now.Add(24 * time.Hour)
	}
	if got := fmt.Sprint(s.Revisions(Need, 99)); got != "[] <nil>" {
		t.Errorf("of no document: %s", got)
	}
}
