package indexer

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A Folded is a text in the one form in which words are compared, with the way back to the original.
type Folded struct {
	Text  string
	steps []shifts // one a rewriting that moved bytes, in the order in which they were done
}

// Fold brings s to its comparable form: simplified characters and mainland words (軟體 is 软件), half width, lower
// case, no compatibility forms (㎡ is m2, CO₂ is co2), no accents and invisible characters. Bytes that are not UTF-8
// become U+FFFD. Folding twice is folding once. The full-width marks ，：；！？（） stay, as they only part words.
func Fold(s string) Folded {
	f := Folded{Text: s}
	f.step(foldWidth)
	// A phrase may come into being where two others met; four rounds are more than any text was seen to need.
	for range 4 {
		if !f.step(foldPhrases) {
			break
		}
	}
	return f
}

// Original returns the range of the original text that the range [start, end) of f.Text stands for. It begins and
// ends on rune boundaries, also where several runes became one or one became several: those are taken whole.
func (f Folded) Original(start, end int) (int, int) {
	for _, s := range slices.Backward(f.steps) {
		start, end = s.back(start, end)
	}
	return start, end
}

func (f *Folded) step(rewrite func(*rewriter)) bool {
	w := rewriter{src: f.Text}
	rewrite(&w)
	if w.out == nil {
		return false
	}
	f.Text = string(append(w.out, w.src[w.done:]...))
	if w.shifts != nil {
		f.steps = append(f.steps, w.shifts)
	}
	return true
}

// A shift is a place where bytes of the new text don't stand for the bytes at the same distance in the old one.
type shift struct{ at, size, from, width int } // size bytes at at stand for width bytes at from

type shifts []shift

// back maps a range of the new text to the old one.
func (s shifts) back(start, end int) (int, int) {
	i := s.before(start + 1) // the last shift at or before start
	from := start
	if i >= 0 {
		if m := s[i]; start < m.at+m.size {
			from = m.from
		} else {
			from = m.from + m.width + start - m.at - m.size
		}
	}
	i = s.before(end) // the last shift before end
	to := end
	if i >= 0 {
		m := s[i]
		to = m.from + m.width + max(0, end-m.at-m.size)
	}
	return min(from, to), to
}

// before returns the index of the last shift that begins before the offset at, -1 where there is none.
func (s shifts) before(at int) int {
	i, _ := slices.BinarySearchFunc(s, at, func(m shift, at int) int { return m.at - at })
	return i - 1
}

// A rewriter copies src to out with replacements, which come in order.
type rewriter struct {
	src    string
	out    []byte // nil until the first replacement
	done   int    // bytes of src that are in out
	shifts shifts
}

// replace puts with in the place of src[from:to]. Straight says that both have runes of the same sizes.
func (w *rewriter) replace(from, to int, with string, straight bool) {
	if w.out == nil {
		w.out = make([]byte, 0, len(w.src)+16)
	}
	w.out = append(w.out, w.src[w.done:from]...)
	if !straight {
		w.shifts = append(w.shifts, shift{len(w.out), len(with), from, to - from})
	}
	w.out = append(w.out, with...)
	w.done = to
}

// foldWidth folds what concerns a single rune: case, width, compatibility forms, accents, invisible runes.
func foldWidth(w *rewriter) {
	for i := 0; i < len(w.src); {
		c := w.src[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				w.replace(i, i+1, lower[c-'A':c-'A'+1], true)
			}
			i++
			continue
		}
		if han(w.src, i) >= 0 {
			i += len("字")
			continue
		}
		r, n := utf8.DecodeRuneInString(w.src[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			w.replace(i, i+1, string(utf8.RuneError), false)
		case 0x3400 <= r && r <= 0x9fff, 0x3001 <= r && r <= 0x30ff, isMark(r):
			// Han, kana and the marks of Chinese text are the common case and stay.
		default:
			if s := foldRune(r); s != w.src[i:i+n] {
				w.replace(i, i+n, s, len(s) == n && utf8.RuneCountInString(s) == 1)
			}
		}
		i += n
	}
}

