package matcher

import (
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/indexer"
)

// A text is what readers see of one public document, where reasons point at words. Each field is folded and cut into
// sentences once, when first asked for. It is for one goroutine.
type text struct {
	kind   corpus.Kind
	fields [3]field
}

type field struct {
	name, text string
	folded     indexer.Folded
	isFolded   bool
	sentences  []indexer.Span // nil: not cut yet, or none
}

func textOf(d *corpus.Doc) *text {
	return &text{d.Kind, [3]field{{name: "title", text: d.Title}, {name: "text", text: d.Text}, {name: "goal", text: d.Goal}}}
}

// spans appends the first place of a folded word, of which these are the synonyms, in each field.
func (t *text) spans(out []Span, synonyms []string, other string) []Span {
	for i := range t.fields {
		f := &t.fields[i]
		if !f.isFolded {
			f.folded, f.isFolded = indexer.Fold(f.text), true
		}
		if at, ok := f.folded.First(synonyms...); ok {
			out = append(out, Span{Side: t.kind, Field: f.name, Start: at.Start, End: at.End, Word: f.text[at.Start:at.End], Other: other})
		}
	}
	return out
}

// written returns that of some synonyms which stands in the text, the first of them where none does.
func (t *text) written(synonyms []string) string {
	if len(synonyms) > 1 {
		for _, at := range t.spans(nil, synonyms, "") {
			if has := indexer.Fold(at.Word).Text; slices.Contains(synonyms, has) {
				return has
			}
		}
	}
	return synonyms[0]
}

// find appends the first place of a figure as it is written, in the first field that has it.
func (t *text) find(out []Span, figure, other string) []Span {
	for i := range t.fields {
		f := &t.fields[i]
		if at := strings.Index(f.text, figure); at >= 0 {
			return append(out, Span{Side: t.kind, Field: f.name, Start: at, End: at + len(figure), Word: figure, Other: other})
		}
	}
	return out
}
