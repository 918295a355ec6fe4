package corpus

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
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

// A naive model of a store of needs: what each document is follows from the list of what was done to it.
type model map[string]*modelDoc

type modelDoc struct {
	log  []step // nil: there is none
	into string
}

// A step is a merge, or an edit of a field.
type step struct {
	field, value string
	merged       string
	was          Doc
}

func (s step) do(d Doc) Doc {
	switch s.field {
	case "":
		return d.Unite(s.was)
	case "keywords":
		d.Keywords = strings.Fields(s.value)
	default:
		*modelFields[s.field](&d) = s.value
	}
	return d
}

var modelFields = map[string]func(*Doc) *string{"title": func(d *Doc) *string { return &d.Title }, "text": func(d *Doc) *string { return &d.Text },
	"goal": func(d *Doc) *string { return &d.Goal }, "org": func(d *Doc) *string { return &d.Org }}

// edits are the steps from a document to another.
func edits(from, to Doc) (steps []step) {
	for _, name := range []string{"title", "text", "goal", "org"} {
		if v := *modelFields[name](&to); v != *modelFields[name](&from) {
			steps = append(steps, step{field: name, value: v})
		}
	}
	if !slices.Equal(from.Keywords, to.Keywords) {
		steps = append(steps, step{field: "keywords", value: strings.Join(to.Keywords, " ")})
	}
	return steps
}

func (m model) doc(id string) Doc {
	d := Doc{Kind: Need, ID: id}
	for _, s := range m[id].log {
		d = s.do(d)
	}
	return d
}

// shorten leaves of the edits between two merges what they come to.
func (m model) shorten(id string) {
	d := Doc{Kind: Need, ID: id}
	merged := d
	var log []step
	for _, s := range m[id].log {
		if s.field == "" {
			log = append(log, edits(merged, d)...)
			log = append(log, s)
			d = s.do(d)
			merged = d
		} else {
			d = s.do(d)
		}
	}
	m[id].log = append(log, edits(merged, d)...)
}

func (m model) end(id string) string {
	for m[id].into != "" {
		id = m[id].into
	}
	return id
}

func TestRandomMergesAreWhatANaiveModelSays(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s, m := open(t), model{}
		s.db.NoSync = true // thousands of writes, of which none must last
		ids := strings.Fields("a b c d e f")
		for _, id := range ids {
			m[id] = &modelDoc{}
		}
		pick := func(words ...string) string { return words[rng.IntN(len(words))] }
		var done []string
		for range 60 {
			id := pick(ids...)
			one := m[id]
			live := one.log != nil && one.into == ""
			var b Batch
			var want Code
			apply := func() {}
			switch n := rng.IntN(10); {
			case n < 4:
				d := need(id, pick("一", "二", "三"))
				d.ID, d.Text, d.Goal, d.Org = id, pick("", "文", "字"), pick("", "标"), pick("", "甲", "乙")
				d.Keywords = strings.Fields(pick("", "k", "l", "k l", "m k"))
				b.Puts = []Put{{Doc: d}}
				if one.into == "" {
					apply = func() {
						one.log = append(one.log, edits(m.doc(id), d)...)
						m.shorten(id)
					}
				}
				done = append(done, "put "+id)
			case n < 5:
				b.Deletes = []Delete{{Kind: Need, ID: id}}
				if !live {
					want = NotFound
				}
				apply = func() { one.log = nil }
				done = append(done, "delete "+id)
			case n < 8:
				other := pick(ids...)
				b.Merges = []Merge{{Need, id, other}}
				end := m.end(other)
				switch {
				case one.into != "" || end == id:
					want = Conflict
				case one.log == nil || m[end].log == nil:
					want = NotFound
				}
				apply = func() {
					m[end].log, one.into = append(m[end].log, step{merged: id, was: m.doc(id)}), end
				}
				done = append(done, "merge "+id+" into "+other)
			default:
				b.Unmerges = []Unmerge{{Need, id}}
				switch {
				case one.into == "":
					want = NotFound
				case m[one.into].into != "":
					want = Conflict
				}
				apply = func() {
					to := m[one.into]
					to.log = slices.DeleteFunc(to.log, func(s step) bool { return s.merged == id })
					m.shorten(one.into)
					one.into = ""
				}
				done = append(done, "unmerge "+id)
			}
			_, err := s.Write(context.Background(), b)
			if err == nil && want == "" {
				apply()
			} else if err == nil || want == "" || CodeOf(err) != want {
				t.Fatalf("seed %d, %s: %v, want %q", seed, strings.Join(done, ", "), err, want)
			}
			for _, id := range ids {
				d, err := s.Get(Need, id)
				got, want := fmt.Sprint(CodeOf(err)), string(NotFound)
				if err == nil {
					got = fmt.Sprint(d.Title, d.Text, d.Goal, d.Org, d.Keywords)
				}
				if one := m[id]; one.into == "" && one.log != nil {
					d := m.doc(id)
					want = fmt.Sprint(d.Title, d.Text, d.Goal, d.Org, d.Keywords)
				}
				to, err := s.Resolve(Need, id)
				if got != want || to != m.end(id) || err != nil {
					t.Fatalf("seed %d, %s: %s is %s and leads to %s (%v), want %s and %s", seed, strings.Join(done, ", "), id, got, to, err, want, m.end(id))
				}
			}
		}
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
