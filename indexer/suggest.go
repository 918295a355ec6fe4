package indexer

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"

	"duijie/corpus"
)

// An Offer is a text of a document that completes what a person begins to type.
type Offer struct {
	What Offered
	Text string // as the document has it
	key  string // its comparable form, without what titles begin with for form's sake
}

// Offered says what a text is of its document.
type Offered uint8

const (
	OffersKeyword Offered = iota
	OffersHolder          // of an achievement; the firm, the affiliation, who carries a project out
	OffersTitle
	offeredKinds
)

// Offers returns the texts that a document offers. It is for public copies.
func Offers(d *corpus.Doc) []Offer {
	out := make([]Offer, 0, len(d.Keywords)+2)
	add := func(what Offered, text string) {
		if key := offerKey(text); key != "" {
			out = append(out, Offer{what, text, key})
		}
	}
	add(OffersTitle, d.Title)
	add(OffersHolder, d.Org)
	for _, w := range d.Keywords {
		add(OffersKeyword, w)
	}
	return out
}

// offerKey is the form of a text by which it is found: folded, from its first letter or digit, and without 一种, with
// which names of patents begin.
func offerKey(text string) string {
	key := strings.TrimLeftFunc(Fold(text).Text, func(r rune) bool { return !isWord(r) })
	if rest := strings.TrimPrefix(key, "一种"); rest != "" {
		return rest
	}
	return key
}

// Completes reports whether the text begins with what was typed, or its pinyin initials do.
func (o Offer) Completes(typed string) bool {
	typed = offerKey(typed)
	if typed == "" {
		return false
	}
	return strings.HasPrefix(o.key, typed) || latin(typed) && strings.HasPrefix(initialsOf(o.key, math.MaxInt), typed)
}

// A Completion names a text that completes what was typed: what Offers says of the document under this key, for as long
// as it says so.
type Completion struct {
	What   Offered
	Ref    Ref
	Weight int // how many documents offer the text, 65,535 at most
	key    string
}

// Of reports whether o is the text that c names.
func (c Completion) Of(o Offer) bool { return c.What == o.What && c.key == cut(o.key) }

// Completions is a table of what documents offer, in order. It never changes and may be read concurrently. A text takes
// 28 bytes beside its key, of which most have under 60.
type Completions struct {
	keys       []byte // one after the other, in the order of rows
	rows       []completion
	byInitials []uint32 // places in rows
	Documents  int
}

type completion struct {
	initials uint64 // the first eight, one a byte, the first in the highest
	at       uint32 // of the key in keys
	number   uint32 // of one document that offers it: the newest
	weight   uint16
	size     uint8
	what     Offered
	kind     uint8 // place in corpus.Kinds
}

// maxKey is the length of a key in characters: longer ones are told apart by their document.
const maxKey = 24

func cut(key string) string {
	n := 0
	for i := range key {
		if n++; n > maxKey {
			return key[:i]
		}
	}
	return key
}

// NewCompletions makes the table of documents, which are public copies. A text that several documents of a kind offer
// stands in it once, but for titles, each of which leads to its document.
func NewCompletions(docs iter.Seq2[corpus.Doc, error]) (*Completions, error) {
	type text struct {
		key  string
		what Offered
		kind uint8
	}
	t := &Completions{}
	var keys []string
	known := map[text]int{}
	for d, err := range docs {
		if err != nil {
			return nil, err
		}
		t.Documents++
		kind := uint8(slices.Index(corpus.Kinds, d.Kind))
		for _, o := range Offers(&d) {
			key := text{cut(o.key), o.What, kind}
			if at, ok := known[key]; ok {
				row := &t.rows[at]
				row.weight, row.number = min(row.weight, math.MaxUint16-1)+1, max(row.number, d.Number)
				continue
			}
			if o.What != OffersTitle {
				known[key] = len(t.rows)
			}
			t.rows = append(t.rows, completion{initials: packed(initialsOf(key.key, 8)), at: uint32(len(keys)), number: d.Number, weight: 1,
				size: uint8(len(key.key)), what: o.What, kind: kind})
			keys = append(keys, strings.Clone(key.key)) // without the text that it was cut from
		}
	}
	slices.SortFunc(t.rows, func(a, b completion) int {
		return cmp.Or(strings.Compare(keys[a.at], keys[b.at]), cmp.Compare(a.what, b.what), cmp.Compare(a.kind, b.kind), cmp.Compare(a.number, b.number))
	})
	size := 0
	for _, k := range keys {
		size += len(k)
	}
	t.keys, t.byInitials = make([]byte, 0, size), make([]uint32, len(t.rows))
	for i := range t.rows {
		row := &t.rows[i]
		key := keys[row.at]
		row.at, t.byInitials[i] = uint32(len(t.keys)), uint32(i)
		t.keys = append(t.keys, key...)
	}
	slices.SortStableFunc(t.byInitials, func(a, b uint32) int { return cmp.Compare(t.rows[a].initials, t.rows[b].initials) })
	return t, nil
}

