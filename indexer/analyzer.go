package indexer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"duijie/corpus"
)

// An Analyzer makes the entries of documents. Its methods may be called concurrently.
type Analyzer struct {
	seg *Segmenter
	emb Embedder // built in, or nil
	far *Far     // or nil
	log *slog.Logger
}

// NewAnalyzer returns an Analyzer. A nil Embedder is allowed: entries then have no vector, which is no error.
func NewAnalyzer(seg *Segmenter, emb Embedder, log *slog.Logger) *Analyzer {
	if isNil(emb) {
		emb = nil
	}
	return &Analyzer{seg: seg, emb: emb, log: log}
}

// WithFar returns the Analyzer that gives entries the vectors of an outside model beside their own, where far is not
// nil. It does not close far.
func (a *Analyzer) WithFar(far *Far) *Analyzer {
	return &Analyzer{a.seg, a.emb, far, a.log}
}

// Name tells analyses that don't compare apart: dictionary, version, model. It belongs into the mark of whatever keeps
// entries.
func (a *Analyzer) Name() string {
	if a.emb == nil {
		return a.seg.Hash()
	}
	return a.seg.Hash() + "+" + a.emb.Model()
}

// FarModel names the outside model, "" where there is none.
func (a *Analyzer) FarModel() string {
	if a.far == nil {
		return ""
	}
	return a.far.o.Embedder.Model()
}

// ModelOf names the model by which an entry is compared, "" where there is none.
func (a *Analyzer) ModelOf(e *Entry) string {
	switch {
	case e.Far != nil && a.far != nil:
		return a.FarModel()
	case e.Vector != nil && a.emb != nil:
		return a.emb.Model()
	}
	return ""
}

// Synonyms returns the words with all their synonyms, for highlights.
func (a *Analyzer) Synonyms(words []string) []string {
	out := slices.Clone(words)
	for _, w := range words {
		out = append(out, a.seg.Synonyms(w)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Lacks reports whether an entry should have Far and has not: the outside model did not answer, or not yet.
func (a *Analyzer) Lacks(e *Entry) bool {
	return a.far != nil && e.Far == nil && (e.Number != 0 || a.far.o.Typed)
}

// Entries analyses the public part of each document. Entries have those vectors of the outside model that are kept
// from before.
func (a *Analyzer) Entries(ctx context.Context, docs []corpus.Doc) ([]Entry, error) {
	return a.entries(ctx, docs, nil)
}

// Complete is Entries, and asks the outside model for the vectors that it has not given yet, however long that takes.
// Where it fails the entries are good, and the error wraps ErrNoMeaning; with any other error there are no entries.
func (a *Analyzer) Complete(ctx context.Context, docs []corpus.Doc) ([]Entry, error) {
	return a.entries(ctx, docs, (*Far).ask)
}

// prompt is Complete for those who can't wait long.
func (a *Analyzer) prompt(ctx context.Context, docs []corpus.Doc) ([]Entry, error) {
	return a.entries(ctx, docs, (*Far).soon)
}

// quick is prompt for a few documents, so that a fresh posting does not turn all lists back to the built-in vectors, and
// Entries for many.
func (a *Analyzer) quick(ctx context.Context, docs []corpus.Doc) ([]Entry, error) {
	if len(docs) > embedBatch {
		return a.Entries(ctx, docs)
	}
	return a.prompt(ctx, docs)
}

// entries analyses docs, and asks for the vectors by the outside model that are missing, unless ask is nil.
func (a *Analyzer) entries(ctx context.Context, docs []corpus.Doc, ask func(*Far, context.Context, []subject) error) ([]Entry, error) {
	entries := make([]Entry, len(docs))
	subjects := make([]subject, len(docs))
	failures := make([]error, len(docs))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(len(docs), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			if len(docs) > embedBatch {
				Background()
			}
			for i := next.Add(1) - 1; i < int64(len(docs)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				public := docs[i].Public()
				entries[i] = a.entry(&public)
				entries[i].Closed = len(docs[i].Disclosure) > 0
				subjects[i] = newSubject(&entries[i], public.Title)
				if a.emb == nil {
					continue
				}
				vectors, err := embedSubjects(ctx, a.emb, subjects[i:i+1])
				if failures[i] = err; err == nil {
					entries[i].Vector = vectors[0]
				}
			}
		})
	}
	wg.Wait()
	if err := cmp.Or(append(failures, ctx.Err())...); err != nil {
		return nil, err
	}
	if a.far == nil {
		return entries, nil
	}
	missing, err := a.far.fill(subjects)
	if err != nil {
		return nil, err
	}
	if len(missing) == 0 || ask == nil {
		return entries, nil
	}
	if err := ask(a.far, ctx, missing); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return entries, fmt.Errorf("%w: %w", ErrNoMeaning, err)
	}
	return entries, nil
}

