package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// shelf is a service with documents and without an index.
func shelf(t *testing.T, docs ...corpus.Doc) *Service {
	t.Helper()
	store, err := corpus.Open(t.TempDir(), corpus.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	b := corpus.Batch{Actor: "test", Action: "load"}
	for _, d := range docs {
		b.Puts = append(b.Puts, corpus.Put{Doc: d})
	}
	if _, err := store.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	return &Service{Store: store}
}

// some are n achievements, the first of which is 1.
func some(n int, of corpus.Doc) (out []corpus.Doc) {
	of.Kind = corpus.Achievement
	for i := range n {
		of.SourceID, of.Title = fmt.Sprint(i+1), fmt.Sprint("成果", i+1)
		out = append(out, of)
	}
	return out
}

// cost is how much is allocated for something, which rises with each document that is read for it.
func cost(t *testing.T, do func() error) float64 {
	t.Helper()
	return testing.AllocsPerRun(3, func() {
		if err := do(); err != nil {
			t.Error(err)
		}
	})
}

func TestOfAnOrganisationTheNewestAreRead(t *testing.T) {
	anybody := Caller{}
	of := corpus.Doc{Org: "甲大学"}
	drafts := of
	drafts.Status = corpus.Draft
	asked := of
	asked.Kind, asked.SourceID, asked.Title = corpus.Need, "n", "需求"
	price := func(docs []corpus.Doc, want string) float64 {
		t.Helper()
		s := shelf(t, append(docs, asked)...)
		n, err := s.Store.Get(corpus.Need, "n")
		if err != nil {
			t.Fatal(err)
		}
		var found []corpus.Doc
		c := cost(t, func() (err error) {
			found, err = s.OfOrg(t.Context(), anybody, n, nil)
			return err
		})
		ids := ""
		for _, d := range found {
			ids += d.ID + " "
		}
		if ids != want {
			t.Errorf("of %d, %q, want %q", len(docs), ids, want)
		}
		return c
	}
	few, many := price(some(5, of), "5 4 3 "), price(some(1500, of), "1500 1499 1498 ")
	if many > 2*few {
		t.Errorf("three of 1500 cost %v, three of 5 %v", many, few)
	}
	few, many = price(some(orgLooked, drafts), ""), price(some(15*orgLooked, drafts), "")
	if many > 1.5*few {
		t.Errorf("none of %d cost %v, none of %d %v", 15*orgLooked, many, orgLooked, few)
	}
}

func TestWhatLinksToADocumentIsBounded(t *testing.T) {
	project := corpus.Doc{Kind: corpus.Project, SourceID: "p", Title: "计划"}
	links := []corpus.Link{{Kind: corpus.Project, ID: "p"}}
	expert := corpus.Doc{Kind: corpus.Expert, SourceID: "e", Title: "专家", Links: links}
	s := shelf(t, append(some(linkedMost+50, corpus.Doc{Links: links}), project, expert)...)
	p, err := s.Store.Get(corpus.Project, "p")
	if err != nil {
		t.Fatal(err)
	}
	var found []corpus.Doc
	ask := func(kinds ...corpus.Kind) func() error {
		return func() (err error) {
			found, err = s.Linked(t.Context(), Caller{}, p, kinds...)
			return err
		}
	}
	all := cost(t, ask())
	if len(found) != linkedMost+1 || found[0].ID != "51" || found[linkedMost].ID != "e" {
		t.Errorf("%d link to it, from %s on", len(found), found[0].ID)
	}
	one := cost(t, ask(corpus.Expert))
	if len(found) != 1 || found[0].ID != "e" || one > all/20 {
		t.Errorf("the experts alone are %d and cost %v of %v", len(found), one, all)
	}
}

func TestAHistoryLooksEachLinkUpOnce(t *testing.T) {
	price := func(links, most int) float64 {
		t.Helper()
		need := corpus.Doc{Kind: corpus.Need, SourceID: "n"}
		for i := range links {
			need.Links = append(need.Links, corpus.Link{Kind: corpus.Achievement, ID: fmt.Sprint(i + 1)})
		}
		s := shelf(t, some(links, corpus.Doc{})...)
		const edits = 40
		for i := range edits + 1 {
			need.Title = fmt.Sprint("需求", i)
			if _, err := s.Store.Write(t.Context(), corpus.Batch{Actor: "test", Action: "edit", Puts: []corpus.Put{{Doc: need}}}); err != nil {
				t.Fatal(err)
			}
		}
		var h History
		c := cost(t, func() (err error) {
			h, err = s.History(t.Context(), Caller{}, corpus.Need, "n", "", most)
			return err
		})
		if want := cmp.Or(most, edits+1); len(h.Changes) != want {
			t.Errorf("told of %d changes, want %d", len(h.Changes), want)
		}
		return c
	}
	none, links, newest := price(0, 0), price(30, 0), price(30, 5)
	if links > 10*none || newest > links*2/3 {
		t.Errorf("a history costs %v without links, %v with 30, and %v for its newest changes", none, links, newest)
	}
}

// What is not overdue is passed over before anybody looks where its postings lead.
func TestWhatIsOverdueIsCountedAsItIsStored(t *testing.T) {
	s := shelf(t, append(some(1, corpus.Doc{}), corpus.Doc{Kind: corpus.Need, SourceID: "n", Title: "需求"})...)
	s.Now = func() time.Time { return day }
	b := corpus.Batch{Actor: "test", Action: "x"}
	for i := range 300 {
		due := day.AddDate(0, 0, 1)
		if i < 120 {
			due = day.AddDate(0, 0, -1)
		}
		b.Records = append(b.Records, corpus.Record{Table: market.Leads, ID: fmt.Sprintf("%03d", i),
			Body: fmt.Appendf(nil, `{"id":"%03d","state":"new","by":"x","need":"n","achievement":"1","due":"%s"}`, i, due.Format(time.DateOnly))})
	}
	if _, err := s.Store.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	admin := Caller{Name: "test", Admin: true}
	whole := cost(t, func() error {
		_, err := s.Records(t.Context(), admin, &market.LeadType, RecordQuery{Limit: 300})
		return err
	})
	for most, want := range map[int]int{1000: 120, 101: 101} {
		if c := cost(t, func() error {
			n, err := s.CountOverdue(t.Context(), admin, &market.LeadType, most)
			if n != want {
				t.Errorf("counted %d, want %d", n, want)
			}
			return err
		}); c > .7*whole {
			t.Errorf("to count %d costs %v, and to read all %v", want, c, whole)
		}
	}
	if c := cost(t, func() error {
		p, err := s.Records(t.Context(), admin, &market.LeadType, RecordQuery{Overdue: true, Limit: 1})
		if len(p.Records) != 1 || p.Next != "119" {
			t.Errorf("a page of %d, next %q", len(p.Records), p.Next)
		}
		return err
	}); c > .5*whole { // 182 of 300 are read, and one is told of
		t.Errorf("the first that is overdue costs %v, and to read all %v", c, whole)
	}
}

// What a reader waits for ends when they no longer do, or when it takes longer than it may.
func TestLongReadsEndWithTheirReader(t *testing.T) {
	links := []corpus.Link{{Kind: corpus.Expert, ID: "e"}}
	s := shelf(t, append(some(3, corpus.Doc{Org: "甲大学", Links: links}), corpus.Doc{Kind: corpus.Expert, SourceID: "e", Title: "专家", Org: "甲大学"})...)
	admin := Caller{Name: "test", Admin: true}
	e, err := s.Store.Get(corpus.Expert, "e")
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Store.Get(corpus.Achievement, "1")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []corpus.Record{
		{Table: market.Leads, ID: "1", Body: []byte(`{"id":"1","state":"new","by":"x"}`)},
		{Table: market.Contracts, ID: "1", Body: []byte(`{"id":"1","state":"draft","by":"x"}`)}} {
		if _, err := s.Store.Write(t.Context(), corpus.Batch{Actor: "test", Action: "x", Records: []corpus.Record{r}}); err != nil {
			t.Fatal(err)
		}
	}
	for name, read := range map[string]func(context.Context) error{
		"linked to":       func(ctx context.Context) error { _, err := s.Linked(ctx, admin, e); return err },
		"links":           func(ctx context.Context) error { _, err := s.Linked(ctx, admin, a); return err },
		"of organisation": func(ctx context.Context) error { _, err := s.OfOrg(ctx, admin, e, nil); return err },
		"history": func(ctx context.Context) error {
			_, err := s.History(ctx, admin, corpus.Expert, "e", "", 0)
			return err
		},
		"records": func(ctx context.Context) error {
			_, err := s.Records(ctx, admin, &market.LeadType, RecordQuery{Limit: 1})
			return err
		},
		"overdue": func(ctx context.Context) error { _, err := s.CountOverdue(ctx, admin, &market.LeadType, 1); return err },
		"report":  func(ctx context.Context) error { _, err := s.ReportContracts(ctx, admin, "kind", "", ""); return err },
	} {
		if err := read(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		ended, end := context.WithCancel(t.Context())
		end()
		if err := read(ended); !errors.Is(err, context.Canceled) {
			t.Errorf("%s goes on: %v", name, err)
		}
	}
}
