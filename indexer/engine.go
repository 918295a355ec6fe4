// Package indexer answers: how is a document found? By words and by meaning, for whole documents (postings, vectors),
// and by what a person types (full text). Everything here is derived from the corpus and can be deleted.
package indexer

import (
	"cmp"
	"context"

	"duijie/corpus"
)

// A Ref names a document by kind and dense number.
type Ref struct {
	Kind   corpus.Kind
	Number uint32
}

// An Engine keeps entries and finds them. Methods may be called concurrently. Results are best first, ties by number.
// An entry put is found by calls that start after Put returns.
type Engine interface {
	// Put adds entries, replacing those with the same Ref.
	Put(ctx context.Context, entries []Entry) error
	// Delete removes entries; unknown ones are ignored.
	Delete(ctx context.Context, refs []Ref) error
	// Search answers what a person types: words, phrases, fields, filters, facets.
	Search(ctx context.Context, q Query) (Page, error)
	// Candidates finds documents of one kind for a whole document: raw scores by words and by meaning, apart.
	Candidates(ctx context.Context, p Probe) ([]Candidate, error)
	// Entries returns what was put, in the order asked for; documents that are not there are left out.
	Entries(ctx context.Context, l Lookup) ([]Found, error)
	Close() error
}

// An Entry is what the index keeps of one public document. An Analyzer makes it; engines take it as it is.
type Entry struct {
	Ref
	ID         string
	Version    uint64    // of the document
	Words      []Count   // search-mode words, folded, each once, in order of first appearance; one stands for its synonyms
	Pairs      []Count   // two-character runs of the title; Body is 0
	Keywords   []Keyword // what the document is about, best first: words of the title, then key words of the body
	Vector     Vector    // by the built-in model
	Far        Vector    // by an outside model, on the scale of Vector; nil where there is none, or not yet
	Columns    Columns
	Team       string             // who stands behind it: holder and first person; "" where none is named
	Norm       float64            // of Words as a need asks for them: the root of the sum of (Asked x IDF) squared
	Repetition float32            // [0, 1]: 0 in natural text, toward 1 where few words fill a long one
	Elements   []Element          // what the document speaks of, by the five elements
	Figures    []corpus.Indicator // its figures, in order of appearance
	Typed      []TypedField       // token streams for phrases, prefixes and field names
	Closed     bool               // the document has fields whose disclosure somebody set: an engine leaves no text of it from before
}

// A Count says how often a term stands in title and body, each capped at 255.
type Count struct {
	Term        string
	Title, Body uint8
}

// A Keyword is a precise-mode word that says what a document is about.
type Keyword struct {
	Term   string
	Weight float32 // inverse document frequency in the dictionary, doubled for words of the title
}

// A TypedField is one field of a document as tokens for the full-text index.
type TypedField struct {
	Name   string // title, text, org, people, keywords, id, registration
	Tokens []Token
}

// A Token is one term with its place. Sub-words share the position of their word. Start and End are byte offsets into
// the original text, on rune boundaries.
type Token struct {
	Term       string
	Position   int // from 1
	Start, End int
	Same       string // the word that stands for Term and its synonyms; "" where there are none
}

// key is what compares words: synonyms have the same.
func (t *Token) key() string { return cmp.Or(t.Same, t.Term) }

// Columns are the small typed values that filters and facets read.
type Columns struct {
	Field       []string // GB/T 4754 codes
	Region      string   // GB/T 2260 code
	Strategic   []string
	Stage       corpus.Stage
	Cooperation []corpus.Mode
	Published   corpus.Date
	ValidUntil  corpus.Date
	Confirmed   corpus.Date
	Money       corpus.Money // price of an achievement, budget of a need; unknown where not Known
	Evaluated   bool         // by somebody else than its holder
}

