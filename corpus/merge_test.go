package corpus

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func merge(t *testing.T, s *Store, id, into string) []Result {
	t.Helper()
	return write(t, s, Batch{Actor: "key:1", Action: "merge", Merges: []Merge{{Kind: Need, ID: id, Into: into}}})
}

func unmerge(t *testing.T, s *Store, id string) Result {
	t.Helper()
	return write(t, s, Batch{Unmerges: []Unmerge{{Kind: Need, ID: id}}})[0]
}

// said is a document without what the store counts.
func said(t *testing.T, s *Store, id string) string {
	t.Helper()
	d, err := s.Get(Need, id)
	if err != nil {
		return string(CodeOf(err))
	}
	d.Version, d.Created, d.Updated = 0, time.Time{}, time.Time{}
	return jsonOf(t, d)
}

func TestAMergeLeadsToTheSurvivorAndBack(t *testing.T) {
	s := open(t)
	a, b := need("a", "除冰"), need("b", "叶片除冰")
	a.Text, a.Keywords, b.Keywords = "电热膜", []string{"风机"}, []string{"叶片"}
	a.Source = "portal"
	write(t, s, Batch{Puts: []Put{{Doc: a}, {Doc: b}}})
	before := [2]string{said(t, s, "portal~a"), said(t, s, "b")}
	first, err := s.Get(Need, "portal~a")
	if err != nil {
		t.Fatal(err)
	}
	r := merge(t, s, "portal~a", "b")
	if len(r) != 1 || r[0].Outcome != Updated || r[0].ID != "b" || r[0].Version != 2 {
		t.Errorf("%+v", r)
	}
	if d, err := s.Get(Need, "b"); err != nil || d.Title != "叶片除冰" || d.Text != "电热膜" || strings.Join(d.Keywords, " ") != "叶片 风机" || d.Source != DefaultSource {
		t.Errorf("%+v, %v", d, err)
	}
	_, err = s.Get(Need, "portal~a")
	if moved, ok := errors.AsType[*MovedError](err); CodeOf(err) != NotFound || !ok || *moved != (MovedError{Need, "portal~a", "b", Published}) {
		t.Errorf("get: %v", err)
	}
	if id, err := s.Resolve(Need, "portal~a"); id != "b" || err != nil {
		t.Errorf("leads to %s, %v", id, err)
	}
	changes, err := s.Changes(2, 10)
	if err != nil || len(changes) != 2 || !changes[0].Deleted || changes[0].Number != 1 || changes[1].ID != "b" || changes[1].Deleted {
		t.Errorf("changes %+v, %v", changes, err)
	}
	audits, err := s.Audits(1)
	if err != nil || audits[0].Actor != "key:1" || audits[0].First != 3 || audits[0].Last != 4 {
		t.Errorf("audit %+v, %v", audits, err)
	}
	for m, err := range s.Merges(Need, "") {
		if m.ID != "portal~a" || m.Into != "b" || m.Title != "除冰" || m.By != "key:1" || m.At.IsZero() || err != nil {
			t.Errorf("merge %+v, %v", m, err)
		}
	}

	// The row comes again.
	a.Text = "热风"
	var warned []string
	sum, err := Import(context.Background(), s, func(yield func(Row, error) bool) { yield(Row{Doc: a, File: "a.csv", Line: 2}, nil) },
		ImportOptions{Report: func(r Row) { warned = append(warned, r.Warnings[0].Message) }})
	if err != nil || sum.Unchanged != 1 || strings.Join(warned, "|") != "已合并到 b，本行未写入" {
		t.Errorf("%+v %q %v", sum, warned, err)
	}
	if _, err := s.Write(context.Background(), Batch{Puts: []Put{{Doc: a, IfAbsent: true}}}); CodeOf(err) != Conflict {
		t.Errorf("created again: %v", err)
	}
	if _, err := s.Write(context.Background(), Batch{Deletes: []Delete{{Kind: Need, ID: "portal~a"}}}); CodeOf(err) != NotFound {
		t.Errorf("deleted: %v", err)
	}
	if last, _ := s.LastChange(); last != 5 {
		t.Errorf("%d changes", last)
	}

	u := unmerge(t, s, "portal~a")
	if u.Outcome != Created || u.Into != "b" || len(u.Kept) > 0 || u.Version != 3 {
		t.Errorf("%+v", u)
	}
	if after := [2]string{said(t, s, "portal~a"), said(t, s, "b")}; after != before {
		t.Errorf("%s, want\n%s", after, before)
	}
	if d, _ := s.Get(Need, "portal~a"); d.Number != first.Number || !d.Created.Equal(first.Created) {
		t.Errorf("%+v, was %+v", d, first)
	}
	if _, err := s.Write(context.Background(), Batch{Unmerges: []Unmerge{{Kind: Need, ID: "portal~a"}}}); CodeOf(err) != NotFound {
		t.Errorf("twice: %v", err)
	}
	if rows := append(rowsIn(t, s, bMerged), rowsIn(t, s, bAliases)...); len(rows) > 0 {
		t.Errorf("left: %q", rows)
	}
}

