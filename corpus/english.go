package corpus

import (
	_ "embed"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Messages about rows and files are written in Chinese, as most who read them are. english.tsv has each in English, with {}
// for what is put in: {2} in the English is the second of the Chinese.
//
//go:embed english.tsv
var englishTable string

// A wording is a message in both languages.
type wording struct {
	chinese *regexp.Regexp // with a group for each {}
	english string         // with {1} for each
}

var wordings = sync.OnceValue(func() []wording { return wordingsOf(englishTable) })

// wordingsOf reads a table of messages: a line for each, as it is and in the other language.
func wordingsOf(table string) (out []wording) {
	for line := range strings.Lines(table) {
		chinese, english, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		parts := strings.Split(chinese, "{}")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		for i := 1; strings.Contains(english, "{}"); i++ {
			english = strings.Replace(english, "{}", "{"+strconv.Itoa(i)+"}", 1)
		}
		out = append(out, wording{regexp.MustCompile(`(?s)^` + strings.Join(parts, `(.*?)`) + `$`), english})
	}
	slices.SortStableFunc(out, func(a, b wording) int { return a.chinese.NumSubexp() - b.chinese.NumSubexp() }) // the exact ones first
	return out
}

// Translator returns what says a message of a table, which is as english.tsv, in the other language, and any other text as it is.
func Translator(table string) func(string) string {
	list := wordingsOf(table)
	return func(s string) string { return reworded(list, s) }
}

// English returns a message or fix of an Error of this package in English, as it is where it is none of these. What was
// put into it, a cell or a name, stays as it stood.
func English(s string) string {
	if !strings.ContainsFunc(s, isHan) {
		return s
	}
	return reworded(wordings(), s)
}

func reworded(list []wording, s string) string {
	for _, w := range list {
		if m := w.chinese.FindStringSubmatch(s); m != nil {
			pairs := make([]string, 0, 2*len(m))
			for i, put := range m[1:] {
				pairs = append(pairs, "{"+strconv.Itoa(i+1)+"}", put)
			}
			return strings.NewReplacer(pairs...).Replace(w.english)
		}
	}
	return s
}

// In returns e as it is said in a language: "en", else as it is.
func (e *Error) In(lang string) *Error {
	if lang != "en" {
		return e
	}
	out := *e
	out.Message, out.Fix = English(e.Message), English(e.Fix)
	return &out
}
