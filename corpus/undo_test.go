package corpus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
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

// A layer is one write of a document in the naive model of undo: an undo takes the layer of its import off where that is
// on top.
type layer struct{ by, title string } // by "": a person; title "": it is not there

func TestUndoNeitherLosesNorRevives(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	rounds := 60
	for round := range rounds {
		dir := t.TempDir()
		reopen := func() *Store {
			s, err := Open(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			s.db.NoSync = true // thirty times as fast
			return s
		}
		s := reopen()
		docs, leads := map[string][]layer{}, map[Link]string{}
		const ids, words = "abcdef", "甲乙丙"
		for _, id := range ids {
			docs[string(id)] = []layer{{}}
		}
		id := func() string { return string(ids[random.IntN(len(ids))]) }
		word := func() string { return string([]rune(words)[random.IntN(3)]) }
		top := func(id string) *layer { return &docs[id][len(docs[id])-1] }
		var imports, log []string
		for range 30 {
			switch what := random.IntN(10); {
			case what < 3:
				var file strings.Builder
				name := fmt.Sprint("i", len(imports))
				file.WriteString("编号,名称\n")
				for range random.IntN(6) {
					id, title := id(), word()
					fmt.Fprintf(&file, "%s,%s\n", id, title)
					if now := top(id); now.by == name {
						now.title = title
					} else if now.title != title {
						docs[id] = append(docs[id], layer{name, title})
					}
				}
				log = append(log, fmt.Sprintf("%s: %q", name, file.String()))
				if _, err := Import(t.Context(), s, rowsOf(file.String(), ReadOptions{}), ImportOptions{ID: name}); err != nil {
					t.Fatal(err)
				}
				imports = append(imports, name)
			case what < 5:
				id, title := id(), word()
				log = append(log, "write "+id+title)
				write(t, s, Batch{Puts: []Put{{Doc: need(id, title)}}})
				if top(id).title != title {
					docs[id] = append(docs[id], layer{"", title})
				}
			case what < 6:
				id := id()
				log = append(log, "delete "+id)
				_, err := s.Write(t.Context(), Batch{Deletes: []Delete{{Kind: Need, ID: id}}})
				if there := top(id).title != ""; there != (err == nil) {
					t.Fatalf("seed %d, %q: %v", seed, log, err)
				} else if there {
					docs[id] = append(docs[id], layer{})
				}
			case what < 7:
				leads[Link{Kind: Need, ID: id()}] = "lead"
			case len(imports) > 0:
				name := imports[random.IntN(len(imports))]
				log = append(log, "undo "+name)
				want := map[string]KeptReason{}
				for id, layers := range docs {
					at := slices.IndexFunc(layers, func(l layer) bool { return l.by == name })
					if at < 0 {
						continue
					}
					now, made := top(id), layers[at-1].title == ""
					switch {
					case now.by == name && made && leads[Link{Kind: Need, ID: id}] != "":
						want[id] = KeptLead
					case now.by == name:
						docs[id] = layers[:at]
					case made && now.title == "":
						layers[at].by = "" // nothing is left to undo
					case now.title == "":
						want[id] = KeptDeleted
					case now.by != "":
						want[id] = KeptImported
					default:
						want[id] = KeptEdited
					}
				}
				kept := map[string]KeptReason{}
				if _, err := s.Undo(t.Context(), name, UndoOptions{Leads: func() (map[Link]string, error) { return leads, nil },
					Kept: func(k Kept) { kept[k.ID] = k.Reason }}); err != nil {
					t.Fatal(err)
				}
				if !maps.Equal(kept, want) {
					t.Fatalf("seed %d, round %d, %q: kept %v, want %v", seed, round, log, kept, want)
				}
			}
			var want []string
			for id := range docs {
				if title := top(id).title; title != "" {
					want = append(want, id+" "+title)
				}
			}
			slices.Sort(want)
			if got := titles(t, s); got != strings.Join(want, ", ") {
				t.Fatalf("seed %d, round %d, %q:\n%s, want %s", seed, round, log, got, want)
			}
			if random.IntN(20) == 0 {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = reopen()
			}
		}
		consistent(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// consistent checks what is derived inside of the store: texts, rows of ids, and what records say is kept.
func consistent(t *testing.T, s *Store) {
	t.Helper()
	kept := map[string]Earlier{}
	err := s.db.View(func(tx *bolt.Tx) error {
		texts := 0
		if err := tx.Bucket(bDocs).ForEach(func(k, v []byte) error {
			d, err := s.decodeDoc(k, v)
			if err != nil {
				return err
			}
			texts++
			if tx.Bucket(bTexts).Get(append([]byte(TextHash(&d)), k...)) == nil {
				t.Errorf("%s has no text row", d.ID)
			}
			if row := parseIDRow(tx.Bucket(bIDs).Get(idKey(d.Kind, d.ID))); row.version != d.Version || row.number != d.Number {
				t.Errorf("%s has version %d, number %d; its row %+v", d.ID, d.Version, d.Number, row)
			}
			return nil
		}); err != nil {
			return err
		}
		if n := tx.Bucket(bTexts).Stats().KeyN; n != texts {
			t.Errorf("%d text rows of %d documents", n, texts)
		}
		return tx.Bucket(bEarlier).ForEach(func(k, v []byte) error {
			id, _, _ := bytes.Cut(k, []byte{0})
			e := kept[string(id)]
			e.add(1, k, v)
			kept[string(id)] = e
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.imports(func(r ImportRecord) bool {
		if r.Earlier != kept[r.ID] {
			t.Errorf("import %s says it keeps %+v and keeps %+v", r.ID, r.Earlier, kept[r.ID])
		}
		return false
	}); err != nil {
		t.Fatal(err)
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
