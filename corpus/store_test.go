package corpus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

func open(t *testing.T) *Store {
	t.Helper()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s, err := Open(t.TempDir(), Options{Now: func() time.Time { now = now.Add(time.Minute); return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func write(t *testing.T, s *Store, b Batch) []Result {
	t.Helper()
	r, err := s.Write(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func need(id, title string) Doc { return Doc{Kind: Need, SourceID: id, Title: title} }

func TestOutcomesVersionsAndNumbers(t *testing.T) {
	s := open(t)
	steps := []struct {
		doc     Doc
		outcome Outcome
		version uint64
		number  uint32
	}{
		{need("a", "一"), Created, 1, 1},
		{need("b", "二"), Created, 1, 2},
		{need("a", "一"), Unchanged, 1, 1},
		{need("a", "一、改"), Updated, 2, 1},
		{Doc{Kind: Expert, SourceID: "a", Title: "甲"}, Created, 1, 1},
	}
	for i, step := range steps {
		step.doc.Number = 77 // of another document the caller once read
		r := write(t, s, Batch{Puts: []Put{{Doc: step.doc}}})[0]
		d, err := s.Get(step.doc.Kind, step.doc.SourceID)
		if err != nil || r.Outcome != step.outcome || r.Version != step.version || d.Number != step.number {
			t.Errorf("step %d: %+v, number %d, %v; want %+v", i, r, d.Number, err, step)
		}
	}
	if last, err := s.LastChange(); last != 4 || err != nil {
		t.Errorf("last change %d, %v", last, err)
	}
}

func TestTimesOfWritingStayThroughAnUpdate(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Puts: []Put{{Doc: need("a", "一")}}})
	first, _ := s.Get(Need, "a")
	write(t, s, Batch{Puts: []Put{{Doc: need("a", "二")}}})
	second, _ := s.Get(Need, "a")
	if !second.Created.Equal(first.Created) || !second.Updated.After(first.Updated) {
		t.Errorf("created %v then %v, updated %v then %v", first.Created, second.Created, first.Updated, second.Updated)
	}
}

func TestDeleteKeepsNumberAndVersion(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Puts: []Put{{Doc: need("a", "一")}, {Doc: need("b", "二")}}})
	write(t, s, Batch{Deletes: []Delete{{Kind: Need, ID: "a"}}})
	if _, err := s.Get(Need, "a"); CodeOf(err) != NotFound {
		t.Errorf("get: %v", err)
	}
	if docs, _ := s.ByNumber(Need, 2, 1); len(docs) != 1 || docs[0].ID != "b" {
		t.Errorf("by number: %v", docs)
	}
	if _, err := s.Write(context.Background(), Batch{Deletes: []Delete{{Kind: Need, ID: "a"}}}); CodeOf(err) != NotFound {
		t.Errorf("second delete: %v", err)
	}
	r := write(t, s, Batch{Puts: []Put{{Doc: need("a", "一")}}})[0]
	d, _ := s.Get(Need, "a")
	if r.Outcome != Created || r.Version != 3 || d.Number != 1 {
		t.Errorf("again: %+v, number %d", r, d.Number)
	}
	changes, _ := s.Changes(2, 10)
	if len(changes) != 2 || !changes[0].Deleted || changes[0].Version != 2 || changes[1].Seq != 4 {
		t.Errorf("changes %+v", changes)
	}
}

func TestConflictsWriteNothing(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Puts: []Put{{Doc: need("a", "一")}}})
	for name, b := range map[string]Batch{
		"version":        {Puts: []Put{{Doc: need("a", "二"), IfVersion: 7}}},
		"absent":         {Puts: []Put{{Doc: need("a", "二"), IfAbsent: true}}},
		"nothing there":  {Puts: []Put{{Doc: need("c", "二"), IfVersion: 1}}},
		"delete version": {Deletes: []Delete{{Kind: Need, ID: "a", IfVersion: 2}}},
		"record version": {Records: []Record{{Table: "leads", ID: "1", Body: []byte(`{}`), IfVersion: 1}}},
	} {
		b.Puts = append([]Put{{Doc: need("new", "新")}}, b.Puts...)
		if _, err := s.Write(context.Background(), b); CodeOf(err) != Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Write(context.Background(), Batch{Puts: []Put{{Doc: need("new", "新")}, {Doc: need("b", "")}}}); CodeOf(err) != Invalid {
		t.Errorf("invalid: %v", err)
	}
	if last, _ := s.LastChange(); last != 1 {
		t.Errorf("%d changes", last)
	}
	if _, err := s.Get(Need, "new"); CodeOf(err) != NotFound {
		t.Errorf("half a batch is written: %v", err)
	}
}

func TestADryRunSaysTheSameAndWritesNothing(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Puts: []Put{{Doc: need("a", "一")}, {Doc: need("b", "二")}}})
	b := Batch{Puts: []Put{{Doc: need("a", "一")}, {Doc: need("b", "三")}, {Doc: need("c", "一")}}, DryRun: true}
	dry := write(t, s, b)
	if last, _ := s.LastChange(); last != 2 {
		t.Errorf("%d changes", last)
	}
	b.DryRun = false
	real := write(t, s, b)
	if got, want := fmt.Sprint(dry), fmt.Sprint(real); got != want {
		t.Errorf("%s, then %s", got, want)
	}
	if got := fmt.Sprintf("%s %s %s %v", real[0].Outcome, real[1].Outcome, real[2].Outcome, real[2].SameText); got != "unchanged updated created [a]" {
		t.Error(got)
	}
}

