package corpus

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/width"
)

// Clean returns s as plain text: without HTML tags and entities, control and zero-width characters, with single spaces
// and at most one empty line in a row. What only looks like a tag ("<10%", "a<b") stays. Clean(Clean(s)) is Clean(s).
func Clean(s string) string {
	for range maxNesting {
		if isClean(s) {
			return s
		}
		once := blanks(s)
		if strings.ContainsAny(once, "<&") {
			once = blanks(markup(once))
		}
		if once == s {
			return s
		}
		s = once
	}
	return blanks(strings.NewReplacer("<", "", "&", "").Replace(s))
}

// maxNesting is how often escaped markup is unwrapped; real pages need two. What is nested deeper was made to cost time.
const maxNesting = 8

// CleanLine is Clean for what stands in one line.
func CleanLine(s string) string {
	s = Clean(s)
	if !strings.Contains(s, "\n") {
		return s
	}
	return newlines.ReplaceAllString(s, " ")
}

var newlines = regexp.MustCompile(`\n+`)

// isClean reports whether Clean leaves s as it is; of some odd texts it does not know. Nearly all texts that come are
// clean, and each comes several times.
func isClean(s string) bool {
	plain := ordinary()
	last := byte('\n') // no blank begins a text
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if !plain.has(r) {
				return false
			}
			last = c
			i += n
			continue
		}
		switch {
		case c == ' ' && (last == ' ' || last == '\n'), c == '\n' && (last == ' ' || i == 0 || last == '\n' && (i == 1 || s[i-2] == '\n')):
			return false
		case c < ' ' && c != '\n' || c == 0x7f:
			return false
		case (c == '<' || c == '&') && i+1 < len(s) && (letter(s[i+1]) || strings.IndexByte("/!?#", s[i+1]) >= 0):
			return false
		}
		last = c
		i++
	}
	return s == "" || last != ' ' && last != '\n'
}

// ordinary are the runes above ASCII, of two or three bytes, that blanks leaves wherever they stand.
var ordinary = sync.OnceValue(func() *runeSet {
	var s runeSet
	for r := rune(utf8.RuneSelf); int(r) < len(s); r++ {
		s[r] = r != utf8.RuneError && !joins(r) && !unicode.In(r, unicode.Zs, unicode.Zl, unicode.Zp, unicode.Cc, unicode.Co) && !invisible(r)
	}
	return &s
})

// blanks folds runs of space to one, keeps one empty line between paragraphs, and drops control characters.
func blanks(s string) string {
	out := make([]byte, 0, len(s))
	var space bool
	var lines int
	var last rune
	for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
		switch {
		case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029:
			lines++
			continue
		case joins(r) && unicode.In(last, joined...):
		case r == '\t' || unicode.Is(unicode.Zs, r) || 0xF020 <= r && r <= 0xF0FF: // the last: bullets of symbol fonts
			space = true
			continue
		case unicode.Is(unicode.Cc, r) || invisible(r):
			continue
		}
		if len(out) > 0 {
			switch {
			case lines > 1:
				out = append(out, "\n\n"...)
			case lines == 1:
				out = append(out, '\n')
			case space:
				out = append(out, ' ')
			}
		}
		space, lines, last = false, 0, r
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// joins reports whether r is part of the spelling of some scripts and of emoji: zero-width joiners, and the narrow space
// before Mongolian suffixes.
func joins(r rune) bool { return r == 0x200C || r == 0x200D || r == 0x202F }

// joined are the characters after which joiners mean something.
var joined = []*unicode.RangeTable{unicode.Mongolian, unicode.Arabic, unicode.Tibetan, unicode.So, unicode.Sk, unicode.Mn}

// invisible reports zero-width spaces, direction marks and soft hyphens.
func invisible(r rune) bool {
	return r == 0xAD || r == 0xFEFF || 0x200B <= r && r <= 0x200F || 0x202A <= r && r <= 0x202E || 0x2060 <= r && r <= 0x2069 ||
		0xFFF9 <= r && r <= 0xFFFB
}

var (
	entity = regexp.MustCompile(`&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);|&nbsp`)
	// tags are the elements that pages leave behind in copied text. Others are kept: <x<1) is a formula.
	tags = words(`a abbr address article aside b big blockquote body button caption center cite code col colgroup del
		div dl em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header html i iframe
		img input ins label legend link main map marquee meta nav noscript object option param picture q s script section
		select small source span strike strong style sub sup svg table tbody textarea tfoot thead title tt u var video wbr xml
		` + breaking + ` td th`)
	// breaking elements begin a line.
	breaking = `br p li ul ol tr hr dd dt pre`
	breaks   = words(breaking + ` address article blockquote div dl figure footer form h1 h2 h3 h4 h5 h6 header section table`)
	// superscripts keep 10<sup>-6</sup> from becoming 10-6.
	superscripts = strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹",
		"+", "⁺", "-", "⁻", "−", "⁻", "–", "⁻", "n", "ⁿ")
)

