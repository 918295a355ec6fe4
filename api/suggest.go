package api

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"duijie/corpus"
	"duijie/indexer"
)

func suggestRoutes() []route {
	return []route{{method: "GET", path: "/v1/suggest", id: "suggest", tag: "finding", summary: "Key words, holders and titles that complete what is typed",
		right: "documents list", add: handle((*Service).suggest)}}
}

// Suggested is one text that completes what was typed.
type Suggested struct {
	Text  string      `json:"text" example:"玉米淀粉"`
	What  string      `json:"what" enum:"keyword,org,title"`
	Query string      `json:"query" doc:"what to search for: q of /v1/search" example:"玉米淀粉"`
	Kind  corpus.Kind `json:"kind,omitempty" enum:"achievement,need,expert,project" doc:"of the document whose title it is"`
	ID    string      `json:"id,omitempty" doc:"of the document whose title it is"`
}

// completions is a table of what the public can find, and another of what has changed since the first was made. The zero
// value is empty until Follow.
type completions struct {
	mu      sync.Mutex // held by who follows
	seq     uint64     // of the last change in the tables
	changed map[indexer.Ref]bool
	tables  atomic.Pointer[[2]*indexer.Completions]
}

const (
	// followEvery is how often the table of completions is brought level.
	followEvery = 2 * time.Second
	// idleShare is how many times as long as the last time it waits: a long import takes a twentieth of a processor.
	idleShare = 19
	// remadeAfter is how many changed documents, beside an eighth of all, make a new table worth its time.
	remadeAfter = 2_000
)

// RunSuggestions keeps the table of completions level with the store until ctx ends; nil then. The calling goroutine gives way
// to others (indexer.Background): the first table takes a core half a minute for each million documents.
func (s *Service) RunSuggestions(ctx context.Context) error {
	indexer.Background()
	for {
		began := time.Now()
		if err := s.FollowSuggestions(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "suggestions are behind", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(max(followEvery, idleShare*time.Since(began))):
		}
	}
}

// FollowSuggestions brings the table of completions level with the store.
func (s *Service) FollowSuggestions(ctx context.Context) error {
	c := &s.completions
	c.mu.Lock()
	defer c.mu.Unlock()
	last, err := s.Store.LastChange()
	if err != nil || last == c.seq && c.tables.Load() != nil {
		return err
	}
	now := [2]*indexer.Completions{}
	if before := c.tables.Load(); before != nil {
		now = *before
		seq := c.seq
		for seq < last {
			changes, err := s.Store.Changes(seq, 1000)
			if err != nil {
				return err
			}
			for _, ch := range changes {
				if ch.Kind != "" {
					c.changed[indexer.Ref{Kind: ch.Kind, Number: ch.Number}] = true
				}
				seq = ch.Seq
			}
		}
		last = seq
	}
	changed := c.changed
	if now[0] == nil || len(changed) > now[0].Documents/8+remadeAfter {
		changed = map[indexer.Ref]bool{}
		if now[0], err = indexer.NewCompletions(s.eachOpen(ctx)); err != nil {
			return err
		}
	}
	if now[1], err = indexer.NewCompletions(s.open(slices.Collect(maps.Keys(changed)))); err != nil {
		return err
	}
	c.seq, c.changed = last, changed
	c.tables.Store(&now)
	return nil
}

// eachOpen yields what everybody may read of all documents. Links are left out: following them takes longer than all else.
func (s *Service) eachOpen(ctx context.Context) iter.Seq2[corpus.Doc, error] {
	return func(yield func(corpus.Doc, error) bool) {
		for _, k := range corpus.Kinds {
			for d, err := range s.Store.Each(k, 0) {
				if err == nil {
					err = ctx.Err()
				}
				if err != nil {
					yield(corpus.Doc{}, err)
					return
				}
				if d.Status == corpus.Published && !yield(d.Public(), nil) {
					return
				}
			}
		}
	}
}