func TestARequestIsCarriedOutOnce(t *testing.T) {
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	s, err := Open(t.TempDir(), Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	send := func(key, request string) error {
		_, err := s.Write(WithOnce(t.Context(), &Once{Key: key, Request: request}),
			Batch{Puts: []Put{{Doc: need("a", "一")}}, Events: []Event{{ID: "e", Type: "created", Body: []byte(`{}`)}}})
		return err
	}
	known := func(key string) string {
		a, err := s.AnswerOf(key)
		if err != nil {
			t.Fatal(err)
		}
		if a == nil {
			return "none"
		}
		return fmt.Sprint(a.Request, a.Status, string(a.Body))
	}
	if err := s.KeepAnswer("k", Answer{Status: 201}); err != nil || known("k") != "none" {
		t.Errorf("an answer of what was not carried out is kept: %s, %v", known("k"), err)
	}
	if err := send("k", "r"); err != nil || known("k") != "r0" {
		t.Errorf("noted %s, %v", known("k"), err)
	}
	if err := send("k", "r"); CodeOf(err) != Conflict {
		t.Errorf("the second gives %v", err)
	}
	if events, _ := s.Events(Waiting, 10, ""); len(events) != 1 {
		t.Errorf("%d events", len(events))
	}
	if err := s.KeepAnswer("k", Answer{Request: "r", Status: 201, Body: []byte("b")}); err != nil || known("k") != "r201b" {
		t.Errorf("kept %s, %v", known("k"), err)
	}
	if _, err := s.Write(WithOnce(t.Context(), &Once{Key: "dry"}), Batch{Puts: []Put{{Doc: need("b", "二")}}, DryRun: true}); err != nil || known("dry") != "none" {
		t.Errorf("a dry run is noted: %s, %v", known("dry"), err)
	}
	now = now.Add(AnswersKept + time.Minute)
	if known("k") != "none" {
		t.Errorf("after a day: %s", known("k"))
	}
	if err := send("other", "r"); err != nil {
		t.Fatal(err)
	}
	rows := 0
	s.db.View(func(tx *bolt.Tx) error {
		return tx.Bucket(bAnswers).ForEach(func(_, _ []byte) error { rows++; return nil })
	})
	if rows != 1 {
		t.Errorf("%d answers stored, want the new one", rows)
	}
}

func TestChangesOfWhatWasNeverPublishedAreMarked(t *testing.T) {
	s := open(t)
	draft := need("a", "一")
	draft.Status = Draft
	shown := need("a", "一")
	write(t, s, Batch{Puts: []Put{{Doc: draft}}})
	write(t, s, Batch{Puts: []Put{{Doc: shown}}})
	write(t, s, Batch{Puts: []Put{{Doc: draft}}})
	write(t, s, Batch{Deletes: []Delete{{Kind: Need, ID: "a"}}})
	write(t, s, Batch{Puts: []Put{{Doc: shown}}, Deletes: []Delete{{Kind: Need, ID: "a"}}})
	changes, err := s.Changes(0, 10)
	got := ""
	for _, c := range changes {
		got += fmt.Sprint(c.Hidden, " ")
	}
	if want := "true false false true false false "; got != want || err != nil {
		t.Errorf("hidden %s, want %s (%v)", got, want, err)
	}
}

func TestAuditSaysWhoDidWhat(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Actor: "cli", Action: "import x.csv", Puts: []Put{{Doc: need("a", "一")}, {Doc: need("b", "二")}}})
	write(t, s, Batch{Actor: "cli", Action: "import x.csv", Puts: []Put{{Doc: need("a", "一")}}})
	audits, err := s.Audits(10)
	if err != nil || len(audits) != 1 || audits[0].Actor != "cli" || audits[0].First != 1 || audits[0].Last != 2 {
		t.Errorf("%+v, %v", audits, err)
	}
}

func TestSameTextIsReportedAndBounded(t *testing.T) {
	s := open(t)
	var puts []Put
	for i := range 30 {
		puts = append(puts, Put{Doc: need(fmt.Sprint("n", i), "污水处理")})
	}
	r := write(t, s, Batch{Puts: puts})
	if len(r[0].SameText) != 0 || !slices.Equal(r[1].SameText, []string{"n0"}) || len(r[29].SameText) != 10 {
		t.Errorf("%v %v %d", r[0].SameText, r[1].SameText, len(r[29].SameText))
	}
	write(t, s, Batch{Puts: []Put{{Doc: need("n0", "别的")}}, Deletes: []Delete{{Kind: Need, ID: "n1"}}})
	d := need("x", "污水，处理")
	if same, err := s.SameText(&d); err != nil || slices.Contains(same, "n0") || slices.Contains(same, "n1") || len(same) != 10 {
		t.Errorf("%v, %v", same, err)
	}
}