func words(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}

// markup takes HTML tags, comments and entities out of s.
func markup(s string) string {
	var out []byte
	var raised bool // inside <sup>
	hidden := -1    // where the text of a script or style begins
	z := html.NewTokenizer(strings.NewReader(s))
	read := 0
	for {
		kind := z.Next()
		raw := z.Raw()
		if kind == html.ErrorToken {
			return string(out) + s[read:]
		}
		read += len(raw)
		whole := bytes.HasSuffix(raw, []byte(">"))
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			text := string(raw)
			name, attributes := z.TagName()
			tag := string(name)
			if !whole || !tags[tag] && !strings.Contains(tag, ":") || attributes && !strings.Contains(text, "=") {
				out = append(out, text...)
				continue
			}
			switch {
			case tag == "sup":
				raised = kind == html.StartTagToken
			case breaks[tag]:
				out = append(out, '\n')
			case tag == "td" || tag == "th":
				out = append(out, ' ')
			case (tag == "script" || tag == "style") && kind == html.StartTagToken:
				hidden = len(out)
			case (tag == "script" || tag == "style") && hidden >= 0:
				out, hidden = out[:hidden], -1
			}
		case html.CommentToken, html.DoctypeToken:
			if text := string(raw); !whole || !bytes.HasPrefix(raw, []byte("<!")) && !strings.HasPrefix(text, "<?xml") {
				out = append(out, text...)
			}
		case html.TextToken:
			text := entity.ReplaceAllStringFunc(string(raw), html.UnescapeString)
			if raised {
				text = superscripts.Replace(text)
			}
			out = append(out, text...)
		}
	}
}

// clean makes every text of d plain and drops what is empty, without touching the slices and maps of the caller.
func (d *Doc) clean() {
	for _, s := range []*string{&d.Text, &d.Goal, &d.Tried, &d.StageProof, &d.Evaluation} {
		*s = Clean(*s)
	}
	for _, s := range []*string{&d.Title, &d.Org, &d.OrgCode, &d.Contact, &d.Form, &d.Level, &d.Registration, &d.Position, &d.Programme,
		&d.ProjectNumber, &d.Source, &d.SourceID} {
		*s = CleanLine(*s)
	}
	d.URL, d.Region = strings.TrimSpace(d.URL), CurrentRegion(strings.TrimSpace(d.Region))
	for _, l := range []*[]string{&d.Keywords, &d.People, &d.Indicators} {
		*l = cleanList(*l)
	}
	for _, p := range []**Money{&d.Price, &d.Budget} {
		if *p == nil {
			continue
		}
		m := **p
		m.Text = CleanLine(m.Text)
		if *p = &m; m == (Money{}) {
			*p = nil
		}
	}
	d.Rights = slices.Clone(d.Rights)
	for i, r := range d.Rights {
		d.Rights[i] = Right{Kind: CleanLine(r.Kind), Number: CleanLine(r.Number), State: CleanLine(r.State)}
	}
	d.Rights = slices.DeleteFunc(d.Rights, func(r Right) bool { return r == Right{} })
	d.Extra = cleanExtra(d.Extra)
}

// cleanExtra makes names and values plain. Names that become the same are numbered (备注, 备注_2), those that were plain
// before first.
func cleanExtra(dirty map[string]string) map[string]string {
	clean := make(map[string]string, len(dirty))
	var changed []string
	for _, k := range slices.Sorted(maps.Keys(dirty)) {
		switch v := Clean(dirty[k]); {
		case v == "":
		case k == CleanLine(k):
			clean[k] = v
		default:
			changed = append(changed, k)
		}
	}
	for _, k := range changed {
		plain := CleanLine(k)
		name := plain
		for n := 2; clean[name] != ""; n++ {
			name = fmt.Sprintf("%s_%d", plain, n)
		}
		clean[name] = Clean(dirty[k])
	}
	return clean
}

func cleanList(list []string) []string {
	var out []string
	for _, s := range list {
		if s = CleanLine(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// normal folds s for comparing texts: half width, lower case, letters and digits only.
func normal(s string) string {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case 0x4e00 <= r && r <= 0x9fff, 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			out = utf8.AppendRune(out, r)
		case 'A' <= r && r <= 'Z':
			out = append(out, byte(r)-'A'+'a')
		case r < utf8.RuneSelf:
		default:
			if narrow := width.LookupRune(r).Narrow(); narrow != 0 {
				r = narrow
			}
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				out = utf8.AppendRune(out, unicode.ToLower(r))
			}
		}
	}
	return string(out)
}
