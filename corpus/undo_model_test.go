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