func (t *Completions) key(row *completion) string {
	return string(t.keys[row.at : row.at+uint32(row.size)])
}

// Find returns what completes typed, of these kinds (none: of all), at most limit of each sort: first what many documents
// offer, then the newest.
func (t *Completions) Find(typed string, kinds []corpus.Kind, limit int) []Completion {
	typed = offerKey(typed)
	if typed == "" || limit <= 0 {
		return nil
	}
	var wanted [8]bool
	for i, k := range corpus.Kinds {
		wanted[i] = len(kinds) == 0 || slices.Contains(kinds, k)
	}
	var best [offeredKinds][]*completion
	take := func(row *completion) {
		list := best[row.what]
		if !wanted[row.kind] || len(list) == limit && !heavier(row, list[limit-1]) {
			return
		}
		at, _ := slices.BinarySearchFunc(list, row, func(a, b *completion) int {
			if heavier(b, a) {
				return 1
			}
			return -1
		})
		list = slices.Insert(list, at, row)
		best[row.what] = list[:min(limit, len(list))]
	}
	prefix := cut(typed)
	from := sort.Search(len(t.rows), func(i int) bool { return t.key(&t.rows[i]) >= prefix })
	to := from + sort.Search(len(t.rows)-from, func(i int) bool { return !strings.HasPrefix(t.key(&t.rows[from+i]), prefix) })
	for i := from; i < to; i++ {
		take(&t.rows[i])
	}
	if latin(typed) {
		short := typed[:min(8, len(typed))]
		low := packed(short)
		high := low | (1<<(8*(8-len(short))) - 1)
		first := sort.Search(len(t.byInitials), func(i int) bool { return t.rows[t.byInitials[i]].initials >= low })
		for _, place := range t.byInitials[first:] {
			row := &t.rows[place]
			if row.initials > high {
				break
			}
			if int(place) < from || int(place) >= to {
				take(row)
			}
		}
	}
	var out []Completion
	for _, list := range best {
		for _, row := range list {
			out = append(out, Completion{row.what, Ref{corpus.Kinds[row.kind], row.number}, int(row.weight), t.key(row)})
		}
	}
	return out
}

func heavier(a, b *completion) bool {
	if a.weight != b.weight {
		return a.weight > b.weight
	}
	return a.number > b.number
}

// latin reports whether a key is of letters that may be initials.
func latin(key string) bool {
	return strings.IndexFunc(key, func(r rune) bool { return !('a' <= r && r <= 'z' || '0' <= r && r <= '9') }) < 0
}

// initialsOf returns the pinyin initials of a key, n at most: of a character that is read in several ways the commonest
// one, of a Latin letter and of a digit itself.
func initialsOf(key string, n int) string {
	out := make([]byte, 0, 8)
	for _, r := range key {
		if len(out) == n {
			break
		}
		switch {
		case r < utf8.RuneSelf && isWord(r):
			out = append(out, byte(r))
		case r >= firstHan && r <= lastHan:
			if c := hanInitials()[r-firstHan]; c != 0 {
				out = append(out, c)
			}
		}
	}
	return string(out)
}

// firstHan and lastHan bound the characters that have initials; rarer ones have none.
const firstHan, lastHan = '一', '\u9fff'

// hanInitials are the initials of all characters, computed at first use: 20 kB instead of a lookup and three regular
// expressions for each character of each title.
var hanInitials = sync.OnceValue(func() *[lastHan - firstHan + 1]byte {
	var out [lastHan - firstHan + 1]byte
	args := pinyin.NewArgs()
	args.Style = pinyin.FirstLetter
	for i := range out {
		if read := pinyin.SinglePinyin(firstHan+rune(i), args); len(read) > 0 && len(read[0]) == 1 && unicode.IsLower(rune(read[0][0])) {
			out[i] = read[0][0]
		}
	}
	return &out
})

// packed puts up to eight initials into a number that sorts as they do.
func packed(initials string) (n uint64) {
	for i := range 8 {
		n <<= 8
		if i < len(initials) {
			n |= uint64(initials[i])
		}
	}
	return n
}
