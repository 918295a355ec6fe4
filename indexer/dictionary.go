package indexer

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The dictionary files of gojieba, copied from its module by `make deps`.
var (
	//go:embed dict/jieba.dict.utf8
	wordDict string
	//go:embed dict/hmm_model.utf8
	hmmModel string
	//go:embed dict/user.dict.utf8
	userDict string
	//go:embed dict/stop_words.utf8
	stopWords string
)

// unusedDict stands for gojieba's tables of idf and stop words, which it reads and nothing of ours asks it for.
const unusedDict = "的 1\n"

// A dictionary says how common words are.
type dictionary struct {
	words map[string]entry
	total float64 // of all counts
}

// An entry is what the dictionary says of a word.
type entry struct {
	count uint32
	empty bool // a stop word, or a pronoun, particle, numeral, ...: says nothing about a document
	tag   byte // first letter of its part of speech, 0 where the main dictionary does not have it
}

// functionTags are the parts of speech in the dictionary that say nothing about a document: conjunction, preposition,
// pronoun, particle, numeral, measure word, interjection, sound. Adverbs are not among them: 高速, 随机, 快速.
const functionTags = "cpruymqeo"

// userCount is what a user's word without a count is taken to have.
const userCount = 50

// readDictionary reads the main dictionary, the user's and the stop words. It checks their form, because gojieba ends
// the process where it can't read a line.
func readDictionary(main, user, stop string) (d dictionary, err error) {
	d.words = make(map[string]entry, strings.Count(main, "\n"))
	bad := func(file string, line int, text string) (dictionary, error) {
		return d, fmt.Errorf(`dictionary: %s, line %d: %q is not "word count tag"`, file, line, strings.TrimSuffix(text, "\n"))
	}
	n := 0
	for line := range strings.Lines(main) {
		n++
		part := strings.Split(strings.TrimSuffix(line, "\n"), " ")
		if len(part) != 3 || part[0] == "" || part[2] == "" || !utf8.ValidString(part[0]) {
			return bad("jieba.dict.utf8", n, line)
		}
		count, err := strconv.ParseUint(part[1], 10, 32)
		if err != nil || count == 0 {
			return bad("jieba.dict.utf8", n, line)
		}
		d.words[part[0]] = entry{uint32(count), strings.Contains(functionTags, part[2][:1]), part[2][0]}
		d.total += float64(count)
	}
	if n == 0 {
		return d, errors.New("dictionary: jieba.dict.utf8 is empty")
	}
	n = 0
	for line := range strings.Lines(user) {
		n++
		part := strings.Split(strings.TrimSuffix(line, "\n"), " ")
		if part[0] == "" && len(part) == 1 {
			continue
		}
		if len(part) > 3 || slices.Contains(part, "") || !utf8.ValidString(part[0]) {
			return bad("user.dict.utf8", n, line)
		}
		count := uint64(userCount)
		if len(part) == 3 {
			if count, err = strconv.ParseUint(part[1], 10, 31); err != nil || count == 0 {
				return bad("user.dict.utf8", n, line)
			}
		}
		d.words[part[0]] = entry{count: uint32(count)}
	}
	for line := range strings.Lines(stop) {
		word := Fold(strings.TrimSpace(line)).Text
		d.words[word] = entry{d.words[word].count, true, d.words[word].tag}
	}
	return d, nil
}

// add takes up words, those without a count with one by which they are cut whole, and returns the lines that tell gojieba
// so. Longer words come after shorter ones, of which they may be made.
func (d *dictionary) add(words []userWord) string {
	var lines strings.Builder
	for _, w := range slices.SortedFunc(slices.Values(words), func(a, b userWord) int {
		return cmp.Or(cmp.Compare(utf8.RuneCountInString(a.word), utf8.RuneCountInString(b.word)), cmp.Compare(a.word, b.word))
	}) {
		count := w.count
		if count == 0 {
			count = max(userCount, d.words[w.word].count, d.whole(w.word))
		}
		d.words[w.word] = entry{count: count, tag: d.words[w.word].tag}
		fmt.Fprintf(&lines, "%s %d n\n", w.word, count)
	}
	return lines.String()
}

// whole returns the least count with which a word is likelier than any two or more words that make it up.
func (d *dictionary) whole(word string) uint32 {
	best := make([]float64, len(word)+1) // of the likeliest words that make up word[:i]
	best[0] = 1
	for end := range word + " " {
		for start := range word[:end] {
			part := word[start:end]
			count := d.words[part].count
			if count == 0 && utf8.RuneCountInString(part) == 1 {
				count = 1
			}
			if part != word {
				best[end] = max(best[end], best[start]*float64(count)/d.total)
			}
		}
	}
	return uint32(min(math.MaxInt32-1, best[len(word)]*d.total)) + 1
}

// Freq returns how likely a word of running text is this one, by the dictionary: (0, 1). Words that the dictionary
// has not seen five times are taken to have been seen five times.
func (d *dictionary) Freq(word string) float64 {
	return float64(max(5, d.words[word].count)) / d.total
}

// IDF returns the weight of a folded word, as the function IDF does.
func (d *dictionary) IDF(word string) float64 { return IDF(word) }

// Empty reports whether a folded word says nothing about a document: a stop word, a function word, a single
// character, a number.
func (d *dictionary) Empty(word string) bool {
	if utf8.RuneCountInString(word) < 2 || d.words[word].empty {
		return true
	}
	return !strings.ContainsFunc(word, unicode.IsLetter)
}

// unpack makes sure that the file at path holds text: gojieba ends the process where a file is missing or damaged.
func unpack(path, text string) error {
	if b, err := os.ReadFile(path); err == nil && string(b) == text {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".unpack-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails after the rename, as it should
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
