package api

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"duijie/corpus"
)

const (
	maxTemplate = 20 << 20 // bytes of a template, and of each part that holds places
	maxUnknown  = 20       // places that an error names
)

var (
	docxPlaces = regexp.MustCompile(`\{\{([^{}]*)\}\}`)
	docxTexts  = regexp.MustCompile(`^word/(document|header|footer|footnotes|endnotes)\d*\.xml$`)
)

// fillDocx returns a .docx template with the places of its texts, {{name}}, filled; \n in a value breaks the line. Word cuts
// a text into runs as it likes, also amid a place: a paragraph is looked at as a whole, and a value looks as the beginning of
// its place does. All else stays as it is. The library for this that is most used (lukasjarosch/go-docx) knows no two braces,
// and leaves what it does not know without a word. An error has code Invalid, and names the places that place doesn't know.
func fillDocx(template []byte, place func(name string) (value string, known bool)) ([]byte, error) {
	refuse := func(fix, format string, args ...any) error {
		e := corpus.Errorf(corpus.Invalid, format, args...)
		e.Field, e.Fix = "template", fix
		return e
	}
	const anew = "save it again as .docx"
	in, err := zip.NewReader(bytes.NewReader(template), int64(len(template)))
	if err != nil {
		return nil, refuse(anew, "the template is no .docx: %v", err)
	}
	f := filler{place: place}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	texts := false
	for _, part := range in.File {
		if !docxTexts.MatchString(part.Name) {
			if err := z.Copy(part); err != nil {
				return nil, refuse(anew, "the template's %s can't be read: %v", part.Name, err)
			}
			continue
		}
		texts = texts || strings.HasPrefix(part.Name, "word/document")
		b, err := readPart(part)
		if err == nil {
			b, err = f.fill(b)
		}
		if err != nil {
			return nil, refuse(anew, "the template's %s can't be read: %v", part.Name, err)
		}
		w, err := z.Create(part.Name)
		if err == nil {
			_, err = w.Write(b)
		}
		if err != nil {
			return nil, err
		}
	}
	switch {
	case !texts:
		return nil, refuse(anew, "the template holds no document")
	case len(f.unknown) > 0:
		return nil, refuse("use the places that docs/reports.md lists", "the template names %s, which is no place", strings.Join(f.unknown, ", "))
	}
	err = z.Close()
	return out.Bytes(), err
}

// readPart reads a part of a package, of maxTemplate bytes at most.
func readPart(part *zip.File) ([]byte, error) {
	r, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxTemplate+1))
	if len(b) > maxTemplate {
		err = fmt.Errorf("it has more than %d bytes", maxTemplate)
	}
	return b, err
}

// A filler fills the parts of one template.
type filler struct {
	place   func(name string) (string, bool)
	unknown []string
}

// A docxText is a <w:t> of a part: where it stands in it, from its first byte to the one behind its last, and its text.
type docxText struct {
	from, to int
	text     string
}

// fill returns a part with the places of its paragraphs filled.
func (f *filler) fill(part []byte) ([]byte, error) {
	var out bytes.Buffer
	var open [][]docxText // paragraphs, of which text boxes hold others
	var inside *docxText
	type edit struct {
		from, to int
		with     string
	}
	var edits []edit
	d := xml.NewDecoder(bytes.NewReader(part))
	for {
		from := int(d.InputOffset())
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch {
			case inside != nil:
				return nil, errors.New("a text holds an element")
			case !ofWord(e.Name):
			case e.Name.Local == "p":
				open = append(open, nil)
			case e.Name.Local == "t" && len(open) > 0:
				inside = &docxText{from: from}
			}
		case xml.CharData:
			if inside != nil {
				inside.text += string(e)
			}
		case xml.EndElement:
			last := len(open) - 1
			switch {
			case !ofWord(e.Name):
			case e.Name.Local == "t" && inside != nil:
				inside.to = int(d.InputOffset())
				open[last] = append(open[last], *inside)
				inside = nil
			case e.Name.Local == "p" && last >= 0:
				for i, with := range f.paragraph(part, open[last]) {
					edits = append(edits, edit{open[last][i].from, open[last][i].to, with})
				}
				open = open[:last]
			}
		}
	}
	slices.SortFunc(edits, func(a, b edit) int { return a.from - b.from })
	at := 0
	for _, e := range edits {
		out.Write(part[at:e.from])
		out.WriteString(e.with)
		at = e.to
	}
	out.Write(part[at:])
	return out.Bytes(), nil
}

// ofWord reports whether a name is one of WordprocessingML, transitional or strict.
func ofWord(n xml.Name) bool {
	return n.Space == "http://schemas.openxmlformats.org/wordprocessingml/2006/main" || n.Space == "http://purl.oclc.org/ooxml/wordprocessingml/main"
}

// paragraph returns what stands in the place of the texts of a paragraph, by their number, where places change them.
func (f *filler) paragraph(part []byte, texts []docxText) map[int]string {
	var whole strings.Builder
	for _, t := range texts {
		whole.WriteString(t.text)
	}
	said := whole.String()
	places := docxPlaces.FindAllStringSubmatchIndex(said, -1)
	if rest := docxPlaces.ReplaceAllString(said, ""); strings.Contains(rest, "{{") {
		_, rest, _ = strings.Cut(rest, "{{")
		f.lacks("{{" + rest)
	}
	if places == nil {
		return nil
	}
	become := make([]strings.Builder, len(texts))
	touched := map[int]string{}
	// give adds what stands in [from, to) to the texts that hold it, or value to the one that holds its beginning.
	give := func(from, to int, value *string) {
		begin := 0
		for i, t := range texts {
			end := begin + len(t.text)
			if a, b := max(from, begin), min(to, end); a < b {
				if value == nil {
					xml.EscapeText(&become[i], []byte(said[a:b])) // a Builder takes all
				} else {
					touched[i] = ""
					if a == from {
						become[i].WriteString(broken(part, t, *value))
					}
				}
			}
			begin = end
		}
	}
	at := 0
	for _, p := range places {
		give(at, p[0], nil)
		name := strings.TrimSpace(said[p[2]:p[3]])
		value, known := f.place(name)
		if !known {
			f.lacks("{{" + name + "}}")
		}
		give(p[0], p[1], &value)
		at = p[1]
	}
	give(at, len(said), nil)
	for i := range touched {
		tag := runTag(part, texts[i])
		touched[i] = "<" + tag + ` xml:space="preserve">` + become[i].String() + "</" + tag + ">"
	}
	return touched
}

// broken is a value as it stands inside of a text.
func broken(part []byte, t docxText, value string) string {
	tag := runTag(part, t)
	var out strings.Builder
	for i, line := range strings.Split(value, "\n") {
		if i > 0 {
			out.WriteString("</" + tag + "><" + strings.TrimSuffix(tag, "t") + `br/><` + tag + ` xml:space="preserve">`)
		}
		xml.EscapeText(&out, []byte(line)) // a Builder takes all
	}
	return out.String()
}

// runTag is the name of a text's element with the prefix that the part gives it: w:t.
func runTag(part []byte, t docxText) string {
	name := part[t.from+1 : t.to]
	return string(name[:bytes.IndexAny(name, " \t\r\n/>")])
}

// lacks notes a place that is not known.
func (f *filler) lacks(name string) {
	if runes := []rune(name); len(runes) > 60 {
		name = string(runes[:60]) + "…"
	}
	if !slices.Contains(f.unknown, name) && len(f.unknown) < maxUnknown {
		f.unknown = append(f.unknown, name)
	}
}
