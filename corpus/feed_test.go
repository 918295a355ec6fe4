package corpus

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
)

// standing is the ids of a source's needs, "-" before what is taken down, "?" behind what is gone.
func standing(t *testing.T, s *Store, source string) string {
	t.Helper()
	var all []string
	for d, err := range s.Each(Need, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if d.Source != source {
			continue
		}
		id := d.SourceID
		if d.Status == Withdrawn {
			id = "-" + id
		}
		if d.Gone != "" {
			id += "?"
		}
		all = append(all, id)
	}
	return strings.Join(all, " ")
}

// fetchOf imports rows as all that the source "f" has: "编号,名称,信息状态", rows parted by ";".
func fetchOf(t *testing.T, s *Store, rows string, withdraw bool) (id string) {
	t.Helper()
	file := "编号,名称,信息状态\n" + strings.ReplaceAll(rows, ";", "\n") + "\n"
	id = NewImportID(s.now())
	_, err := Import(t.Context(), s, Adopt(rowsOf(file, ReadOptions{}), "f"),
		ImportOptions{ID: id, Source: "f", KeepStatus: true, Whole: true, Withdraw: withdraw})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestWhatASourceNoLongerHasIsMarked(t *testing.T) {
	for _, test := range []struct {
		name, files, want string // files are parted by "|"
		withdraw          bool
	}{
		{name: "it went", files: "1,一,;2,二,|1,一,", want: "1 2?"},
		{name: "and came back", files: "1,一,;2,二,|1,一,|1,一,;2,二,", want: "1 2"},
		{name: "it is taken down", files: "1,一,;2,二,|1,一,", withdraw: true, want: "1 -2?"},
		{name: "and published again", files: "1,一,;2,二,|1,一,|1,一,;2,二,", withdraw: true, want: "1 2"},
		{name: "a bad row is still there", files: "1,一,;2,二,|1,一,;2,,", want: "1 2"},
		{name: "a bad row without a number may be any", files: "1,一,;2,二,|1,一,;,,已发布", want: "1 2"},
		{name: "no good row", files: "1,一,;2,二,|3,,", want: "1 2"},
		{name: "the source took it down", files: "1,一,;2,二,|1,一,;2,二,已撤回", want: "1 2?"},
		{name: "nothing but a header", files: "1,一,;2,二,|", want: "1? 2?"},
	} {
		s := open(t)
		if _, err := s.Write(t.Context(), Batch{Puts: []Put{{Doc: Doc{Kind: Need, SourceID: "2", Title: "自己的"}}}}); err != nil {
			t.Fatal(err)
		}
		for file := range strings.SplitSeq(test.files, "|") {
			fetchOf(t, s, file, test.withdraw)
		}
		if got := standing(t, s, "f"); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		if own := standing(t, s, DefaultSource); own != "2" {
			t.Errorf("%s: a document of another source: %s", test.name, own)
		}
	}
}

func TestMoreGoesThanOneBatchHolds(t *testing.T) {
	s := open(t)
	var rows []string
	const all = 2*batchRows + 1
	for i := range all {
		rows = append(rows, fmt.Sprint("x", i, ",名", i, ","))
	}
	fetchOf(t, s, strings.Join(rows, ";"), false)
	id := fetchOf(t, s, "1,一,", false)
	if gone := strings.Count(standing(t, s, "f"), "?"); gone != all {
		t.Errorf("%d of %d are marked", gone, all)
	}
	r, err := s.ImportRecord(id)
	if err != nil || r.Gone != all || r.State != ImportDone || r.Earlier.Documents != all+1 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestAnUndoTakesMarksBack(t *testing.T) {
	s := open(t)
	fetchOf(t, s, "1,一,;2,二,", true)
	id := fetchOf(t, s, "1,一改,", true)
	if got := standing(t, s, "f"); got != "1 -2?" {
		t.Fatalf("before: %s", got)
	}
	undo(t, s, id, UndoOptions{})
	if got := standing(t, s, "f"); got != "1 2" {
		t.Errorf("after: %s", got)
	}
}

func TestAnOperatorsWordStandsAgainstAFeed(t *testing.T) {
	s := open(t)
	fetchOf(t, s, "1,一,", true)
	d, err := s.Get(Need, MakeID("f", "1"))
	if err != nil {
		t.Fatal(err)
	}
	d.Status = Withdrawn
	if _, err := s.Write(t.Context(), Batch{Puts: []Put{{Doc: d}}}); err != nil {
		t.Fatal(err)
	}
	fetchOf(t, s, "1,一改,已发布", true)
	if got := standing(t, s, "f"); got != "-1" {
		t.Errorf("taken down by hand, and then: %s", got)
	}
}

func TestAFileThatBreaksOffMarksNothing(t *testing.T) {
	s := open(t)
	fetchOf(t, s, "1,一,;2,二,", false)
	broken := func(yield func(Row, error) bool) {
		for r, err := range rowsOf("编号,名称\n1,一改\n", ReadOptions{}) {
			if !yield(r, err) {
				return
			}
		}
		yield(Row{}, errors.New("broken off"))
	}
	_, err := Import(t.Context(), s, Adopt(iter.Seq2[Row, error](broken), "f"), ImportOptions{Source: "f", Whole: true})
	if got := standing(t, s, "f"); err == nil || got != "1 2" {
		t.Errorf("%s, error %v", got, err)
	}
}

func TestRowsOfAFeedAreItsOwn(t *testing.T) {
	for _, test := range []struct{ row, want string }{
		{`{"title":"一","id":"1"}`, "f 1"},
		{`{"title":"一","source":"import","source_id":"1"}`, "f 1"},
		{`{"title":"一","source":"g","source_id":"1"}`, "f g~1"},
		{`{"title":"一","id":"1","links":[{"kind":"expert","id":"e1"}]}`, "f 1 f~e1"},
		{`{"title":"一","id":"1","gone":"2026-01-01"}`, "f 1"},
		{`{"title":"一","id":"1","status":"withdrawn"}`, ""},
	} {
		got := ""
		for r, err := range Adopt(rowsOf(test.row, ReadOptions{}), "f") {
			if err != nil || r.Bad() {
				t.Fatal(err, r.Problems)
			}
			got = r.Doc.Source + " " + r.Doc.SourceID
			for _, l := range r.Doc.Links {
				got += " " + l.ID
			}
			if r.Doc.Gone != "" || r.Doc.ID != MakeID("f", r.Doc.SourceID) {
				t.Errorf("%s: %+v", test.row, r.Doc)
			}
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.row, got, test.want)
		}
	}
}

func TestTheLastDocumentIsNoRecord(t *testing.T) {
	s := open(t)
	if c, at, err := s.LastDocument(); err != nil || c.Seq != 0 || !at.IsZero() {
		t.Errorf("of nothing: %+v %v %v", c, at, err)
	}
	fetchOf(t, s, "1,一,;2,二,", false)
	before, at, err := s.LastDocument()
	if err != nil || before.ID != "f~2" || at.IsZero() {
		t.Errorf("%+v %v %v", before, at, err)
	}
	if _, err := s.Write(t.Context(), Batch{Records: []Record{{Table: "x", ID: "1", Body: []byte("{}")}}}); err != nil {
		t.Fatal(err)
	}
	if after, _, _ := s.LastDocument(); after != before {
		t.Errorf("%+v after a record", after)
	}
}
