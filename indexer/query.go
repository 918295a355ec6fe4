package indexer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A form is how a clause wants its text found.
type form int

const (
	asWords  form = iota // its words, most of them
	asPhrase             // just so
	asPrefix             // just so, with any end of the last word
)

// A clause is one piece of what a person typed.
type clause struct {
	form  form
	field string // "" where none was named
	text  string // as typed, without the signs; never empty
	not   bool
}

// queryFields are the names of fields a person may type before a colon.
var queryFields = map[string]string{
	"title": "title", "标题": "title", "名称": "title",
	"text": "text", "正文": "text",
	"org": "org", "单位": "org",
	"people": "people", "人员": "people",
	"keywords": "keywords", "关键词": "keywords",
	"id": "id", "编号": "id",
	"registration": "registration", "登记号": "registration",
}

const (
	colons = ":："
	stars  = "*＊"
	// Bytes in which the longest name of a field and its colon fit.
	maxFieldName = 16
	// A minus before a digit is a number's sign (-20℃), never an exclusion.
	minuses = "-－−"
)

// closing gives the signs that end a phrase, by the sign that opens it. Input methods mix the double quotes up.
var closing = map[rune]string{'"': `"”“＂`, '“': `"”“＂`, '”': `"”“＂`, '＂': `"”“＂`, '「': "」", '『': "』"}

// parseQuery reads typed text: words, "phrases", prefix*, field:word, field:"phrase" and - before any of them, with
// full-width signs too. What is not well formed (a quote that is never closed, a lone - or *, a field without a
// value) is plain text: there are no errors.
func parseQuery(text string) []clause {
	var out []clause
	for text = strings.TrimSpace(strings.ToValidUTF8(text, "")); text != ""; text = strings.TrimSpace(text) {
		var c clause
		c, text = parseClause(text)
		if c.text = strings.TrimSpace(c.text); c.text != "" {
			out = append(out, c)
		}
	}
	return out
}

// parseClause reads the clause at the start of text, which is neither empty nor begins with space.
func parseClause(text string) (c clause, rest string) {
	if first, size := utf8.DecodeRuneInString(text); strings.ContainsRune(minuses, first) && canExclude(text[size:]) {
		c.not, text = true, text[size:]
	}
	if field, value, ok := cutField(text); ok {
		c.field, text = field, value
	}
	if inner, rest, ok := cutPhrase(text); ok {
		c.form, c.text = asPhrase, inner
		return c, rest
	}
	end := len(text)
	for i, r := range text {
		if _, _, phrase := cutPhrase(text[i:]); phrase || unicode.IsSpace(r) {
			end = i
			break
		}
	}
	c.text = text[:end]
	if c.field != "" || c.not {
		c.form = asPhrase
	}
	if bare := strings.TrimRight(c.text, stars); bare != c.text && strings.ContainsFunc(bare, isWord) {
		c.form, c.text = asPrefix, bare
	}
	return c, text[end:]
}

// canExclude reports whether text can stand behind a minus.
func canExclude(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	_, _, phrase := cutPhrase(text)
	return phrase || isWord(first) && !unicode.IsDigit(first)
}

// cutField takes the name of a field and its colon off text, if a value follows.
func cutField(text string) (field, value string, ok bool) {
	at := strings.IndexAny(text[:min(len(text), maxFieldName)], colons)
	if at < 0 {
		return "", text, false
	}
	_, size := utf8.DecodeRuneInString(text[at:])
	field, value = queryFields[strings.ToLower(text[:at])], text[at+size:]
	first, _ := utf8.DecodeRuneInString(value)
	_, _, phrase := cutPhrase(value)
	return field, value, field != "" && (phrase || isWord(first))
}

// cutPhrase takes a quoted text that is closed and not empty off the start of text.
func cutPhrase(text string) (inner, rest string, ok bool) {
	open, size := utf8.DecodeRuneInString(text)
	if closing[open] == "" {
		return "", text, false
	}
	end := strings.IndexAny(text[size:], closing[open])
	if end < 0 || strings.TrimSpace(text[size:size+end]) == "" {
		return "", text, false
	}
	_, closeSize := utf8.DecodeRuneInString(text[size+end:])
	return text[size : size+end], text[size+end+closeSize:], true
}

func isWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
