package indexer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
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

// LexiconOptions name the files of a lexicon.
type LexiconOptions struct {
	// Dir holds files jieba.dict.utf8, user.dict.utf8 and stop_words.utf8 that take the place of the built-in ones; those
	// that are not there stay built in. "" is the built-in dictionary.
	Dir string
	// Words and Synonyms are the files of an operator. They need not exist.
	Words, Synonyms string
}

// A Lexicon is what a Segmenter is made of: a dictionary, and the words and synonyms of an operator.
type Lexicon struct {
	Hash                        string // of all that follows and of the tables in the program
	Dictionary, Words, Synonyms LexiconPart

	main, user, stop string // dictionary files
	words            []userWord
	wordAt           map[string]int // into words
	groups           [][]string     // words that mean the same
	groupOf          map[string][]string
}

// A LexiconPart is one of the sources of a lexicon.
type LexiconPart struct {
	Hash    string `json:"hash,omitempty"` // of what it says, whatever the comments; "" where it says nothing
	Entries int    `json:"entries"`        // words, or groups of synonyms
}

// A userWord is a folded word with its count in the measure of the dictionary; 0 is one that keeps the word whole.
type userWord struct {
	word  string
	count uint32
}

func builtIn() *Lexicon {
	l := &Lexicon{main: wordDict, user: userDict, stop: stopWords, wordAt: map[string]int{}, groupOf: map[string][]string{}}
	l.seal()
	return l
}

// ReadLexicon reads the files. Its errors name files, lines and what to do; a file with a bad line is refused whole.
func ReadLexicon(o LexiconOptions) (*Lexicon, error) {
	l := builtIn()
	if err := l.readDir(o.Dir); err != nil {
		return nil, err
	}
	err := readLines(o.Words, l.readWord)
	if err := errors.Join(err, readLines(o.Synonyms, l.readGroup)); err != nil {
		return nil, err
	}
	l.seal()
	return l, nil
}

func (l *Lexicon) readDir(dir string) error {
	if dir == "" {
		return nil
	}
	found := false
	for name, text := range map[string]*string{"jieba.dict.utf8": &l.main, "user.dict.utf8": &l.user, "stop_words.utf8": &l.stop} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("dictionary: %w", err)
		}
		*text, found = string(b), true
	}
	if !found {
		return fmt.Errorf("dictionary: %s has none of jieba.dict.utf8, user.dict.utf8, stop_words.utf8", dir)
	}
	return nil
}

// seal computes the hashes.
func (l *Lexicon) seal() {
	l.Dictionary = LexiconPart{hashOf(l.main, l.user, l.stop, hmmModel), strings.Count(l.main, "\n")}
	var words, groups []string
	for _, w := range l.words {
		words = append(words, fmt.Sprintln(w.word, w.count))
	}
	for _, g := range l.groups {
		groups = append(groups, strings.Join(g, " "))
	}
	l.Words, l.Synonyms = partOf(words), partOf(groups)
	l.Hash = hashOf(l.Dictionary.Hash, l.Words.Hash, l.Synonyms.Hash, unusedDict, foldTable, frequenciesFile, elementsFile)
}

func partOf(lines []string) LexiconPart {
	if len(lines) == 0 {
		return LexiconPart{}
	}
	return LexiconPart{hashOf(slices.Sorted(slices.Values(lines))...), len(lines)}
}

func hashOf(texts ...string) string {
	sum := sha256.New()
	for _, t := range texts {
		fmt.Fprintf(sum, "%d\n%s", len(t), t)
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}

// IndexFolder names the folder of an index made with the lexicon and, unless that is "", an outside model.
func (l *Lexicon) IndexFolder(outside string) string {
	name := l.Hash
	if outside != "" {
		name += "\n" + outside
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:6])
}

// all returns the words that the dictionary is to know: the operator's and those of the synonyms. Runs of letters and
// digits are words anyway.
func (l *Lexicon) all() []userWord {
	words := slices.Clone(l.words)
	for w := range l.groupOf {
		if _, listed := l.wordAt[w]; !listed {
			words = append(words, userWord{word: w})
		}
	}
	return slices.DeleteFunc(words, func(w userWord) bool { r, _ := utf8.DecodeRuneInString(w.word); return alphabetic(r) })
}

// shownFaults is how many bad lines of a file an error names.
const shownFaults = 5

// readLines gives each line of a file that says something to read: without comment and outer blanks, split at blanks. A
// file that does not exist has none.
func readLines(path string, read func(text string) error) error {
	if path == "" {
		return nil
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var bad []error
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(string(b), "\ufeff")) {
		n++
		text, _, _ := strings.Cut(line, "#")
		err := errors.New("this is not UTF-8 (save the file as UTF-8)")
		if utf8.ValidString(line) {
			if text = strings.TrimSpace(text); text == "" {
				continue
			}
			err = read(text)
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("%s line %d: %w", path, n, err))
		}
	}
	if more := len(bad) - shownFaults; more > 0 {
		bad = append(bad[:shownFaults], fmt.Errorf("%s: %d more lines like these", path, more))
	}
	return errors.Join(bad...)
}