func TestMergesChainAndMakeNoCircle(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Puts: []Put{{Doc: need("a", "一")}, {Doc: need("b", "二")}, {Doc: need("c", "三")}, {Doc: need("d", "四")}}})
	merge(t, s, "a", "b")
	merge(t, s, "b", "c")
	merge(t, s, "d", "a") // which leads to c
	for _, id := range []string{"a", "b", "c", "d"} {
		if to, err := s.Resolve(Need, id); to != "c" || err != nil {
			t.Errorf("%s leads to %s, %v", id, to, err)
		}
	}
	if ids, err := s.Aliases(Need, "c"); strings.Join(ids, " ") != "b d a" || err != nil {
		t.Errorf("%q, %v", ids, err)
	}
	for name, test := range map[string]struct {
		b    Batch
		code Code
	}{
		"a circle":          {Batch{Merges: []Merge{{Need, "c", "a"}}}, Conflict},
		"into itself":       {Batch{Merges: []Merge{{Need, "c", "c"}}}, Conflict},
		"merged already":    {Batch{Merges: []Merge{{Need, "a", "c"}}}, Conflict},
		"unknown":           {Batch{Merges: []Merge{{Need, "x", "c"}}}, NotFound},
		"into unknown":      {Batch{Merges: []Merge{{Need, "c", "x"}}}, NotFound},
		"of another kind":   {Batch{Merges: []Merge{{Expert, "c", "a"}}}, NotFound},
		"of no kind":        {Batch{Merges: []Merge{{"", "c", "a"}}}, NotFound},
		"back in the chain": {Batch{Unmerges: []Unmerge{{Need, "a"}}}, Conflict},
		"back, not merged":  {Batch{Unmerges: []Unmerge{{Need, "c"}}}, NotFound},
	} {
		test.b.Puts = []Put{{Doc: need("new", "新")}}
		if _, err := s.Write(context.Background(), test.b); CodeOf(err) != test.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Get(Need, "new"); CodeOf(err) != NotFound {
		t.Errorf("half a batch is written: %v", err)
	}
}

func TestAnUnmergeSaysWhatItKeeps(t *testing.T) {
	s := open(t)
	a, b := need("a", "一"), need("b", "二")
	a.Text, a.Goal, a.Extra = "文", "标", map[string]string{"备注": "x"}
	write(t, s, Batch{Puts: []Put{{Doc: a}, {Doc: b}}})
	merge(t, s, "a", "b")
	d, _ := s.Get(Need, "b")
	d.Title, d.Text = "二改", "文改"
	write(t, s, Batch{Puts: []Put{{Doc: d}}})
	if u := unmerge(t, s, "a"); strings.Join(u.Kept, " ") != "text" {
		t.Errorf("%+v", u)
	}
	if d, _ := s.Get(Need, "b"); d.Title != "二改" || d.Text != "文改" || d.Goal != "" || len(d.Extra) > 0 {
		t.Errorf("%+v", d)
	}

	merge(t, s, "a", "b")
	write(t, s, Batch{Deletes: []Delete{{Kind: Need, ID: "b"}}})
	if _, err := s.Get(Need, "a"); CodeOf(err) != NotFound {
		t.Errorf("it came back: %v", err)
	}
	write(t, s, Batch{Puts: []Put{{Doc: a}}}) // changes nothing
	unmerge(t, s, "a")
	if d, err := s.Get(Need, "a"); err != nil || d.Goal != "标" {
		t.Errorf("%+v, %v", d, err)
	}
	if _, err := s.Get(Need, "b"); CodeOf(err) != NotFound {
		t.Errorf("what was deleted came back: %v", err)
	}
}

