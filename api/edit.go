package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/indexer"
)

// maxEdit is how many postings one edit changes, all in one transaction.
const maxEdit = 1000

// An EditRequest changes the same members of all postings of a kind that it keeps: those that q and filter find and, where
// ids are given, whose id is among them. Without any of the three it is refused.
type EditRequest struct {
	Kind   string     `json:"kind" enum:"achievement,need,expert,project"`
	Q      string     `json:"q,omitempty" maxLength:"1000" doc:"as in a search"`
	Filter Filter     `json:"filter,omitempty" doc:"as in a search; finds what is published"`
	IDs    []string   `json:"ids,omitempty" maxItems:"1000" doc:"alone, drafts and withdrawn postings too"`
	Set    MergePatch `json:"set"`
	DryRun bool       `json:"dry_run,omitempty" doc:"say what would become of each, and write nothing"`
	Expect int        `json:"expect,omitempty" minimum:"0" doc:"refuse where another number is chosen, as a dry run counted them; 0: any"`
}

// An EditAnswer says what became of each posting.
type EditAnswer struct {
	Chosen    int          `json:"chosen"`
	Updated   int          `json:"updated"`
	Unchanged int          `json:"unchanged"`
	Failed    int          `json:"failed" doc:"the others are written all the same"`
	DryRun    bool         `json:"dry_run,omitempty"`
	Results   []EditResult `json:"results"`
}

// An EditResult is what became of one posting.
type EditResult struct {
	ID      string  `json:"id"`
	Title   string  `json:"title,omitempty"`
	Outcome string  `json:"outcome" enum:"updated,unchanged,failed"`
	Version uint64  `json:"version,omitempty"`
	Errors  []Fault `json:"errors,omitempty"`
}

// Edit does it, at most maxEdit postings in one transaction and with one audit entry. A change by somebody else in the same
// moment has code Conflict, and nothing is written.
func (s *Service) Edit(ctx context.Context, c Caller, r EditRequest) (EditAnswer, error) {
	if err := c.may("documents", "update"); err != nil {
		return EditAnswer{}, err
	}
	kind := corpus.Kind(r.Kind)
	var set map[string]json.RawMessage
	if err := json.Unmarshal(r.Set.RawMessage, &set); err != nil || len(set) == 0 {
		e := badPatch(err).(*corpus.Error)
		e.Field = "set"
		return EditAnswer{}, e
	}
	docs, unknown, err := s.chosen(ctx, kind, r)
	if err != nil {
		return EditAnswer{}, err
	}
	a := EditAnswer{Chosen: len(docs) + len(unknown), DryRun: r.DryRun, Results: []EditResult{}}
	if r.Expect > 0 && r.Expect != a.Chosen {
		e := corpus.Errorf(corpus.Conflict, "%d postings are chosen, not %d", a.Chosen, r.Expect)
		e.Field, e.Fix = "expect", "look at them with dry_run, and expect as many"
		return EditAnswer{}, e
	}
	for _, id := range unknown {
		a.fail(EditResult{ID: id}, missing(kind, id), langOf(ctx))
	}
	b := corpus.Batch{Action: fmt.Sprintf("edit %d %s: set %s", len(docs), kind.Plural(), strings.Join(slices.Sorted(maps.Keys(set)), ", ")), DryRun: r.DryRun}
	var at []int // of each put, its place among the results
	for _, old := range docs {
		result := EditResult{ID: old.ID, Title: old.Title}
		d, err := patched(old, r.Set.RawMessage)
		if err == nil {
			if errs := d.Check(); len(errs) > 0 {
				err = faults(errs)
			}
		}
		if err != nil {
			a.fail(result, err, langOf(ctx))
			continue
		}
		b.Puts, at = append(b.Puts, corpus.Put{Doc: d, IfVersion: old.Version}), append(at, len(a.Results))
		a.Results = append(a.Results, result)
	}
	if len(b.Puts) == 0 {
		return a, nil
	}
	var results []corpus.Result
	if err := s.write(ctx, c, b, &results); err != nil {
		return EditAnswer{}, err
	}
	for i, done := range results {
		result := &a.Results[at[i]]
		result.Outcome, result.Version = string(done.Outcome), done.Version
		if done.Outcome == corpus.Unchanged {
			a.Unchanged++
		} else {
			a.Updated++
		}
	}
	return a, nil
}

func (a *EditAnswer) fail(r EditResult, err error, lang string) {
	a.Failed++
	r.Outcome = "failed"
	r.Errors = FaultsOf(err, lang)
	a.Results = append(a.Results, r)
}

// chosen returns the postings that a request keeps, and those of its ids that are not there.
func (s *Service) chosen(ctx context.Context, k corpus.Kind, r EditRequest) (docs []corpus.Doc, unknown []string, err error) {
	f, err := r.Filter.Parse()
	if err != nil {
		return nil, nil, err
	}
	all := reflect.ValueOf(f).IsZero()
	if all && strings.TrimSpace(r.Q) == "" {
		return s.named(k, r.IDs)
	}
	f.Kinds = []corpus.Kind{k}
	g, done := s.generation()
	defer done()
	if err := g.ready(); err != nil {
		return nil, nil, err
	}
	for q := (indexer.Query{Text: r.Q, Filter: f, Sort: indexer.ByDate, Limit: 100}); ; {
		page, err := g.Engine.Search(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		if all && len(page.Terms) == 0 { // signs alone find everything
			return nil, nil, noFilter()
		}
		numbers := make([]uint32, len(page.Hits))
		for i, h := range page.Hits {
			numbers[i] = h.Number
		}
		found, err := s.Store.ByNumber(k, numbers...)
		if err != nil {
			return nil, nil, err
		}
		for _, d := range found {
			if len(r.IDs) == 0 || slices.Contains(r.IDs, d.ID) {
				docs = append(docs, d)
			}
		}
		if len(docs) > maxEdit || len(r.IDs) == 0 && page.Total > maxEdit {
			e := corpus.Errorf(corpus.TooLarge, "%d postings are found, more than the %d of one edit", page.Total, maxEdit)
			e.Field, e.Fix = "filter", "narrow it"
			return nil, nil, e
		}
		if q.After = page.Next; q.After == "" {
			return docs, nil, nil
		}
	}
}

// named returns the postings with these ids, each once, and the ids of those that are not there.
func (s *Service) named(k corpus.Kind, ids []string) (docs []corpus.Doc, unknown []string, err error) {
	if len(ids) == 0 {
		return nil, nil, noFilter()
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		d, err := s.Store.Get(k, id)
		switch {
		case err == nil:
			docs = append(docs, d)
		case corpus.CodeOf(err) == corpus.NotFound:
			unknown = append(unknown, id)
		default:
			return nil, nil, err
		}
	}
	return docs, unknown, nil
}

func noFilter() error {
	e := corpus.Errorf(corpus.Invalid, "nothing says which postings to change")
	e.Field, e.Fix = "filter", "give q, filter or ids"
	return e
}

type editInput struct{ Body EditRequest }

type editOutput struct{ Body EditAnswer }

func (s *Service) edit(ctx context.Context, in *editInput) (*editOutput, error) {
	a, err := s.Edit(ctx, CallerOf(ctx), in.Body)
	return &editOutput{a}, err
}