// readWord reads "word", "word count", and with a part of speech behind, as jieba's own user dictionaries have it, which
// is not used. Of a word that stands twice the later line counts.
func (l *Lexicon) readWord(text string) error {
	part := strings.Fields(text)
	word, err := foldWord(part[0])
	if err != nil {
		return err
	}
	w := userWord{word: word}
	rest := part[1:]
	if len(rest) > 0 && strings.Trim(rest[0], "0123456789.-+") == "" {
		count, err := strconv.ParseUint(rest[0], 10, 32)
		if err != nil || count == 0 || count > math.MaxInt32 {
			return fmt.Errorf("%q is no count (a whole number above 0; leave it out to keep the word whole)", rest[0])
		}
		w.count, rest = uint32(count), rest[1:]
	}
	if len(rest) > 1 || len(rest) == 1 && (len(rest[0]) > 4 || strings.Trim(rest[0], "abcdefghijklmnopqrstuvwxyz") != "") {
		return fmt.Errorf("%q stands behind the word (write one word a line, and a count behind it if you like)", strings.Join(part[1:], " "))
	}
	if at, listed := l.wordAt[word]; listed {
		l.words[at] = w
		return nil
	}
	l.wordAt[word] = len(l.words)
	l.words = append(l.words, w)
	return nil
}

// maxUserWord is the length in characters of the longest word an operator may give.
const maxUserWord = 32

// foldWord folds a word and reports why it can't be one.
func foldWord(text string) (string, error) {
	word := Fold(text).Text
	n := utf8.RuneCountInString(word)
	if n > maxUserWord {
		return "", fmt.Errorf("%q has %d characters (%d at most)", text, n, maxUserWord)
	}
	first, _ := utf8.DecodeRuneInString(word)
	if alphabetic(first) && runEnd(word) == len(word) {
		return word, nil
	}
	if at := strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !alphabetic(r) }); at >= 0 {
		r, _ := utf8.DecodeRuneInString(word[at:])
		return "", fmt.Errorf("%q has %q in it (a word is of Chinese characters, or of letters and digits)", text, r)
	}
	if strings.ContainsFunc(word, alphabetic) {
		return "", fmt.Errorf("%q mixes Chinese characters with letters or digits, which are always cut apart (give one of the two)", text)
	}
	return word, nil
}

// separators stand between the words of a group of synonyms, like blanks.
const separators = "、，,;；=|"

// readGroup reads a group of synonyms.
func (l *Lexicon) readGroup(text string) error {
	var group []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(separators, r) }) {
		word, err := foldWord(part)
		if err != nil {
			return err
		}
		if g := l.groupOf[word]; g != nil {
			return fmt.Errorf("%q stands with %s already (join the two lines, or leave it out of one)", part, strings.Join(g, "、"))
		}
		if !slices.Contains(group, word) {
			group = append(group, word)
		}
	}
	if len(group) < 2 {
		return fmt.Errorf("%q is one word (write all words that mean the same in one line, such as 土豆、马铃薯)", text)
	}
	for _, w := range group {
		l.groupOf[w] = group
	}
	l.groups = append(l.groups, group)
	return nil
}

// synonyms say which words mean the same.
type synonyms struct {
	same   map[string]string   // by word the one that stands for all; that itself is not in it
	groups map[string][]string // by word that stands for all: all, it the first
}

// newSynonyms lets that word stand for a group which says something and is the commonest by IDF, so that it weighs what
// texts in either word together weigh.
func newSynonyms(groups [][]string, d *dictionary) synonyms {
	s := synonyms{map[string]string{}, map[string][]string{}}
	for _, g := range groups {
		g = slices.SortedStableFunc(slices.Values(g), func(a, b string) int {
			empty := func(w string) float64 {
				if d.Empty(w) {
					return math.Inf(1)
				}
				return d.IDF(w)
			}
			return cmp.Compare(empty(a), empty(b))
		})
		s.groups[g[0]] = g
		for _, w := range g[1:] {
			s.same[w] = g[0]
		}
	}
	return s
}

// stands returns the word that stands for a word and its synonyms: mostly the word itself.
func (s *synonyms) stands(word string) string { return cmp.Or(s.same[word], word) }

// Synonyms returns all words that mean the same as a folded word, itself among them; at least that.
func (s *synonyms) Synonyms(word string) []string {
	if g := s.groups[s.stands(word)]; g != nil {
		return g
	}
	return []string{word}
}
