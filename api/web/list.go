package web

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

// A matchList is what list.html shows of a match list.
type matchList struct {
	Heading, Counts string
	Rows, Weak      []matchRow
	OnlyWeak        bool // and this is the first page
	Degraded        bool
	None            string // key of what to say where nothing fits
	First, Next     string // addresses of other pages
	After           string // cursor of the next page, where a form asks for it
}

// A matchRow is one entry of a match list.
type matchRow struct {
	Kind              corpus.Kind
	ID, Title         string
	Label             matcher.Label
	Why               []segment // a sentence of the need, with the words that fit marked
	Theirs            string    // the achievement's words for them, where they differ
	Against           string
	Facts             []fact
	Missing           string
	Bars              []bar
	Points, Score     string
	Pairs             []pair // words that differ and were joined
	Need, Achievement [][]segment
}

// A bar is one part of the points; Value is its share of fullBar, 1 at most.
type bar struct{ Name, Text, Points, Value string }

// fullBar is how many points fill a bar, in every list alike; few pairs have more in one part.
const fullBar = 8

// A pair is a word of the need with another word of the achievement that covers it.
type pair struct{ Need, Achievement string }

// shownWeak is how many weak matches are shown where there are no better ones.
const shownWeak = 5

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
	l := matchList{Heading: r.t("match.list." + target), None: "match.none." + target, Degraded: a.Degraded != ""}
	labels := map[matcher.Label]int{}
	for _, m := range a.Matches {
		found, ok := byID[m.ID]
		if !ok {
			continue // deleted since it was matched
		}
		row := s.matchRow(r, asking, found, m)
		labels[m.Label]++
		if m.Label == matcher.Weak {
			l.Weak = append(l.Weak, row)
		} else {
			l.Rows = append(l.Rows, row)
		}
	}
	if len(l.Rows) == 0 {
		// Nothing to fold them under: a few are shown on the first page, and all on later ones.
		shown := len(l.Weak)
		if after == "" {
			shown, l.OnlyWeak = min(shownWeak, shown), shown > 0
		}
		l.Rows, l.Weak = l.Weak[:shown], l.Weak[shown:]
	}
	if a.Total > 0 {
		l.Counts = r.t("match.counts", count(labels[matcher.Strong]), count(labels[matcher.Possible]), count(labels[matcher.Weak]), count(a.Total))
	}
	return l, nil
}