// A Filter keeps documents that fit every given condition; within one condition any value will do. The zero Filter
// keeps all.
type Filter struct {
	Kinds       []corpus.Kind
	Field       []string // code or a code above it: 26 keeps 2614; a letter (C) keeps its 大类
	Region      []string // code, or its province or prefecture: 1505 or 150500 keeps 150502
	Strategic   []string // code or a code above it
	Stage       []corpus.Stage
	Cooperation []corpus.Mode
	From, To    corpus.Date // published within, both ends included
	ValidOn     corpus.Date // not expired on this day; documents without an end are kept
}

// A Query is what a person typed, with filters.
type Query struct {
	Text   string // words; "quoted phrases"; prefix*; title:, text:, org:, people: before a word or phrase; -word. Empty: all
	Filter Filter
	Sort   Sort
	Limit  int    // 0: 20; 100 at most
	After  string // Page.Next of the page before
	Facets bool
	// Keep, if set, is asked of each document that the rest of the query finds; only those of which it says yes are. It must
	// be quick.
	Keep func(Ref) bool
}

// A Sort is an order of search results.
type Sort string

const (
	ByRelevance Sort = ""        // newest first where no text is given
	ByDate      Sort = "newest"  // by Columns.Published, those without last
	ByLowest    Sort = "lowest"  // by Columns.Money, as Money.From has it; those that state none last
	ByHighest   Sort = "highest" // the other way round, those that state none last too
)

// A Page is one page of search results.
type Page struct {
	Hits   []Hit
	Total  int // exact
	Next   string
	Facets []Facet  // for every dimension, counted as if that dimension were not filtered
	Terms  []string // folded words and phrases of the query, for highlights
}

// A Hit is one found document.
type Hit struct {
	Ref
	Score float64 // [0, inf); 0 where nothing was typed
}

// A Facet counts the values of one dimension: kind, field (门类 and 大类), region (province and prefecture), stage,
// cooperation, strategic (first level).
type Facet struct {
	Name   string       `json:"name"`
	Values []FacetValue `json:"values"` // most frequent first, ties by value
}

// A FacetValue is one value of a facet.
type FacetValue struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// A Probe is a whole document that looks for documents of another kind.
type Probe struct {
	Target corpus.Kind
	Entry  Entry  // the asking document; of a typed problem, an Entry without a Ref
	Filter Filter // Kinds is ignored
	Limit  int    // candidates by words and by meaning, each; 0: 300
	// Want, if set, chooses among all documents instead: those of which it says yes are returned. It must be quick, and
	// may be called for a document in any order.
	Want func(Candidate) bool
}

// A Candidate is one document found for a Probe, with both raw scores, whichever of the two found it.
type Candidate struct {
	Number  uint32
	Words   float64 // weighted, see postings.go; the same from both sides of a pair
	Meaning float64 // [-1, 1], cosine; 0 where either side has no vector
	Norm    float64 // of the found entry
	Far     bool    // Meaning is by Far: the probe and all entries that the engine keeps have one, of any kind
}

// A Lookup asks for entries of one kind.
type Lookup struct {
	Kind     corpus.Kind
	Numbers  []uint32
	Words    bool      // with Words and Pairs, which most callers don't need
	Keywords []Keyword // Found.Has is about them
}

// A Found is an entry as put, without Typed; the caller's own. Words and Pairs are there if the Lookup asked for them.
type Found struct {
	*Entry
	Has uint64 // bit i is set where the term of Lookup.Keywords[i] is among the entry's words, for the first MaxHas
}

// MaxHas is how many key words Found.Has tells of.
const MaxHas = 64

// AsFound returns what an engine that keeps e answers for it, with everything, to a Lookup with these key words.
func AsFound(e *Entry, keywords []Keyword) Found {
	words := make(map[string]bool, len(e.Words))
	for _, c := range e.Words {
		words[c.Term] = true
	}
	f := Found{Entry: e}
	for i, k := range keywords[:min(MaxHas, len(keywords))] {
		if words[k.Term] {
			f.Has |= 1 << i
		}
	}
	return f
}
