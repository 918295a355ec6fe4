package corpus

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

func TestAnyHistoryIsWhatANaiveModelSays(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for round := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, round))
		dir := t.TempDir()
		reopen := func() *Store {
			s, err := Open(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			s.db.NoSync = true // thirty times as fast
			return s
		}
		s, m, leads := reopen(), model{}, map[Link]string{}
		ids := strings.Fields("a b c d")
		for _, id := range ids {
			m[id] = &modelDoc{layers: []layer{{}}}
		}
		pick := func(words ...string) string { return words[rng.IntN(len(words))] }
		posting := func() Doc {
			id := pick(ids...)
			d := need(id, pick("一", "二", "三"))
			d.ID, d.Text, d.Goal, d.Org = id, pick("", "文", "字"), pick("", "标"), pick("", "甲", "乙")
			d.Keywords = strings.Fields(pick("", "k", "l", "k l", "m k"))
			return d
		}
		var imports, log []string
		for range 60 {
			id := pick(ids...)
			one := m[id]
			var b Batch
			var want Code
			apply := func() {}
			switch n := rng.IntN(20); {
			case n < 3:
				name := fmt.Sprint("i", len(imports))
				imports = append(imports, name)
				var docs []Doc
				for range rng.IntN(5) {
					d := posting()
					docs = append(docs, d)
					m.row(name, d)
					log = append(log, name+" "+d.ID+" "+gist(d))
				}
				importRows(t, s, name, docs...)
			case n < 7:
				d := posting()
				b.Puts = []Put{{Doc: d}}
				apply = func() { m.write(d) }
				log = append(log, "put "+d.ID+" "+gist(d))
			case n < 8:
				b.Deletes = []Delete{{Kind: Need, ID: id}}
				if !m.live(id) {
					want = NotFound
				}
				apply = func() { m.push(id, layer{}) }
				log = append(log, "delete "+id)
			case n < 9:
				leads[Link{Kind: Need, ID: id}] = "lead"
				log = append(log, "lead "+id)
			case n < 12:
				other := pick(ids...)
				b.Merges = []Merge{{Need, id, other}}
				end := m.end(other)
				switch {
				case one.into != "" || end == id:
					want = Conflict
				case !m.live(id) || !m.live(end):
					want = NotFound
				}
				apply = func() {
					top := m.top(end)
					top.log, one.into = append(top.log, step{merged: id, was: m.doc(id)}), end
				}
				log = append(log, "merge "+id+" into "+other)
			case n < 16:
				b.Unmerges = []Unmerge{{Need, id}}
				switch {
				case one.into == "":
					want = NotFound
				case m[one.into].into != "":
					want = Conflict
				}
				apply = func() {
					if top := m.top(one.into); top.log != nil {
						top.log = shorten(one.into, slices.DeleteFunc(top.log, func(s step) bool { return s.merged == id }))
					}
					one.into = ""
				}
				log = append(log, "unmerge "+id)
			case len(imports) > 0:
				name := pick(imports...)
				log = append(log, "undo "+name)
				want, kept := m.undo(name, leads), map[string]KeptReason{}
				if _, err := s.Undo(t.Context(), name, UndoOptions{Leads: func() (map[Link]string, error) { return leads, nil },
					Kept: func(k Kept) { kept[k.ID] = k.Reason }}); err != nil {
					t.Fatal(err)
				}
				if !maps.Equal(kept, want) {
					t.Fatalf("round %d, %s: kept %v, want %v", round, strings.Join(log, ", "), kept, want)
				}
			}
			_, err := s.Write(t.Context(), b)
			if err == nil && want == "" {
				apply()
			} else if err == nil || want == "" || CodeOf(err) != want {
				t.Fatalf("round %d, %s: %v, want %q", round, strings.Join(log, ", "), err, want)
			}
			for _, id := range ids {
				d, err := s.Get(Need, id)
				got, want := fmt.Sprint(CodeOf(err)), string(NotFound)
				if err == nil {
					got = gist(d)
				}
				if m.live(id) {
					want = gist(m.doc(id))
				}
				to, err := s.Resolve(Need, id)
				if got != want || to != m.end(id) || err != nil {
					t.Fatalf("round %d, %s: %s is %s and leads to %s (%v), want %s and %s", round, strings.Join(log, ", "), id, got, to, err, want, m.end(id))
				}
			}
			if rng.IntN(60) == 0 {
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
