package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/indexer"
)

// A fact is one thing known of a document, with its name in the page's language.
type fact struct {
	Name   string
	Values []value
}

// A value is one text to show: a code as its name, with the code beside it for who wants it.
type value struct {
	Text string
	Code string // "GB/T 4754-2017: 2614"; "" where the text is no code's name
	URL  string // "" for no link
}

// facts collects the facts of a document in the page's language and remembers which are not known.
type facts struct {
	s     *site
	r     request
	known []fact
	gaps  []string // names of what is asked for and not known
}

// text adds a fact. Values that are empty count as unknown; an asked one is then a gap.
func (f *facts) text(asked bool, key string, texts ...string) {
	var vs []value
	for _, t := range texts {
		if t != "" {
			vs = append(vs, value{Text: t})
		}
	}
	f.values(asked, key, vs)
}

func (f *facts) values(asked bool, key string, vs []value) {
	name := f.r.t(key)
	switch {
	case len(vs) > 0:
		f.known = append(f.known, fact{name, vs})
	case asked:
		f.gaps = append(f.gaps, name)
	}
}

// missing is the one line that says what is not known; "" where nothing is missing.
func (f *facts) missing(key string) string {
	if len(f.gaps) == 0 {
		return ""
	}
	return f.r.t(key, strings.Join(f.gaps, f.r.t("and")))
}

// codes names the codes of one dimension, each linked to a search for its like.
func (s *site) codes(k corpus.Kind, dimension string, list ...string) []value {
	var vs []value
	for _, c := range list {
		if c == "" {
			continue
		}
		q := url.Values{"kind": {string(k)}, dimension: {c}}
		vs = append(vs, value{codeName(dimension, c), codeTitle(dimension, c), s.url("/search?" + q.Encode())})
	}
	return vs
}

// codeName is the name of a code in words, or the code itself where it has none. A county is named with its prefecture.
func codeName(dimension, code string) string {
	table := corpus.CodeTable(dimension)
	name := corpus.CodeName(table, code)
	if name == "" {
		return code
	}
	if table == corpus.Region && code[4:] != "00" {
		return cmp.Or(corpus.CodeName(table, code[:4]+"00"), corpus.CodeName(table, code[:2]+"0000")) + name
	}
	return name
}

// editions name the tables whose codes have names; values of other dimensions have labels.
var editions = map[string]string{"field": "GB/T 4754-2017", "region": "GB/T 2260", "strategic": "战略性新兴产业分类（2018）"}

func codeTitle(dimension, code string) string { return editions[dimension] + "：" + code }

// parent is the code that a facet shows above this one, "" for the highest.
func parent(dimension, code string) string {
	switch {
	case dimension == "field" && len(code) == 2:
		return corpus.FieldParents(code)[0]
	case dimension == "region" && len(code) == 6 && code[2:] != "0000":
		return code[:2] + "0000"
	}
	return ""
}

func (r request) stage(d corpus.Doc) string {
	if d.Stage == "" {
		return d.StageProof
	}
	name := corpus.Label(d.Stage, r.lang)
	if d.StageProof != "" {
		name = r.t("stage.proof", name, d.StageProof)
	}
	return name
}

func (r request) modes(ms []corpus.Mode) []string {
	names := make([]string, len(ms))
	for i, m := range ms {
		names[i] = corpus.Label(m, r.lang)
	}
	return names
}

// A segment is a run of text, marked or not.
type segment struct {
	Text string
	Hit  bool
}

// segments cuts the part of a text from start to end at the borders of hits, which may overlap and reach outside.
func segments(text string, start, end int, hits []indexer.Span) []segment {
	hits = slices.Clone(hits)
	slices.SortFunc(hits, func(a, b indexer.Span) int { return a.Start - b.Start })
	var out []segment
	at := start
	for _, h := range hits {
		from, to := max(h.Start, at), min(h.End, end)
		if from >= to {
			continue
		}
		if from > at {
			out = append(out, segment{text[at:from], false})
		}
		if last := len(out) - 1; last >= 0 && out[last].Hit && from == at {
			out[last].Text += text[from:to]
		} else {
			out = append(out, segment{text[from:to], true})
		}
		at = to
	}
	if at < end {
		out = append(out, segment{text[at:end], false})
	}
	return out
}
