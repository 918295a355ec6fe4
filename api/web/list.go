package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
	"duijie/matcher"
)

// A matchList is what list.html shows of a match list.
type matchList struct {
	Heading, Counts, Rates string
	Rows, Weak             []matchRow
	NoFit                  string      // key of what to say first where nothing fits
	Experts                *expertList // of a need that nothing fits; nil for others
	Coach                  bool        // the reader asks for a need and can be helped to describe it
	Degraded               bool
	First, Next            string // addresses of other pages
	After                  string // cursor of the next page, where a form asks for it
	Compare                string // id of the need for which rows can be compared; "" for none
	File                   string // address under which the list can be taken along; "" for none
	FileForm               string // id of the form that asks for the file, where the address alone does not
	Sorts                  []option
	SortHow                string // what the order does with what states nothing
	SortAt                 string // address that an order is asked of; "": the form FileForm asks
}

// A matchRow is one entry of a match list.
type matchRow struct {
	Kind              corpus.Kind
	ID, Title         string
	Tick              bool   // can be ticked to be compared
	Interest          string // address of the form by which the signed in ask for it; ""
	Label             matcher.Label
	Why               []segment // the sentence of the need, with the words that fit marked
	Theirs            string    // the achievement's words for them, where they differ
	Against           []string
	Facts             []fact
	Missing           string // one line
	Bars              []bar
	Good, Bad         string // names of the facts that speak for and against, of which bars say too little
	Points, Score     string
	Figures           []matcher.Figure
	Pairs             []pair // words that differ and were joined
	Need, Achievement [][]segment
	Folded            []matcher.Folded
}

// A bar is one part of the points; Value is its share of fullBar, 1 at most, "" for a part that has no bar.
type bar struct {
	Name, Text, Points, Value string
	Against                   bool
}

// fullBar is how many points fill a bar, in every list alike; few pairs have more in one part.
const fullBar = 8

// barred are the parts whose size says something to a reader; of the others, which are small, the sign does.
var barred = []string{"words", "meaning", "coverage", "elements", "indicators", "rerank"}

// A pair is a word of the need with another word of the achievement that covers it.
type pair struct{ Need, Achievement string }

// list makes the view of an answer for asking: a need, a typed problem or an achievement. after is the cursor it was
// asked with.
func (s *site) list(r request, asking corpus.Doc, a matcher.Answer, after string) (matchList, error) {
	refs := make([]indexer.Ref, len(a.Matches))
	for i, m := range a.Matches {
		refs[i] = m.Ref
	}
	docs, err := s.svc.Documents(r.Context(), anybody, refs)
	if err != nil {
		return matchList{}, err
	}
	byID := make(map[string]corpus.Doc, len(docs))
	for _, d := range docs {
		byID[d.ID] = d
	}
	target := "achievements"
	if asking.Kind == corpus.Achievement {
		target = "needs"
	}
	l := matchList{Heading: r.t("match.list." + target), Degraded: a.Degraded != ""}
	labels := map[matcher.Label]int{}
	for _, m := range a.Matches {
		found, ok := byID[m.ID]
		if !ok {
			continue // deleted since it was matched
		}
		row := s.matchRow(r, asking, found, m)
		row.Tick = asking.Kind == corpus.Need && asking.ID != ""
		if asking.ID != "" && r.caller.Session != "" && r.caller.Allowed(market.Leads, "create") != market.None {
			row.Interest = s.url("/leads/new?" + url.Values{string(asking.Kind): {asking.ID}, string(found.Kind): {found.ID}}.Encode())
		}
		labels[m.Label]++
		if m.Label == matcher.Weak {
			l.Weak = append(l.Weak, row)
		} else {
			l.Rows = append(l.Rows, row)
		}
	}
	if after != "" && len(l.Rows) == 0 {
		l.Rows, l.Weak = l.Weak, nil // the pages behind the first show all they have
	}
	if a.Fitting == 0 && after == "" {
		l.NoFit, l.Coach = "match.none."+target, asking.Kind == corpus.Need
	} else {
		l.Counts = r.t("match.counts", count(labels[matcher.Strong]), count(labels[matcher.Possible]), count(labels[matcher.Weak]), count(a.Total))
		l.Rates = r.rates()
	}
	return l, nil
}

// rates says how often the labels were right where that was measured.
func (r request) rates() string {
	percent := func(l matcher.Label) string { return fmt.Sprintf("%.0f%%", 100*matcher.HitRates[l]) }
	return r.t("match.rates", matcher.HitRateSet, percent(matcher.Strong), percent(matcher.Possible))
}