// importRows imports documents that leave status and disclosure open.
func importRows(t *testing.T, s *Store, id string, docs ...Doc) Summary {
	t.Helper()
	sum, err := Import(context.Background(), s, func(yield func(Row, error) bool) {
		for i, d := range docs {
			if !yield(Row{Doc: d, File: "f.csv", Line: i + 2, noStatus: true, noDisclosure: true}, nil) {
				return
			}
		}
	}, ImportOptions{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestASurvivorKeepsWhatItTookOverWhenItsRowComesAgain(t *testing.T) {
	s := open(t)
	a, b := need("a", "除冰"), need("b", "叶片除冰")
	a.Text, a.Contact = "电热膜", "于工 13800000000"
	importRows(t, s, "i1", a, b)
	merge(t, s, "a", "b")
	if sum := importRows(t, s, "i2", a, b); sum.Unchanged != 2 {
		t.Errorf("%+v", sum)
	}
	b.Goal = "停机不超过1天"
	importRows(t, s, "i3", a, b)
	d, err := s.Get(Need, "b")
	if err != nil || d.Text != "电热膜" || d.Contact == "" || d.Goal == "" {
		t.Errorf("b is now %+v, %v", d, err)
	}
	if u := unmerge(t, s, "a"); len(u.Kept) > 0 {
		t.Errorf("taken back: %+v", u)
	}
	if d, _ := s.Get(Need, "b"); d.Text != "" || d.Goal == "" {
		t.Errorf("without a, b is %+v", d)
	}
}

func TestAnUndoKeepsWhatOthersWereMergedInto(t *testing.T) {
	s := open(t)
	old, fresh := need("old", "叶片除冰"), need("fresh", "风机叶片冬季除冰")
	fresh.Text = "电热膜"
	write(t, s, Batch{Puts: []Put{{Doc: old}}})
	importRows(t, s, "i1", fresh)
	merge(t, s, "old", "fresh")
	var kept []Kept
	if _, err := s.Undo(t.Context(), "i1", UndoOptions{Kept: func(k Kept) { kept = append(kept, k) }}); err != nil {
		t.Fatal(err)
	}
	if len(kept) != 1 || kept[0].ID != "fresh" || kept[0].Reason != KeptMerged {
		t.Errorf("kept %+v", kept)
	}
	if d, err := s.Get(Need, "fresh"); err != nil || d.Text != "电热膜" {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestAMergeEndsNoPosting(t *testing.T) {
	s := open(t)
	old, fresh := need("old", "叶片除冰"), need("fresh", "叶片除冰")
	old.ValidUntil = "2020-12-31"
	write(t, s, Batch{Puts: []Put{{Doc: old}, {Doc: fresh}}})
	merge(t, s, "old", "fresh")
	if d, _ := s.Get(Need, "fresh"); d.ValidUntil != "" {
		t.Errorf("the survivor is over since %s", d.ValidUntil)
	}
}

// keptBy undoes an import and says what it keeps.
func keptBy(t *testing.T, s *Store, id string) string {
	t.Helper()
	var kept []string
	if _, err := s.Undo(t.Context(), id, UndoOptions{Kept: func(k Kept) {
		kept = append(kept, strings.TrimSpace(k.ID+" "+string(k.Reason)+" "+k.Into))
	}}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(kept, ", ")
}

func TestAMergeTakenBackIsNoEdit(t *testing.T) {
	s := open(t)
	a, b := need("a", "除冰"), need("b", "叶片除冰")
	a.Text = "电热膜"
	importRows(t, s, "i1", a, b)
	merge(t, s, "a", "b")
	b.Goal = "停机不超过1天"
	importRows(t, s, "i2", b)
	for _, step := range []struct{ undo, kept, left string }{
		{"i2", "b merged", "b 叶片除冰"},
		{"i1", "a into b, b merged", "b 叶片除冰"},
		{"unmerge", "", "a 除冰, b 叶片除冰"},
		{"i2", "", "a 除冰, b 叶片除冰"},
		{"i1", "", ""},
	} {
		kept := ""
		if step.undo == "unmerge" {
			unmerge(t, s, "a")
		} else {
			kept = keptBy(t, s, step.undo)
		}
		if left := titles(t, s); kept != step.kept || left != step.left {
			t.Errorf("%s: kept %q, left %q, want %q and %q", step.undo, kept, left, step.kept, step.left)
		}
		if d, err := s.Get(Need, "b"); err == nil && step.undo == "i2" && step.kept == "" && d.Text+d.Goal != "" {
			t.Errorf("b has %q of a, or what the import brought: %q", d.Text, d.Goal)
		}
	}
}

func TestWhatIsGoneAtItsSourceCanBeUnmerged(t *testing.T) {
	s := open(t)
	a, b := need("a", "除冰"), need("b", "叶片除冰")
	a.Text, b.Source = "电热膜", "portal"
	write(t, s, Batch{Puts: []Put{{Doc: a}, {Doc: b}}})
	merge(t, s, "a", "portal~b")
	if _, err := Import(t.Context(), s, func(func(Row, error) bool) {}, ImportOptions{Source: "portal", Whole: true}); err != nil {
		t.Fatal(err)
	}
	unmerge(t, s, "a")
	if d, _ := s.Get(Need, "portal~b"); d.Gone == "" || d.Text != "" {
		t.Errorf("gone %q, text %q", d.Gone, d.Text)
	}
}
