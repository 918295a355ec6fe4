package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
)

// indexWait is how long a write waits for the index before it answers, so that the next search finds what was written.
// The index needs a few milliseconds a document; behind a large import the answer comes before the index.
var indexWait = 2 * time.Second // more in tests, which may run on a slow machine

// sees returns d as c may read it, but for its links, and whether c may know of it at all: drafts and withdrawn ones are the
// admins'.
func (c Caller) sees(d corpus.Doc) (corpus.Doc, bool) {
	if c.Admin {
		return d, true
	}
	if d.Status != corpus.Published {
		return corpus.Doc{}, false
	}
	if d = d.ForLevel(c.Level()); !c.admits(&d) {
		return corpus.Doc{}, false
	}
	return d, true
}

// visible is sees, with links: those to what c may not know of, and to what is not there, are the admins'.
func (s *Service) visible(c Caller, d corpus.Doc) (corpus.Doc, bool, error) {
	return s.sight(c).visible(d)
}

// A sight is what one caller may know of, for one answer: what several documents link to is looked up once. It is for one
// goroutine.
type sight struct {
	*Service
	c    Caller
	ends map[corpus.Link]corpus.Link // where links lead that were looked up; zero: to nothing that c may know of
}

func (s *Service) sight(c Caller) sight { return sight{s, c, map[corpus.Link]corpus.Link{}} }

// visible is as that of a Service.
func (s sight) visible(d corpus.Doc) (corpus.Doc, bool, error) {
	d, ok := s.c.sees(d)
	if !ok || s.c.Admin {
		return d, ok, nil
	}
	var links []corpus.Link
	for _, l := range d.Links {
		end, err := s.end(l)
		if err != nil {
			return corpus.Doc{}, false, err
		}
		if end != (corpus.Link{}) && !slices.Contains(links, end) && end != (corpus.Link{Kind: d.Kind, ID: d.ID}) {
			links = append(links, end)
		}
	}
	d.Links = links
	return d, true, nil
}

// end is where a link leads.
func (s sight) end(l corpus.Link) (corpus.Link, error) {
	if end, known := s.ends[l]; known {
		return end, nil
	}
	end := l
	if err := s.endOf(end.Kind, &end.ID); err != nil {
		return end, err
	}
	other, err := s.Store.Get(end.Kind, end.ID)
	if err != nil && corpus.CodeOf(err) != corpus.NotFound {
		return end, err
	}
	if _, ok := s.c.sees(other); err != nil || !ok {
		end = corpus.Link{}
	}
	s.ends[l] = end
	return end, nil
}

// Document returns one document without the fields that c may not read. What c may not know of has code NotFound; with a
// *corpus.MovedError as its cause where it was merged into what c may read.
func (s *Service) Document(ctx context.Context, c Caller, kind corpus.Kind, id string) (corpus.Doc, error) {
	d, err := s.Store.Get(kind, id)
	if moved, ok := errors.AsType[*corpus.MovedError](err); ok {
		err = s.hideMoved(c, moved, err)
	}
	if err != nil {
		return corpus.Doc{}, err
	}
	d, ok, err := s.visible(c, d)
	if err == nil && !ok {
		err = missing(kind, id)
	}
	return d, err
}

// missing is the answer for a hidden document, the very one that the store gives for an unknown id.
func missing(kind corpus.Kind, id string) error {
	e := corpus.Errorf(corpus.NotFound, "there is no %s %q", kind, id)
	e.Fix = "look the id up with a search"
	return e
}

// Documents returns the documents behind refs, in their order, as Document does; those that were deleted meanwhile or
// that c may not know of are left out. Where ctx is done, its error is the answer.
func (s *Service) Documents(ctx context.Context, c Caller, refs []indexer.Ref) ([]corpus.Doc, error) {
	numbers := map[corpus.Kind][]uint32{}
	for _, r := range refs {
		numbers[r.Kind] = append(numbers[r.Kind], r.Number)
	}
	found := make(map[indexer.Ref]corpus.Doc, len(refs))
	sight := s.sight(c)
	for kind, ns := range numbers {
		docs, err := s.Store.ByNumber(kind, ns...)
		if err != nil {
			return nil, err
		}
		for _, d := range docs {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			d, ok, err := sight.visible(d)
			if err != nil {
				return nil, err
			}
			if ok {
				found[indexer.Ref{Kind: kind, Number: d.Number}] = d
			}
		}
	}
	out := make([]corpus.Doc, 0, len(found))
	for _, r := range refs {
		if d, ok := found[r]; ok {
			out = append(out, d)
		}
	}
	return out, nil
}