// maxTextTitle is the length in characters of the title that Headline takes from a text.
const maxTextTitle = 60

// TextEntry makes the entry of a problem that somebody typed, as if it were a need whose title is the text's Headline. It
// asks the outside model if that may see what people type, and does without where that fails.
func (a *Analyzer) TextEntry(ctx context.Context, text string) (Entry, error) {
	text = strings.TrimSpace(text)
	var ask func(*Far, context.Context, []subject) error
	if a.far != nil && a.far.o.Typed {
		ask = (*Far).soon
	}
	entries, err := a.entries(ctx, []corpus.Doc{{Kind: corpus.Need, Title: Headline(text), Text: text}}, ask)
	if errors.Is(err, ErrNoMeaning) {
		a.log.Warn("a typed problem is matched by the built-in vectors", "model", a.FarModel(), "error", err)
		err = nil
	}
	if err != nil {
		return Entry{}, err
	}
	return entries[0], nil
}

// Headline returns the first line or sentence of a text that says something, 60 characters of it at most.
func Headline(text string) string {
	text = strings.TrimSpace(text)
	title := text
	for s := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("\r\n。！？!?", r) }) {
		if title = strings.TrimSpace(s); title != "" {
			break
		}
	}
	if n := 0; utf8.RuneCountInString(title) > maxTextTitle {
		for i := range title {
			if n++; n > maxTextTitle {
				return title[:i]
			}
		}
	}
	return title
}

// entry analyses all of d but its meaning.
func (a *Analyzer) entry(d *corpus.Doc) Entry {
	body := d.Body()
	title, text := a.seg.Cut(d.Title), a.seg.Cut(body)
	g := a.seg.glossary(title, text)
	return Entry{
		Ref:      Ref{d.Kind, d.Number},
		ID:       d.ID,
		Version:  d.Version,
		Words:    g.counts,
		Norm:     wordNorm(g.counts, a.seg.IDF),
		Pairs:    pairs(d.Title),
		Keywords: g.keywords(BodyKeywords),
		Columns: Columns{Field: d.Field, Region: d.Region, Strategic: d.Strategic, Stage: d.Stage, Cooperation: d.Cooperation,
			Published: d.PublishedOn, ValidUntil: d.ValidUntil, Confirmed: d.ConfirmedOn, Money: money(d), Evaluated: d.Evaluation != ""},
		Team:       Team(d),
		Repetition: g.repetition(),
		Elements:   g.elements(d.Title, body),
		Figures:    a.figures(d),
		Typed: []TypedField{
			{"title", title},
			{"text", text},
			{"org", a.seg.Cut(d.Org)},
			{"people", a.seg.Cut(strings.Join(d.People, "，"))},
			{"keywords", a.seg.Cut(strings.Join(d.Keywords, "，"))},
			{"id", code(d.ID)},
			{"registration", code(d.Registration)},
		},
	}
}

// wordNorm is the length of a need's vector of word weights.
func wordNorm(words []Count, idf func(string) float64) float64 {
	var sum float64
	for _, c := range words {
		w := float64(c.Asked()) * idf(c.Term)
		sum += w * w
	}
	return math.Sqrt(sum)
}

// figures are the indicators of d with the words of their names.
func (a *Analyzer) figures(d *corpus.Doc) []corpus.Indicator {
	figures := d.Figures()
	for i, f := range figures {
		figures[i].Words = slices.DeleteFunc(a.seg.Words(f.Name), a.seg.Empty)
	}
	return figures
}

// money is what d costs or may cost.
func money(d *corpus.Doc) corpus.Money {
	switch {
	case d.Price != nil:
		return *d.Price
	case d.Budget != nil:
		return *d.Budget
	}
	return corpus.Money{}
}

// Team names who stands behind d, "" where nobody is named: two teams of one university are two.
func Team(d *corpus.Doc) string {
	name := corpus.OrgKey(d.Org)
	if len(d.People) > 0 {
		name += "\n" + d.People[0]
	}
	return Fold(name).Text
}

// pairs returns the two-character runs of a title's Chinese. They find what was cut otherwise on the other side.
func pairs(title string) []Count {
	var tokens []Token
	text := Fold(title).Text
	before := -1 // where the last rune began, if it was Han
	for i, r := range text {
		if !unicode.Is(unicode.Han, r) {
			before = -1
			continue
		}
		if before >= 0 {
			tokens = append(tokens, Token{Term: text[before : i+utf8.RuneLen(r)], Position: i})
		}
		before = i
	}
	out, _, _ := counts(tokens, nil)
	return out
}

// code returns the one token of a field that is found by its whole value.
func code(s string) []Token {
	f := Fold(strings.TrimSpace(s))
	if f.Text == "" {
		return nil
	}
	return []Token{{Term: f.Text, Position: 1, End: len(s)}}
}
