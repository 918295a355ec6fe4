package corpus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

// load imports a table of needs and returns the import's record.
func load(t *testing.T, s *Store, file string) ImportRecord {
	t.Helper()
	id := NewImportID(s.now())
	if _, err := Import(t.Context(), s, rowsOf(file, ReadOptions{}), ImportOptions{ID: id, Actor: "import", File: "a.csv", Kind: Need}); err != nil {
		t.Fatal(err)
	}
	r, err := s.ImportRecord(id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// undo undoes an import and returns its record and what it kept, as "ID reason by".
func undo(t *testing.T, s *Store, id string, o UndoOptions) (ImportRecord, []string) {
	t.Helper()
	kept := []string{}
	o.Actor, o.Kept = "undo", func(k Kept) { kept = append(kept, fmt.Sprint(k.ID, " ", k.Reason, " ", k.By)) }
	r, err := s.Undo(t.Context(), id, o)
	if err != nil {
		t.Fatal(err)
	}
	return r, kept
}

// titles is "ID title" of every need.
func titles(t *testing.T, s *Store) string {
	t.Helper()
	var all []string
	for d, err := range s.Each(Need, 0) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d.ID+" "+d.Title)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func TestAnUndoPutsBackWhatWasThere(t *testing.T) {
	s := open(t)
	load(t, s, "编号,名称\n1,一\n2,二\n3,三\n4,四\n")
	r := load(t, s, "编号,名称\n1,一改\n2,二改\n3,三改\n4,四\n5,五\n6,六\n7,七\n8,八\n1,一再改\n")
	if r.State != ImportDone || r.Created != 4 || r.Updated != 4 || r.Unchanged != 1 || r.By != "import" || r.File != "a.csv" || r.Earlier.Documents != 7 || r.Ended.IsZero() {
		t.Errorf("%+v", r)
	}
	write(t, s, Batch{Actor: "li", Puts: []Put{{Doc: need("2", "二手改")}, {Doc: need("6", "六手改")}}})
	write(t, s, Batch{Actor: "li", Deletes: []Delete{{Kind: Need, ID: "3"}, {Kind: Need, ID: "7"}}})
	write(t, s, Batch{Actor: "li", Puts: []Put{{Doc: need("9", "九")}}})
	leads := func() (map[Link]string, error) {
		return map[Link]string{{Kind: Need, ID: "8"}: "lead", {Kind: Need, ID: "1"}: "other"}, nil
	}
	before := titles(t, s)
	dry, kept := undo(t, s, r.ID, UndoOptions{DryRun: true, Leads: leads})
	if got := titles(t, s); got != before || dry.State != ImportDone || dry.Undo.Restored != 1 || dry.Undo.Deleted != 1 || dry.Undo.Kept != 4 || len(kept) != 4 {
		t.Errorf("a trial run: %+v, %+v, %s", dry, dry.Undo, got)
	}
	r, kept = undo(t, s, r.ID, UndoOptions{Leads: leads})
	if got, want := titles(t, s), "1 一, 2 二手改, 4 四, 6 六手改, 8 八, 9 九"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if want := []string{"2 edited li", "3 deleted li", "6 edited li", "8 lead "}; !slices.Equal(kept, want) {
		t.Errorf("kept %q, want %q", kept, want)
	}
	if r.State != ImportUndone || r.Undo.Restored != 1 || r.Undo.Deleted != 1 || r.Undo.Kept != 4 || r.Undo.By != "undo" {
		t.Errorf("%+v, %+v", r, r.Undo)
	}
	if d, err := s.Get(Need, "1"); err != nil || d.Version != 4 || d.Number != 1 {
		t.Errorf("put back as %+v, %v", d, err)
	}
	audits, err := s.Audits(1)
	if err != nil || audits[0].Action != "undo import "+r.ID || audits[0].Actor != "undo" {
		t.Errorf("%+v, %v", audits, err)
	}
	again := load(t, s, "编号,名称\n1,一改\n5,五\n")
	if again.Created != 1 || again.Updated != 1 {
		t.Errorf("the file again: %+v", again)
	}
	consistent(t, s)
}

func TestImportsAreUndoneInAnyOrder(t *testing.T) {
	for _, c := range []struct {
		order string // which imports are undone, one after the other
		want  string
	}{
		{"c", "1 乙"}, {"cb", "1 甲"}, {"cba", ""},
		{"a", "1 丙"}, {"ab", "1 丙"}, {"abc", "1 乙"}, // what a later import changed stays
		{"abcb", "1 甲"}, {"abcba", ""}, // until that is undone
	} {
		s := open(t)
		ids := map[rune]string{}
		for _, one := range []struct {
			name  rune
			title string
		}{{'a', "甲"}, {'b', "乙"}, {'c', "丙"}} {
			ids[one.name] = load(t, s, "编号,名称\n1,"+one.title+"\n").ID
		}
		for _, name := range c.order {
			_, kept := undo(t, s, ids[name], UndoOptions{})
			for _, k := range kept {
				if k != "1 imported import" {
					t.Errorf("%s: %s", c.order, k)
				}
			}
		}
		if got := titles(t, s); got != c.want {
			t.Errorf("undone %s: %q, want %q", c.order, got, c.want)
		}
		consistent(t, s)
	}
}

// tableOf is a table of n needs whose titles begin with a word.
func tableOf(word string, n int) string {
	var b strings.Builder
	b.WriteString("编号,名称\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%s%d\n", i, word, i)
	}
	return b.String()
}

func TestAnUndoThatIsCutOffGoesOn(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	load(t, s, tableOf("旧", 800))
	r := load(t, s, tableOf("新", 1200))
	write(t, s, Batch{Actor: "li", Puts: []Put{{Doc: need("3", "手改")}}})
	ctx, cancel := context.WithCancel(t.Context())
	var first Undone
	_, err = s.Undo(ctx, r.ID, UndoOptions{Committed: func(u Undone) { first = u; cancel() }})
	if !errors.Is(err, context.Canceled) || first.Restored == 0 || first.Deleted > 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	if r, err = s.ImportRecord(r.ID); err != nil || r.State != ImportUndoing || *r.Undo != first {
		t.Errorf("%+v, %v", r, err)
	}
	r, kept := undo(t, s, r.ID, UndoOptions{})
	if u := r.Undo; r.State != ImportUndone || u.Restored != 799 || u.Deleted != 400 || u.Kept != 1 || len(kept) != 1 {
		t.Errorf("%+v, %q", r.Undo, kept)
	}
	if n, err := s.Count(Need); err != nil || n[Published] != 800 {
		t.Errorf("%v, %v", n, err)
	}
	consistent(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAnImportCanBeUndoneForThirtyDays(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s, err := Open(t.TempDir(), Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	load(t, s, tableOf("旧", 10))
	now = now.Add(time.Second)
	r := load(t, s, tableOf("新", 10))
	now = r.UndoUntil.Add(-time.Second)
	if _, err := s.Undoable(r.ID); err != nil {
		t.Error(err)
	}
	now = r.UndoUntil
	if _, err := s.Undo(t.Context(), r.ID, UndoOptions{}); CodeOf(err) != Conflict {
		t.Error(err)
	}
	if e, err := s.Earlier(); err != nil || e.Documents != 20 || e.Bytes == 0 {
		t.Errorf("%+v, %v", e, err)
	}
	last := load(t, s, "编号,名称\n1,新1\n2,另\n")
	if e, err := s.Earlier(); err != nil || e != last.Earlier || e.Documents != 1 {
		t.Errorf("after 30 days %+v, %v", e, err)
	}
	consistent(t, s)
	if _, err := s.Undo(t.Context(), "none", UndoOptions{}); CodeOf(err) != NotFound {
		t.Error(err)
	}
}

func TestAnImportHasARecordHoweverItEnds(t *testing.T) {
	s := open(t)
	if _, err := Import(t.Context(), s, rowsOf("编号,名称\n1,甲\n", ReadOptions{}), ImportOptions{DryRun: true}); err != nil {
		t.Fatal(err)
	}
	lost := errors.New("connection lost")
	rows := func(yield func(Row, error) bool) {
		for r, err := range rowsOf(tableOf("一", 600), ReadOptions{}) {
			if !yield(r, err) {
				return
			}
		}
		running, err := s.Imports(5, "")
		if err != nil || len(running) != 1 || running[0].State != ImportRunning || running[0].Created != 500 {
			t.Errorf("while it runs: %+v, %v", running, err)
		}
		if _, err := s.Undoable(running[0].ID); CodeOf(err) != Conflict {
			t.Error(err)
		}
		s.at = map[string]bool{} // as after a crash
		if r, err := s.ImportRecord(running[0].ID); err != nil || r.State != ImportBroken {
			t.Errorf("%+v, %v", r, err)
		}
		yield(Row{}, lost)
	}
	if _, err := Import(t.Context(), s, rows, ImportOptions{Actor: "li", File: "b.csv", Source: "portal", Kind: Need}); !errors.Is(err, lost) {
		t.Error(err)
	}
	load(t, s, "编号,名称\n1,甲\n")
	all, err := s.Imports(5, "")
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	if r := all[1]; r.State != ImportFailed || r.Created != 600 || r.Error != lost.Error() || r.File != "b.csv" || r.Source != "portal" || r.Kind != Need || r.By != "li" || r.Ended.IsZero() {
		t.Errorf("%+v", r)
	}
	if first, err := s.Imports(1, ""); err != nil || len(first) != 1 || first[0].ID != all[0].ID {
		t.Error(first, err)
	}
	if behind, err := s.Imports(5, all[0].ID); err != nil || len(behind) != 1 || behind[0].ID != all[1].ID {
		t.Error(behind, err)
	}
	if none, err := s.Imports(5, all[1].ID); err != nil || len(none) != 0 {
		t.Error(none, err)
	}
}

// A store of before knows no origins: its rows of ids are shorter.
func TestAnOlderStoreIsReadOn(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Puts: []Put{{Doc: need("1", "旧")}}})
	if err := s.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bIDs)
		return b.Put(idKey(Need, "1"), b.Get(idKey(Need, "1"))[:12])
	}); err != nil {
		t.Fatal(err)
	}
	r := load(t, s, "编号,名称\n1,新\n")
	if _, kept := undo(t, s, r.ID, UndoOptions{}); len(kept) > 0 || titles(t, s) != "1 旧" {
		t.Error(kept, titles(t, s))
	}
	consistent(t, s)
}