func (s *site) matchRow(r request, asking, found corpus.Doc, m matcher.Match) matchRow {
	need, achievement := asking, found
	if found.Kind == corpus.Need {
		need, achievement = found, asking
	}
	row := matchRow{Kind: found.Kind, ID: found.ID, Title: found.Title, Label: m.Label, Against: m.Against, Folded: m.Folded,
		Points: signed(m.Points), Score: fmt.Sprintf("%.2f", m.Score)}
	var spans []matcher.Span
	var good, bad []string
	for _, reason := range m.Reasons {
		spans = append(spans, reason.Spans...)
		b := bar{Name: r.t("part." + reason.Kind), Text: reason.Text, Points: signed(reason.Points), Against: reason.Points < 0}
		switch {
		case b.Against:
			bad = append(bad, b.Name)
		case slices.Contains(barred, reason.Kind):
			b.Value = fmt.Sprintf("%.3f", min(1, reason.Points/fullBar))
		default:
			good = append(good, b.Name)
		}
		row.Bars = append(row.Bars, b)
	}
	row.Good, row.Bad = strings.Join(good, r.t("and")), strings.Join(bad, r.t("and"))
	row.Pairs = pairs(m.Reasons)
	if slices.ContainsFunc(m.Figures, func(f matcher.Figure) bool { return f.Achievement != "" }) {
		row.Figures = m.Figures // a table that says nothing but "not stated" is one line, as Missing
	}
	var theirs []string
	for _, p := range row.Pairs {
		if !slices.Contains(theirs, p.Achievement) {
			theirs = append(theirs, p.Achievement)
		}
	}
	row.Theirs = strings.Join(theirs, r.t("and"))
	row.Why = why(need, m.Why, spans)
	row.Need, row.Achievement = marked(need, spans), marked(achievement, spans)
	if gaps := r.gaps(found.Kind, m.Missing); gaps != "" {
		row.Missing = r.t("missing.ask."+string(found.Kind), gaps)
	}
	f := facts{s: s, r: r}
	f.text(false, "fact.org."+string(found.Kind), found.Org)
	if found.Kind == corpus.Need {
		f.values(false, "fact.region", unlinked(s.codes(found.Kind, "region", found.Region)))
		f.text(false, "fact.budget", found.Budget.Label(r.lang))
		f.text(false, "fact.valid_until", string(found.ValidUntil))
	} else {
		f.text(false, "fact.stage", r.stage(found))
		f.text(false, "fact.confirmed", string(found.ConfirmedOn))
		if found.ConfirmedOn == "" {
			f.text(false, "fact.published", string(found.PublishedOn))
		}
		f.values(false, "fact.region", unlinked(s.codes(found.Kind, "region", found.Region)))
		f.text(false, "fact.price", found.Price.Label(r.lang))
	}
	row.Facts = f.known
	return row
}

// gapNames are the words for what a match may miss, by kind and JSON name.
var gapNames = map[corpus.Kind]map[string]string{
	corpus.Achievement: {"org": "fact.org.achievement", "region": "fact.region", "indicators": "missing.figures", "stage": "fact.stage",
		"price": "fact.price", "confirmed": "fact.confirmed"},
	corpus.Need: {"org": "fact.org.need", "region": "fact.region", "budget": "fact.budget", "valid_until": "fact.valid_until"},
}

// gaps names what a match misses.
func (r request) gaps(found corpus.Kind, missing []string) string {
	var out []string
	for _, name := range missing {
		out = append(out, r.t(gapNames[found][name]))
	}
	return strings.Join(out, r.t("and"))
}

// signed writes points with their sign.
func signed(points float64) string {
	return strings.Replace(fmt.Sprintf("%+.2f", points), "-", "−", 1)
}

func unlinked(vs []value) []value {
	for i := range vs {
		vs[i].URL = ""
	}
	return vs
}

// fieldsOf returns the fields of a document that spans point into, in the order of reading.
func fieldsOf(d corpus.Doc) []struct{ name, text string } {
	return []struct{ name, text string }{{"title", d.Title}, {"text", d.Text}, {"goal", d.Goal}}
}

// hitsIn returns where the words of one side's spans stand in one of its fields: a span names a word's first place, and
// all of them are marked. Words of letters and digits are marked there alone, for elsewhere they may be part of others.
func hitsIn(spans []matcher.Span, side corpus.Kind, field, text string) []indexer.Span {
	var out []indexer.Span
	for _, s := range spans {
		if s.Side != side || s.Field != field || s.Start < 0 || s.Start >= s.End || s.End > len(text) {
			continue
		}
		word := text[s.Start:s.End]
		out = append(out, indexer.Span{Start: s.Start, End: s.End})
		for at := s.End; word[0] >= utf8.RuneSelf; {
			next := strings.Index(text[at:], word)
			if next < 0 {
				break
			}
			out = append(out, indexer.Span{Start: at + next, End: at + next + len(word)})
			at += next + len(word)
		}
	}
	return out
}

// why finds the quoted sentence in the need and marks the words in it that fit.
func why(need corpus.Doc, sentence string, spans []matcher.Span) []segment {
	for _, f := range fieldsOf(need) {
		if at := strings.Index(f.text, sentence); at >= 0 && sentence != "" {
			return segments(f.text, at, at+len(sentence), hitsIn(spans, corpus.Need, f.name, f.text))
		}
	}
	return nil
}

// shownSentences is how many sentences of a field the reasons quote at most; from sentenceRunes characters on they are
// cut at a comma.
const shownSentences, sentenceRunes = 3, 200

// marked returns the title of a document and those of its sentences in which words stand that fit.
func marked(d corpus.Doc, spans []matcher.Span) [][]segment {
	var out [][]segment
	for _, f := range fieldsOf(d) {
		hits := hitsIn(spans, d.Kind, f.name, f.text)
		if f.name == "title" && f.text != "" {
			out = append(out, segments(f.text, 0, len(f.text), hits))
			continue
		}
		shown := 0
		for _, s := range indexer.Sentences(f.text, sentenceRunes) {
			if shown < shownSentences && slices.ContainsFunc(hits, func(h indexer.Span) bool { return h.Start < s.End && h.End > s.Start }) {
				out = append(out, segments(f.text, s.Start, s.End, hits))
				shown++
			}
		}
	}
	return out
}

// pairs lists each pair of joined words that differ once. Figures have a table of their own.
func pairs(reasons []matcher.Reason) []pair {
	var out []pair
	for _, r := range reasons {
		for _, s := range r.Spans {
			if p := (pair{s.Word, s.Other}); s.Side == corpus.Need && s.Other != "" && s.Other != s.Word && r.Kind != "indicators" && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}