// open yields what everybody may read of some documents, in their order.
func (s *Service) open(refs []indexer.Ref) iter.Seq2[corpus.Doc, error] {
	return func(yield func(corpus.Doc, error) bool) {
		for _, r := range refs {
			docs, err := s.Store.ByNumber(r.Kind, r.Number)
			if err != nil {
				yield(corpus.Doc{}, err)
				return
			}
			if len(docs) == 1 && docs[0].Status == corpus.Published && !yield(docs[0].Public(), nil) {
				return
			}
		}
	}
}

// Suggest returns at most limit texts that complete what is typed, of these kinds (none: of all): key words, half of
// them unless there is nothing else, then holders, a quarter, then titles. Each stands in a document at this moment, open
// to everybody and within c's site key.
func (s *Service) Suggest(ctx context.Context, c Caller, typed string, kinds []corpus.Kind, limit int) ([]Suggested, error) {
	out := []Suggested{}
	f, err := c.confine(indexer.Filter{Kinds: kinds})
	if err != nil {
		return nil, err
	}
	tables := s.completions.tables.Load()
	if tables == nil {
		return out, nil
	}
	var found []indexer.Completion
	for _, t := range []*indexer.Completions{tables[1], tables[0]} {
		found = append(found, t.Find(typed, f.Kinds, 2*limit)...)
	}
	slices.SortStableFunc(found, func(a, b indexer.Completion) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(b.Weight, a.Weight))
	})
	refs := make([]indexer.Ref, len(found))
	for i, one := range found {
		refs[i] = one.Ref
	}
	docs := map[indexer.Ref]corpus.Doc{}
	for d, err := range s.open(refs) {
		if err != nil {
			return nil, err
		}
		if c.admits(&d) {
			docs[indexer.Ref{Kind: d.Kind, Number: d.Number}] = d
		}
	}
	lists := map[indexer.Offered][]Suggested{}
	seen := map[Suggested]bool{}
	for _, one := range found {
		d := docs[one.Ref]
		for _, o := range indexer.Offers(&d) { // none of what is closed or gone by now
			if !one.Of(o) || !o.Completes(typed) {
				continue
			}
			if s := suggestion(&d, o); !seen[s] {
				seen[s] = true
				lists[o.What] = append(lists[o.What], s)
			}
			break
		}
	}
	words, holders, titles := lists[indexer.OffersKeyword], lists[indexer.OffersHolder], lists[indexer.OffersTitle]
	ofHolders := min(len(holders), max(limit/4, limit-len(words)-len(titles)))
	ofWords := min(len(words), max(limit/2, limit-ofHolders-len(titles)))
	for _, list := range [][]Suggested{words[:ofWords], holders[:ofHolders], titles} {
		out = append(out, list[:min(len(list), limit-len(out))]...)
	}
	return out, nil
}

func suggestion(d *corpus.Doc, o indexer.Offer) Suggested {
	one := Suggested{Text: o.Text, What: "keyword", Query: o.Text}
	switch o.What {
	case indexer.OffersHolder:
		one.What = "org"
		if !strings.ContainsAny(o.Text, `"”“＂`) {
			one.Query = `org:"` + o.Text + `"`
		}
	case indexer.OffersTitle:
		one.What, one.Kind, one.ID = "title", d.Kind, d.ID
	}
	return one
}

type suggestInput struct {
	Q     string   `query:"q" maxLength:"200" doc:"the beginning of a key word, a holder's name or a title, or pinyin initials of one" example:"玉米"`
	Kind  []string `query:"kind,explode" doc:"achievement, need, expert, project; default: all"`
	Limit int      `query:"limit" minimum:"1" maximum:"20" default:"8"`
}

// Suggestions are the body of what suggest answers.
type Suggestions struct {
	Suggestions []Suggested `json:"suggestions"`
}

type suggestOutput struct{ Body Suggestions }

func (s *Service) suggest(ctx context.Context, in *suggestInput) (*suggestOutput, error) {
	kinds, err := ParseKinds(in.Kind)
	if err != nil {
		return nil, err
	}
	found, err := s.Suggest(ctx, CallerOf(ctx), in.Q, kinds, in.Limit)
	return &suggestOutput{Suggestions{found}}, err
}
