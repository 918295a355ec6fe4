package indexer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"duijie/corpus"
)

// EmbedTimeout is how long the embedder may take for each document of a call of Entries, and for ten documents or more
// ten times that; then words must do. A search waits for one.
const EmbedTimeout = 2 * time.Second

// ErrNoMeaning is what an error wraps that comes with good entries without vectors.
var ErrNoMeaning = errors.New("the embedder did not answer: found by words only")

// An Analyzer makes the entries of documents. Its methods may be called concurrently.
type Analyzer struct {
	seg *Segmenter
	emb Embedder
	log *slog.Logger
}

// NewAnalyzer returns an Analyzer. A nil Embedder is allowed: entries then have no vector, which is no error.
func NewAnalyzer(seg *Segmenter, emb Embedder, log *slog.Logger) *Analyzer {
	if v := reflect.ValueOf(emb); v.Kind() == reflect.Pointer && v.IsNil() {
		emb = nil
	}
	return &Analyzer{seg, emb, log}
}

// Name tells analyses that don't compare apart: dictionary, version, model. It belongs into the mark of whatever keeps
// entries.
func (a *Analyzer) Name() string {
	if a.emb == nil {
		return a.seg.Hash()
	}
	return a.seg.Hash() + "+" + a.emb.Model()
}

// Entries analyses the public part of each document. Where the embedder fails or is late, the entries are good but
// have no Vector, and the error wraps ErrNoMeaning; with any other error there are no entries.
func (a *Analyzer) Entries(ctx context.Context, docs []corpus.Doc) ([]Entry, error) {
	entries := make([]Entry, len(docs))
	titles := make([]string, len(docs))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(len(docs), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(docs)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				public := docs[i].Public()
				entries[i], titles[i] = a.entry(&public), public.Title
				entries[i].Closed = len(docs[i].Disclosure) > 0
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if a.emb == nil {
		return entries, nil
	}
	if err := a.embed(ctx, entries, titles); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for i := range entries {
			entries[i].Vector = nil
		}
		a.log.Warn("no vectors", "documents", len(docs), "model", a.emb.Model(), "error", err)
		return entries, fmt.Errorf("%w: %w", ErrNoMeaning, err)
	}
	return entries, nil
}

// embed sets the vectors of entries, in one call of the embedder for each role. A document's vector is the mean of two:
// of its title, and of its title, twice, with its key words. The whole body would drown the subject.
func (a *Analyzer) embed(ctx context.Context, entries []Entry, titles []string) error {
	ctx, cancel := context.WithTimeout(ctx, EmbedTimeout*time.Duration(min(10, len(entries))))
	defer cancel()
	for _, role := range []Role{AsQuery, AsPassage} {
		var texts []string
		var of []int
		for i, e := range entries {
			if (e.Kind == corpus.Need) != (role == AsQuery) {
				continue
			}
			long := titles[i] + "\n" + titles[i] + "\n"
			for _, k := range e.Keywords {
				long += k.Term + " "
			}
			texts, of = append(texts, titles[i], long), append(of, i)
		}
		if len(texts) == 0 {
			continue
		}
		vectors, err := a.emb.Embed(ctx, role, texts)
		if err != nil {
			return err
		}
		if len(vectors) != len(texts) {
			return fmt.Errorf("%d vectors for %d texts", len(vectors), len(texts))
		}
		for j, i := range of {
			title, long := vectors[2*j], vectors[2*j+1]
			if len(title) != len(long) {
				return fmt.Errorf("vectors of %d and %d dimensions", len(title), len(long))
			}
			mean := make([]float32, len(title))
			for d := range mean {
				mean[d] = (title[d] + long[d]) / 2
			}
			entries[i].Vector = Quantize(mean)
		}
	}
	return nil
}

// maxTextTitle is the length in characters of the title that TextEntry takes from a text.
const maxTextTitle = 60

// TextEntry makes the entry of a problem that somebody typed, as if it were a need whose title is the text's first
// line or sentence that says something. Its error is that of Entries.
func (a *Analyzer) TextEntry(ctx context.Context, text string) (Entry, error) {
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
				title = title[:i]
				break
			}
		}
	}
	entries, err := a.Entries(ctx, []corpus.Doc{{Kind: corpus.Need, Title: title, Text: text}})
	if entries == nil {
		return Entry{}, err
	}
	return entries[0], err
}

// entry analyses all of d but its meaning.
func (a *Analyzer) entry(d *corpus.Doc) Entry {
	body := d.Body()
	title, text := a.seg.Cut(d.Title), a.seg.Cut(body)
	return Entry{
		Ref:      Ref{d.Kind, d.Number},
		ID:       d.ID,
		Version:  d.Version,
		Words:    counts(title, text),
		Pairs:    pairs(d.Title),
		Keywords: a.seg.keywords(words(title), words(text), BodyKeywords),
		Columns: Columns{Field: d.Field, Region: d.Region, Strategic: d.Strategic, Stage: d.Stage, Cooperation: d.Cooperation,
			Published: d.PublishedOn, ValidUntil: d.ValidUntil},
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

// words returns the words among tokens, without their sub-words: the last of each position.
func words(tokens []Token) []string {
	var out []string
	for i, t := range tokens {
		if i+1 == len(tokens) || tokens[i+1].Position != t.Position {
			out = append(out, t.Term)
		}
	}
	return out
}

func counts(title, body []Token) []Count {
	var out []Count
	at := make(map[string]int, len(title)+len(body)/2)
	count := func(tokens []Token, field func(*Count) *uint8) {
		for _, t := range tokens {
			i, ok := at[t.Term]
			if !ok {
				i = len(out)
				at[t.Term] = i
				out = append(out, Count{Term: t.Term})
			}
			if n := field(&out[i]); *n < math.MaxUint8 {
				*n++
			}
		}
	}
	count(title, func(c *Count) *uint8 { return &c.Title })
	count(body, func(c *Count) *uint8 { return &c.Body })
	return out
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
			tokens = append(tokens, Token{Term: text[before : i+utf8.RuneLen(r)]})
		}
		before = i
	}
	return counts(tokens, nil)
}

// code returns the one token of a field that is found by its whole value.
func code(s string) []Token {
	f := Fold(strings.TrimSpace(s))
	if f.Text == "" {
		return nil
	}
	return []Token{{f.Text, 1, 0, len(s)}}
}