// Create writes a new document. Its id follows from source and source_id, or without these from its text; an id that is
// taken has code Conflict.
func (s *Service) Create(ctx context.Context, c Caller, d corpus.Doc) (corpus.Result, error) {
	if err := c.may("documents", "create"); err != nil {
		return corpus.Result{}, err
	}
	return s.put(ctx, c, "create", corpus.Put{Doc: d, IfAbsent: true})
}

// Replace writes d under an id, creating it where there is none. ifVersion 0 is any version; else another stored version
// has code Conflict. A new document's id must be one that its source and source_id give.
func (s *Service) Replace(ctx context.Context, c Caller, id string, d corpus.Doc, ifVersion uint64) (corpus.Result, error) {
	if err := c.may("documents", "update"); err != nil {
		return corpus.Result{}, err
	}
	old, err := s.Store.Get(d.Kind, id)
	switch {
	case err == nil:
		if d.Source != "" && d.Source != old.Source || d.SourceID != "" && d.SourceID != old.SourceID {
			e := corpus.Errorf(corpus.Conflict, "%s %q belongs to source %q, id %q", d.Kind, id, old.Source, old.SourceID)
			e.Field, e.Fix = "source_id", "leave source and source_id out, or write to another id"
			return corpus.Result{}, e
		}
		d.Source, d.SourceID = old.Source, old.SourceID
		return s.put(ctx, c, "replace", corpus.Put{Doc: d, IfVersion: ifVersion})
	case corpus.CodeOf(err) != corpus.NotFound:
		return corpus.Result{}, err
	case ifVersion != 0:
		return corpus.Result{}, corpus.Errorf(corpus.Conflict, "there is no %s %q of version %d", d.Kind, id, ifVersion)
	}
	if d.Source == "" && d.SourceID == "" {
		var ofOther bool
		if d.Source, d.SourceID, ofOther = strings.Cut(id, "~"); !ofOther {
			d.Source, d.SourceID = corpus.DefaultSource, id
		}
	}
	d.Source = cmp.Or(d.Source, corpus.DefaultSource)
	if corpus.MakeID(d.Source, d.SourceID) != id {
		e := corpus.Errorf(corpus.Invalid, "a new %s of this source and source_id can't have the id %q", d.Kind, id)
		e.Field, e.Fix = "source_id", "leave source and source_id out and use an id of letters, digits, '.', '_' and '-', or POST it and take the id you are given"
		return corpus.Result{}, e
	}
	return s.put(ctx, c, "create", corpus.Put{Doc: d, IfAbsent: true})
}

// Delete removes a document; ifVersion as in Replace.
func (s *Service) Delete(ctx context.Context, c Caller, kind corpus.Kind, id string, ifVersion uint64) error {
	if err := c.may("documents", "delete"); err != nil {
		return err
	}
	return s.write(ctx, c, corpus.Batch{Action: fmt.Sprintf("delete %s %s", kind, id),
		Deletes: []corpus.Delete{{Kind: kind, ID: id, IfVersion: ifVersion}}}, nil)
}

// put checks and writes one document.
func (s *Service) put(ctx context.Context, c Caller, verb string, p corpus.Put) (corpus.Result, error) {
	if errs := p.Doc.Check(); len(errs) > 0 {
		return corpus.Result{}, faults(errs)
	}
	var results []corpus.Result
	err := s.write(ctx, c, corpus.Batch{Action: fmt.Sprintf("%s %s %s", verb, p.Doc.Kind, p.Doc.ID), Puts: []corpus.Put{p}}, &results)
	if err != nil {
		return corpus.Result{}, err
	}
	return results[0], nil
}

// write does a batch in c's name and waits a moment for the index. Callers have asked whether c may; that nobody in
// particular writes is refused here too.
func (s *Service) write(ctx context.Context, c Caller, b corpus.Batch, results *[]corpus.Result) error {
	if c.role() == market.Nobody {
		return needsKey()
	}
	b.Actor = c.Name
	done, err := s.Store.Write(ctx, b)
	if err != nil {
		return err
	}
	if results != nil {
		*results = done
	}
	s.settle(ctx)
	return nil
}

// settle waits until the index holds what was written, but not longer than indexWait: another may be loading a file.
// Commands that only write the truth run without an index.
func (s *Service) settle(ctx context.Context) {
	if s.serving.Load() == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, indexWait)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		s.swapping.RLock()
		defer s.swapping.RUnlock()
		done <- s.serving.Load().Sync.CatchUp(ctx)
	}()
	select {
	case <-ctx.Done():
	case err := <-done:
		if err != nil {
			s.Log.WarnContext(ctx, "the index is behind", "error", err)
		}
	}
}
