package api

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"duijie/corpus"
	"duijie/indexer"
)

// Duplicates are groups of postings that may be one.
type Duplicates struct {
	Groups   []DuplicateGroup `json:"groups" doc:"most alike first"`
	Total    int              `json:"total" doc:"groups when the documents were compared; what was changed since is left out of groups"`
	Next     string           `json:"next,omitempty" doc:"cursor of the next page"`
	Compared time.Time        `json:"compared" doc:"when the documents were compared; those written since are not among them"`
}

// A DuplicateGroup is documents of one kind that may be one.
type DuplicateGroup struct {
	Kind      corpus.Kind     `json:"kind" enum:"achievement,need,expert,project"`
	Likeness  float64         `json:"likeness" doc:"of the most alike pair, 0 to 1; 1 is the same text"`
	Keep      string          `json:"keep" doc:"id of the document into which the others might be merged: a published one before a draft, the fullest, the oldest"`
	Documents []DuplicateDoc  `json:"documents"`
	Pairs     []DuplicatePair `json:"pairs" doc:"what joins the group, most alike first"`
	More      int             `json:"more,omitempty" doc:"documents beyond the first 100"`
}

// A DuplicateDoc is enough of a document to tell it from its like.
type DuplicateDoc struct {
	ID      string        `json:"id"`
	Title   string        `json:"title"`
	Org     string        `json:"org,omitempty"`
	Source  string        `json:"source"`
	Status  corpus.Status `json:"status" enum:"draft,published,withdrawn"`
	Updated time.Time     `json:"updated"`
}

// A DuplicatePair says how alike two documents are and why.
type DuplicatePair struct {
	A        string   `json:"a"`
	B        string   `json:"b"`
	Likeness float64  `json:"likeness"`
	Reasons  []string `json:"reasons"`
}

const (
	// shownOfGroup is how many documents of a group are told.
	shownOfGroup = 100
	// A comparison that took no longer than quick is made again whenever documents have changed, another after patience times
	// as long.
	quick    = 2 * time.Second
	patience = 10
)

// A compared is what a comparison of all documents of a kind found.
type compared struct {
	seq   uint64 // of the last change before
	begun time.Time
	took  time.Duration
	pairs []indexer.TwinPair
}

// twins keeps the last comparisons. The zero value is ready.
type twins struct {
	mu sync.Mutex
	of map[corpus.Kind]*compared
}

// get returns the last comparison of a kind; unless it goes on with a list, it makes one that is missing or too old.
func (t *twins) get(ctx context.Context, store *corpus.Store, k corpus.Kind, goOn bool) (*compared, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if last := t.of[k]; last != nil {
		if goOn || last.took > quick && time.Since(last.begun) < patience*last.took {
			return last, nil
		}
		changed, err := changedSince(store, k, last.seq)
		if err != nil || !changed {
			return last, err
		}
	}
	seq, err := store.LastChange()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	pairs, err := indexer.FindTwins(ctx, store, k)
	if err != nil {
		return nil, err
	}
	if t.of == nil {
		t.of = map[corpus.Kind]*compared{}
	}
	t.of[k] = &compared{seq, begun, time.Since(begun), pairs}
	return t.of[k], nil
}

// changedSince reports whether documents of a kind were written after a change.
func changedSince(store *corpus.Store, k corpus.Kind, seq uint64) (bool, error) {
	for {
		changes, err := store.Changes(seq, 1000)
		if err != nil || len(changes) == 0 {
			return false, err
		}
		if slices.ContainsFunc(changes, func(c corpus.Change) bool { return c.Kind == k }) {
			return true, nil
		}
		seq = changes[len(changes)-1].Seq
	}
}

// A twinGroup is the pairs of a group, most alike first.
type twinGroup struct {
	kind  corpus.Kind
	pairs []indexer.TwinPair
}

// groupsOf joins the pairs of at least a likeness.
func groupsOf(k corpus.Kind, pairs []indexer.TwinPair, least float64) []twinGroup {
	end := slices.IndexFunc(pairs, func(p indexer.TwinPair) bool { return float64(p.Likeness) < least-1e-6 })
	if end >= 0 {
		pairs = pairs[:end]
	}
	groups, of := indexer.Groups{}, map[uint32]*twinGroup{}
	for _, p := range pairs {
		groups.Join(p.A, p.B)
	}
	for _, p := range pairs {
		n := groups.Of(p.A)
		if of[n] == nil {
			of[n] = &twinGroup{kind: k}
		}
		of[n].pairs = append(of[n].pairs, p)
	}
	out := make([]twinGroup, 0, len(of))
	for _, g := range of {
		out = append(out, *g)
	}
	return out
}