func (s *site) matchRow(r request, asking, found corpus.Doc, m matcher.Match) matchRow {
	need, achievement := asking, found
	if found.Kind == corpus.Need {
		need, achievement = found, asking
	}
	row := matchRow{Kind: found.Kind, ID: found.ID, Title: found.Title, Label: m.Label,
		Points: fmt.Sprintf("%.2f", m.Points), Score: fmt.Sprintf("%.2f", m.Score)}
	var spans []matcher.Span
	for _, reason := range m.Reasons {
		spans = append(spans, reason.Spans...)
		row.Bars = append(row.Bars, bar{Name: r.t("part." + reason.Kind), Text: reason.Text,
			Points: fmt.Sprintf("%.2f", reason.Points), Value: fmt.Sprintf("%.3f", min(1, reason.Points/fullBar))})
	}
	row.Pairs = pairs(spans)
	var theirs []string
	for _, p := range row.Pairs {
		if !slices.Contains(theirs, p.Achievement) {
			theirs = append(theirs, p.Achievement)
		}
	}
	row.Theirs = strings.Join(theirs, r.t("and"))
	row.Why = why(need, spans)
	row.Need, row.Achievement = marked(need, spans), marked(achievement, spans)
	row.Against = s.against(r, need, achievement, found.Kind)
	f := facts{s: s, r: r}
	f.text(true, "fact.org."+string(found.Kind), found.Org)
	f.values(true, "fact.region", unlinked(s.codes(found.Kind, "region", found.Region)))
	if found.Kind == corpus.Need {
		f.text(true, "fact.budget", r.money(found.Budget))
		f.text(true, "fact.valid_until", string(found.ValidUntil))
		row.Facts, row.Missing = f.known, f.missing("missing.need")
		return row
	}
	f.text(true, "fact.stage", r.stage(found))
	f.text(true, "fact.price", r.money(found.Price))
	f.text(true, "fact.confirmed", string(found.ConfirmedOn))
	row.Facts, row.Missing = f.known, f.missing("missing.achievement")
	return row
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
func hitsIn(spans []matcher.Span, side corpus.Kind, field, text string) []stretch {
	var out []stretch
	for _, s := range spans {
		if s.Side != side || s.Field != field || s.Start < 0 || s.Start >= s.End || s.End > len(text) {
			continue
		}
		word := text[s.Start:s.End]
		out = append(out, stretch{s.Start, s.End})
		for at := s.End; word[0] >= utf8.RuneSelf; {
			next := strings.Index(text[at:], word)
			if next < 0 {
				break
			}
			out = append(out, stretch{at + next, at + next + len(word)})
			at += next + len(word)
		}
	}
	return out
}

// why picks the sentence of the need that says most of what fits: its words count by their rank among the spans, which
// begin with those that bring most. The title, which a reader of the list knows, serves only where no sentence does; nil
// where nothing does.
func why(need corpus.Doc, spans []matcher.Span) []segment {
	weight := map[string]float64{}
	for _, s := range spans {
		if s.Side == corpus.Need && weight[s.Word] == 0 {
			weight[s.Word] = 1 / float64(len(weight)+2)
		}
	}
	var best []segment
	var most float64
	all := fieldsOf(need)
	for _, f := range append(all[1:], all[0]) {
		if f.name == "title" && best != nil {
			break
		}
		hits := hitsIn(spans, corpus.Need, f.name, f.text)
		for _, s := range sentences(f.text) {
			words := map[string]bool{}
			var sum float64
			for _, h := range hits {
				if word := f.text[h.start:h.end]; h.start >= s.start && h.end <= s.end && !words[word] {
					words[word] = true
					sum += weight[word]
				}
			}
			if sum > most {
				most, best = sum, segments(f.text, s.start, s.end, hits)
			}
		}
	}
	return best
}

// shownSentences is how many sentences of a field the reasons quote at most.
const shownSentences = 3

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
		for _, s := range sentences(f.text) {
			if shown < shownSentences && slices.ContainsFunc(hits, func(h stretch) bool { return h.start < s.end && h.end > s.start }) {
				out = append(out, segments(f.text, s.start, s.end, hits))
				shown++
			}
		}
	}
	return out
}

// pairs lists each pair of joined words once.
func pairs(spans []matcher.Span) []pair {
	var out []pair
	for _, s := range spans {
		if p := (pair{s.Word, s.Other}); s.Side == corpus.Need && s.Other != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// oldConfirmation is after how many days a holder's word is worth asking for again: market practice is every half year.
const oldConfirmation = 365

// against says in short sentences what speaks against a pair, as far as both sides state it.
func (s *site) against(r request, need, achievement corpus.Doc, found corpus.Kind) string {
	var out []string
	say := func(key string, args ...any) { out = append(out, r.t(key, args...)) }
	price, budget := achievement.Price, need.Budget
	if price.Known() && budget.Known() && budget.Max > 0 && price.Min > budget.Max && !strings.Contains(price.Text, "/") {
		say("against.price", r.money(price), r.money(budget))
	}
	stages := []corpus.Stage{corpus.Lab, corpus.Pilot, corpus.Applied}
	switch have, want := slices.Index(stages, achievement.Stage), slices.Index(stages, need.Stage); {
	case have >= 0 && want > have:
		say("against.stage", corpus.Label(achievement.Stage, r.lang), corpus.Label(need.Stage, r.lang))
	case have == 0:
		say("against.lab")
	}
	offered := func(m corpus.Mode) bool { return slices.Contains(achievement.Cooperation, m) }
	if len(need.Cooperation) > 0 && len(achievement.Cooperation) > 0 && !slices.ContainsFunc(need.Cooperation, offered) {
		say("against.cooperation", strings.Join(r.modes(achievement.Cooperation), r.t("and")), strings.Join(r.modes(need.Cooperation), r.t("and")))
	}
	if found == corpus.Achievement && s.over(achievement.ConfirmedOn, oldConfirmation) {
		say("against.old", string(achievement.ConfirmedOn))
	}
	if found == corpus.Need && s.over(need.ValidUntil, 0) {
		say("against.expired", string(need.ValidUntil))
	}
	return strings.Join(out, r.t("semicolon"))
}

// over reports whether a date lies more than days back. A month or a year lasts until its end; no date is never over.
func (s *site) over(d corpus.Date, days int) bool {
	day := s.now().AddDate(0, 0, -days).Format("2006-01-02")
	return d != "" && string(d) < day[:len(d)]
}