func TestEachYieldsAKindInOrder(t *testing.T) {
	s := open(t)
	var puts []Put
	for i := range 2500 {
		puts = append(puts, Put{Doc: need(fmt.Sprint(i), fmt.Sprint("需求", i))})
	}
	write(t, s, Batch{Puts: append(puts, Put{Doc: Doc{Kind: Project, SourceID: "1", Title: "项目"}})})
	n := uint32(7)
	for d, err := range s.Each(Need, 7) {
		if n++; err != nil || d.Number != n || d.Kind != Need {
			t.Fatalf("%d: %+v, %v", n, d, err)
		}
	}
	if n != 2500 {
		t.Errorf("ended at %d", n)
	}
	if count, err := s.Count(Need); count[Published] != 2500 || err != nil {
		t.Errorf("%v, %v", count, err)
	}
}

func TestAnUnknownKindHoldsNothing(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Puts: []Put{{Doc: need("a", "一")}}})
	for _, k := range []Kind{"", "nothing", "Need"} { // "nothing" begins like need
		if _, err := s.Get(k, "a"); CodeOf(err) != NotFound {
			t.Errorf("get %q: %v", k, err)
		}
		if docs, err := s.ByNumber(k, 1); len(docs) != 0 || err != nil {
			t.Errorf("by number %q: %v, %v", k, docs, err)
		}
		if count, err := s.Count(k); len(count) != 0 || err != nil {
			t.Errorf("count %q: %v, %v", k, count, err)
		}
		if _, err := s.Write(context.Background(), Batch{Deletes: []Delete{{Kind: k, ID: "a"}}}); CodeOf(err) != NotFound {
			t.Errorf("delete %q: %v", k, err)
		}
	}
}

func TestASecondOpenIsToldWithinASecond(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = Open(dir, Options{})
	if !errors.Is(err, ErrLocked) || CodeOf(err) != Unavailable || !strings.Contains(err.Error(), dir) {
		t.Error(err)
	}
}

func TestReopenedAndReadOnlyStoresAreTheSame(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	write(t, s, Batch{Puts: []Put{{Doc: need("a", "一")}}})
	id := s.Identity()
	backup := filepath.Join(t.TempDir(), FileName)
	f, err := os.Create(backup)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Backup(f), f.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{dir, filepath.Dir(backup)} {
		r, err := Open(dir, Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		if d, err := r.Get(Need, "a"); err != nil || d.Title != "一" || r.Identity() != id {
			t.Errorf("%+v, %v", d, err)
		}
		if _, err := r.Write(context.Background(), Batch{}); err == nil {
			t.Error("a read-only store is written")
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	other, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if other.Identity() == id || len(id) != 32 {
		t.Errorf("identities %s and %s", other.Identity(), id)
	}
}

func TestOpenRefusesWhatItDoesNotKnow(t *testing.T) {
	for name, prepare := range map[string]func(path string) error{
		"an empty bolt file": func(path string) error {
			db, err := bolt.Open(path, 0o600, nil)
			if err != nil {
				return err
			}
			return db.Close()
		},
		"a newer schema": func(path string) error {
			db, err := bolt.Open(path, 0o600, nil)
			if err != nil {
				return err
			}
			return errors.Join(db.Update(func(tx *bolt.Tx) error {
				b, err := tx.CreateBucket(bMeta)
				return errors.Join(err, b.Put([]byte("schema"), []byte("2")))
			}), db.Close())
		},
		"another file": func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("not a database ", 1000)), 0o600)
		},
		"nothing": func(string) error { return nil },
	} {
		dir := t.TempDir()
		if err := prepare(filepath.Join(dir, FileName)); err != nil {
			t.Fatal(err)
		}
		if s, err := Open(dir, Options{ReadOnly: true}); err == nil {
			t.Errorf("%s is opened", name)
			s.Close()
		}
	}
}

func TestWakeTellsOfAWrite(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Puts: []Put{{Doc: need("a", "一")}}})
	write(t, s, Batch{Puts: []Put{{Doc: need("b", "二")}}})
	select {
	case <-s.Wake():
	default:
		t.Error("no wake")
	}
}

// An index may still be reading when a program ends: under -race nothing is taken away beneath it.
func TestCloseWaitsForReaders(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Puts: []Put{{Doc: Doc{Kind: Need, SourceID: "1", Title: "玉米浸泡", Text: strings.Repeat("缩短浸泡时间。", 2000)}}}})
	reading := make(chan struct{})
	var once sync.Once
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				docs, err := s.ByNumber(Need, 1, 1, 1, 1, 1, 1, 1, 1)
				once.Do(func() { close(reading) })
				if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
					return
				}
				if err != nil || len(docs) == 0 {
					t.Errorf("read %d documents: %v", len(docs), err)
					return
				}
			}
		})
	}
	<-reading
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	readers.Wait()
}