// Duplicates compares all documents of some kinds and returns a page of groups that are at least so alike, most alike first.
// A large library takes a minute; its comparison serves for ten times as long as it took.
func (s *Service) Duplicates(ctx context.Context, c Caller, kinds []corpus.Kind, least float64, limit int, after string) (Duplicates, error) {
	if err := c.may("duplicates", "list"); err != nil {
		return Duplicates{}, err
	}
	if len(kinds) == 0 {
		kinds = corpus.Kinds
	}
	kinds = slices.Compact(slices.Sorted(slices.Values(kinds)))
	var groups []twinGroup
	var begun int64
	out := Duplicates{Groups: []DuplicateGroup{}}
	for _, k := range kinds {
		found, err := s.twins.get(ctx, s.Store, k, after != "")
		if err != nil {
			return out, err
		}
		if out.Compared.IsZero() || found.begun.Before(out.Compared) {
			out.Compared = found.begun.UTC().Truncate(time.Second)
		}
		begun = max(begun, found.begun.UnixMicro())
		groups = append(groups, groupsOf(k, found.pairs, least)...)
	}
	slices.SortFunc(groups, func(a, b twinGroup) int {
		x, y := a.pairs[0], b.pairs[0]
		return cmp.Or(cmp.Compare(y.Likeness, x.Likeness), cmp.Compare(len(b.pairs), len(a.pairs)), cmp.Compare(a.kind, b.kind), cmp.Compare(x.A, y.A))
	})
	out.Total = len(groups)
	at := 0
	if after != "" {
		var of int64
		if _, err := fmt.Sscanf(after, "%d-%d", &of, &at); err != nil || of != begun || at < 0 || at > len(groups) {
			e := corpus.Errorf(corpus.Invalid, "the documents were compared anew since the page before")
			e.Field, e.Fix = "after", "begin with the first page"
			return out, e
		}
	}
	for ; at < len(groups) && len(out.Groups) < limit; at++ {
		g, err := s.duplicateGroup(groups[at], least)
		if err != nil {
			return out, err
		}
		if len(g.Pairs) > 0 {
			out.Groups = append(out.Groups, g)
		}
	}
	if at < len(groups) {
		out.Next = fmt.Sprintf("%d-%d", begun, at)
	}
	return out, nil
}

// duplicateGroup reads the documents of a group and says what joins them as they are now; without pairs where nothing does
// any more.
func (s *Service) duplicateGroup(group twinGroup, least float64) (DuplicateGroup, error) {
	g := DuplicateGroup{Kind: group.kind, Documents: []DuplicateDoc{}, Pairs: []DuplicatePair{}}
	docs, more := map[uint32]*corpus.Doc{}, map[uint32]bool{}
	for _, p := range group.pairs {
		for _, n := range []uint32{p.A, p.B} {
			if _, ok := docs[n]; !ok && len(docs) < shownOfGroup {
				docs[n] = nil
			} else if !ok {
				more[n] = true
			}
		}
	}
	g.More = len(more)
	found, err := s.Store.ByNumber(group.kind, slices.Sorted(maps.Keys(docs))...)
	if err != nil {
		return g, err
	}
	found = slices.DeleteFunc(found, func(d corpus.Doc) bool { return d.Status == corpus.Withdrawn })
	for i := range found {
		docs[found[i].Number] = &found[i]
	}
	joined := map[uint32]bool{}
	join := func(a, b *corpus.Doc) {
		if a == nil || b == nil {
			return
		}
		if likeness, reasons := indexer.Likeness(a, b); likeness >= least-1e-6 {
			joined[a.Number], joined[b.Number] = true, true
			g.Pairs = append(g.Pairs, DuplicatePair{A: a.ID, B: b.ID, Likeness: math.Round(1e4*likeness) / 1e4, Reasons: reasons})
		}
	}
	for _, p := range group.pairs {
		join(docs[p.A], docs[p.B])
	}
	for i := 1; i < len(found); i++ { // what joined it may be gone
		if !joined[found[i].Number] {
			join(&found[0], &found[i])
		}
	}
	if len(g.Pairs) == 0 {
		return g, nil
	}
	slices.SortStableFunc(g.Pairs, func(a, b DuplicatePair) int { return cmp.Compare(b.Likeness, a.Likeness) })
	g.Likeness = g.Pairs[0].Likeness
	var keep *corpus.Doc
	for i := range found {
		d := &found[i]
		if !joined[d.Number] {
			continue
		}
		g.Documents = append(g.Documents, DuplicateDoc{d.ID, d.Title, d.Org, d.Source, d.Status, d.Updated})
		if keep == nil || d.Status == corpus.Published && keep.Status != corpus.Published ||
			d.Status == keep.Status && d.Filled() > keep.Filled() {
			keep = d
		}
	}
	g.Keep = keep.ID
	return g, nil
}

type duplicatesInput struct {
	Kind  []string `query:"kind,explode" doc:"only these kinds: achievement, need, expert, project"`
	Least float64  `query:"least" minimum:"0.6" maximum:"1" default:"0.8" doc:"likeness"`
	Limit int      `query:"limit" minimum:"1" maximum:"100" default:"20"`
	After string   `query:"after" maxLength:"64" doc:"next of the page before"`
}

type duplicatesOutput struct{ Body Duplicates }

func (s *Service) listDuplicates(ctx context.Context, in *duplicatesInput) (*duplicatesOutput, error) {
	kinds, err := ParseKinds(in.Kind)
	if err != nil {
		return nil, err
	}
	d, err := s.Duplicates(ctx, CallerOf(ctx), kinds, in.Least, in.Limit, in.After)
	return &duplicatesOutput{d}, err
}