// han returns the rune at s[i:] where its three bytes begin as those of nearly all Chinese characters do, U+4000 to
// U+9FFF, else -1: most of every text, and twice as fast as decoding it.
func han(s string, i int) rune {
	if c := s[i]; c < 0xe4 || c > 0xe9 || i+2 >= len(s) || s[i+1]&0xc0 != 0x80 || s[i+2]&0xc0 != 0x80 {
		return -1
	}
	return rune(s[i]&0xf)<<12 | rune(s[i+1]&0x3f)<<6 | rune(s[i+2]&0x3f)
}

// isMark reports whether r is a mark of Chinese text that stays as it is.
func isMark(r rune) bool {
	switch r {
	case '，', '：', '；', '！', '？', '（', '）', '“', '”', '‘', '’', '—', '·':
		return true
	}
	return false
}

const lower = "abcdefghijklmnopqrstuvwxyz"

// foldedRunes remembers what foldRune said of the runes of 16 bits that were asked for.
var foldedRunes [1 << 16]atomic.Pointer[string]

// foldRune returns what one rune becomes.
func foldRune(r rune) string {
	if int(r) >= len(foldedRunes) {
		return decomposed(r)
	}
	if s := foldedRunes[r].Load(); s != nil {
		return *s
	}
	s := decomposed(r)
	foldedRunes[r].Store(&s)
	return s
}

func decomposed(r rune) string {
	if unicode.Is(unicode.Hangul, r) {
		return string(r) // its decomposition is into letters, which nobody searches
	}
	s := string(r)
	for {
		t := strings.Map(func(r rune) rune {
			if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
				return -1
			}
			return unicode.ToLower(r)
		}, norm.NFKD.String(s))
		if t == s {
			return t
		}
		s = t
	}
}

//go:embed foldtable.txt
var foldTable string

// A phrase is an entry of the table beyond a single character of the same size.
type phrase struct {
	key, value string
	straight   bool
}

// A phraseTable holds the table's entries by their first rune, longest first.
type phraseTable struct {
	lists  [1 << 16]uint16 // of a rune, into common; 0: none. Asked for every rune of every text
	common [][]phrase
	rare   map[rune][]phrase // runes beyond 16 bits
}

func (t *phraseTable) of(r rune) []phrase {
	if int(r) < len(t.lists) {
		return t.common[t.lists[r]]
	}
	return t.rare[r]
}

var phrases = sync.OnceValue(func() *phraseTable {
	byRune := map[rune][]phrase{}
	for line := range strings.Lines(foldTable) {
		if key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok && key != "#" {
			first, _ := utf8.DecodeRuneInString(key)
			byRune[first] = append(byRune[first], phrase{key, value, straight(key, value)})
		}
	}
	t := &phraseTable{common: make([][]phrase, 1, len(byRune)+1), rare: map[rune][]phrase{}}
	for first, list := range byRune {
		slices.SortFunc(list, func(a, b phrase) int { return len(b.key) - len(a.key) })
		if int(first) < len(t.lists) {
			t.lists[first] = uint16(len(t.common))
			t.common = append(t.common, list)
		} else {
			t.rare[first] = list
		}
	}
	return t
})

func straight(a, b string) bool {
	for a != "" && b != "" {
		_, n := utf8.DecodeRuneInString(a)
		_, m := utf8.DecodeRuneInString(b)
		if n != m {
			return false
		}
		a, b = a[n:], b[n:]
	}
	return a == b
}

// foldPhrases folds 繁 to 简, longest match first, left to right.
func foldPhrases(w *rewriter) {
	table := phrases()
next:
	for i := 0; i < len(w.src); {
		if w.src[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := han(w.src, i), len("字")
		if r < 0 {
			r, n = utf8.DecodeRuneInString(w.src[i:])
		}
		for _, p := range table.of(r) {
			if strings.HasPrefix(w.src[i:], p.key) {
				if p.key != p.value {
					w.replace(i, i+len(p.key), p.value, p.straight)
				}
				i += len(p.key)
				continue next
			}
		}
		i += n
	}
}
