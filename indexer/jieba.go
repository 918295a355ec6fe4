package indexer

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
	"weak"

	"github.com/yanyiwu/gojieba"
)

// analyzerVersion rises with every change of code that changes what an Entry holds, so that indexes are built anew.
const analyzerVersion = "2"

// A Segmenter cuts Chinese text into words. Its methods may be called concurrently. Its 150 MB outside of Go's heap are
// given back when nobody refers to it any more.
type Segmenter struct {
	dictionary
	synonyms
	jieba *gojieba.Jieba
	hash  string
}

// segmenters finds the one Segmenter of each lexicon that somebody uses.
var segmenters = struct {
	sync.Mutex
	byHash map[string]weak.Pointer[Segmenter]
}{byHash: map[string]weak.Pointer[Segmenter]{}}

// OpenSegmenter returns the Segmenter with the built-in dictionary alone, unpacked into dir. It takes about a second and
// 150 MB, and nothing where somebody has it already.
func OpenSegmenter(dir string) (*Segmenter, error) {
	return builtIn().Open(dir)
}

// Open returns the Segmenter of the lexicon as OpenSegmenter does. What it unpacks into dir is read only meanwhile.
func (l *Lexicon) Open(dir string) (*Segmenter, error) {
	if strings.ContainsAny(dir, "|;") {
		return nil, fmt.Errorf("dictionary: the folder %s has | or ; in its name, which gojieba takes for two names", dir)
	}
	segmenters.Lock()
	defer segmenters.Unlock()
	if s := segmenters.byHash[l.Hash].Value(); s != nil {
		return s, nil
	}
	d, err := readDictionary(l.main, l.user, l.stop)
	if err != nil {
		return nil, err
	}
	files := map[string]string{"jieba.dict.utf8": l.main, "hmm_model.utf8": hmmModel, "user.dict.utf8": l.user + d.add(l.all()), "unused.utf8": unusedDict}
	s := &Segmenter{dictionary: d, synonyms: newSynonyms(l.groups, &d), hash: "jieba-" + l.Hash + "." + analyzerVersion}
	path := map[string]string{}
	for name, text := range files {
		path[name] = filepath.Join(dir, "dict-"+l.Hash, name)
		if err := unpack(path[name], text); err != nil {
			return nil, fmt.Errorf("unpack the dictionary: %w", err)
		}
	}
	s.jieba = gojieba.NewJieba(path["jieba.dict.utf8"], path["hmm_model.utf8"], path["user.dict.utf8"], path["unused.utf8"], path["unused.utf8"])
	segmenters.byHash[l.Hash] = weak.Make(s)
	return s, nil
}

// Hash names the dictionary, the other tables and the version of the analysis: entries made under different hashes
// don't compare.
func (s *Segmenter) Hash() string { return s.hash }

// Cut returns the tokens of text in the order of their words, each word after its sub-words, which share its
// position. Terms are folded; blanks and punctuation give none. Runs of letters and digits of other scripts stay whole
// (Fe3O4, PM2.5, ZK-5040/2) and have the parts between their connectors as sub-words.
func (s *Segmenter) Cut(text string) []Token {
	f := Fold(text)
	words := s.cut(f.Text)
	tokens := make([]Token, len(words))
	position := 1
	for i, w := range words {
		start, end := f.Original(w.start, w.end)
		term := f.Text[w.start:w.end]
		tokens[i] = Token{term, position, start, end, s.same[term]}
		if !w.sub {
			position++
		}
	}
	return tokens
}

// Words returns the words of text without their sub-words, folded, each synonym as the word that stands for all.
func (s *Segmenter) Words(text string) []string {
	f := Fold(text)
	var out []string
	for _, w := range s.cut(f.Text) {
		if !w.sub {
			out = append(out, s.stands(f.Text[w.start:w.end]))
		}
	}
	return out
}

// A piece is a word, or a sub-word of the next word, as a range of a folded text.
type piece struct {
	start, end int
	sub        bool
}

// cut cuts a folded text. Runs of other scripts are cut here, and the rest by gojieba, which gets spaces in the place
// of whatever is no letter: so it needs no rules for them, and offsets stay. It reads up to the first zero byte, too.
func (s *Segmenter) cut(text string) []piece {
	var runs []piece
	han := []byte(text)
	found := false
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case 0x4e00 <= r && r <= 0x9fff: // nearly always
			found = true
		case alphabetic(r):
			end := i + runEnd(text[i:])
			runs = appendRun(runs, text, i, end)
			blank(han[i:end])
			i = end
			continue
		case unicode.IsLetter(r):
			found = true
		default:
			blank(han[i : i+n])
		}
		i += n
	}
	if !found {
		return runs
	}
	cut := s.jieba.Tokenize(string(han), gojieba.SearchMode, true)
	runtime.KeepAlive(s.jieba) // which is freed with its last reference, be it at work or not
	out := make([]piece, 0, len(cut)+len(runs))
	// gojieba gives each word after its sub-words, so a sub-word has something after it that begins before its end.
	least := len(text)
	for _, w := range slices.Backward(cut) {
		if r, _ := utf8.DecodeRuneInString(w.Str); unicode.IsLetter(r) {
			out = append(out, piece{w.Start, w.End, least < w.End})
		}
		least = min(least, w.Start)
	}
	slices.Reverse(out)
	return merge(out, runs)
}

// merge merges two lists of pieces whose words don't overlap.
func merge(a, b []piece) []piece {
	if len(b) == 0 {
		return a
	}
	out := make([]piece, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].start < b[0].start {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// blank fills b with what gojieba parts words at and gives a token each: few tokens are faster than many.
func blank(b []byte) {
	for ; len(b) >= len("，"); b = b[len("，"):] {
		copy(b, "，")
	}
	copy(b, "  ")
}

// alphabetic reports whether r belongs to a run of letters and digits that is cut here and not by gojieba.
func alphabetic(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
	}
	return unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Nd) ||
		unicode.IsLetter(r) && unicode.In(r, unicode.Mongolian, unicode.Tibetan, unicode.Arabic)
}

// maxTerm is the length in bytes at which a run is broken: no model number is longer, a base64 block is.
const maxTerm = 64

// runEnd returns the length of the run at the start of s: letters and digits, with single connectors between them.
func runEnd(s string) int {
	end := 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if i+n > maxTerm {
			break
		}
		if alphabetic(r) {
			end = i + n
		} else if end < i || !strings.ContainsRune(".-+/&", r) {
			break
		}
		i += n
	}
	return end
}

// appendRun appends the run text[start:end] after its parts.
func appendRun(out []piece, text string, start, end int) []piece {
	run := text[start:end]
	if strings.ContainsAny(run, "-+/&") && strings.ContainsFunc(run, unicode.IsLetter) {
		at := start
		for part := range strings.FieldsFuncSeq(run, func(r rune) bool { return strings.ContainsRune("-+/&", r) }) {
			if utf8.RuneCountInString(part) > 1 {
				out = append(out, piece{at, at + len(part), true})
			}
			at += len(part) + 1
		}
	}
	return append(out, piece{start, end, false})
}
