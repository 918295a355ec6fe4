package matcher

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"duijie/corpus"
	"duijie/indexer"
)

// An Incomplete posting lacks something that those look for who could use it.
type Incomplete struct {
	Kind         corpus.Kind `json:"kind" enum:"achievement,need"`
	ID           string      `json:"id"`
	Number       uint32      `json:"-"`
	Title        string      `json:"title"`
	Completeness float64     `json:"completeness" minimum:"0" maximum:"1" doc:"1 minus the weights of what is missing"`
	Missing      []Gap       `json:"missing" doc:"worst first"`
	Proposals    []Proposal  `json:"proposals" doc:"what its text and postings like it suggest; nothing of it is set"`
}

// A Proposal is a value that somebody may accept with PATCH.
type Proposal struct {
	Field      string  `json:"field" enum:"field,strategic,stage,keywords,indicators"`
	Value      any     `json:"value" doc:"as PATCH takes it"`
	Text       string  `json:"text" doc:"the value in words, or the words of the posting that it was read from"`
	Confidence float64 `json:"confidence" minimum:"0" maximum:"1" doc:"of codes the share of the votes of postings like it; else set by hand"`
	From       string  `json:"from" enum:"text,similar"`
}

// An IncompleteList is the body that the API answers and the command line prints with --json.
type IncompleteList struct {
	Postings []Incomplete `json:"postings" doc:"worst first"`
	Total    int          `json:"total" doc:"published postings that lack anything, or the gap that was asked for"`
	All      int          `json:"all" doc:"published postings"`
	Gaps     []GapCount   `json:"gaps" doc:"how many lack what, by kind, the heaviest gap first"`
}

// A GapCount says how many published postings of a kind lack something.
type GapCount struct {
	Kind  corpus.Kind `json:"kind" enum:"achievement,need"`
	Field string      `json:"field" doc:"as in missing"`
	Count int         `json:"count"`
}

// IncompleteOptions choose; the zero value is the twenty worst of both kinds, in Chinese.
type IncompleteOptions struct {
	Kind  corpus.Kind // "": achievements and needs
	Gap   string      // field of a Gap: only postings that lack it
	Limit int         // 0: 20; each takes some 50 ms for its proposals
	Skip  int
	After string // Cursor of a posting, also of one that was mended since: only those behind it
	Plain bool   // without proposals
	Lang  string
}

// Cursor is the place of a posting among all, for IncompleteOptions.After.
func (p Incomplete) Cursor() string {
	return fmt.Sprintf("%.0f-%s-%d", 100*p.Completeness, p.Kind, p.Number)
}

// behind reports whether a posting comes after the place that a cursor names, and an error of code Invalid where it names
// none.
func (p Incomplete) behind(cursor string) (bool, error) {
	parts := strings.Split(cursor, "-")
	if len(parts) == 3 {
		hundredths, err := strconv.Atoi(parts[0])
		number, numberErr := strconv.ParseUint(parts[2], 10, 32)
		kind := slices.Index(corpus.Kinds, corpus.Kind(parts[1]))
		if err == nil && numberErr == nil && kind >= 0 {
			return cmp.Or(cmp.Compare(int(math.Round(100*p.Completeness)), hundredths), cmp.Compare(slices.Index(corpus.Kinds, p.Kind), kind),
				cmp.Compare(uint64(p.Number), number)) > 0, nil
		}
	}
	e := corpus.Errorf(corpus.Invalid, "%q is no place in the list", cursor)
	e.Field, e.Fix = "after", "begin with the first posting"
	return false, e
}

// Of a proposal that is read from the text, set by hand. A stage is less sure where the text names several; of 40 that were
// read in the texts of a regional market, 3 were wrong.
const (
	stageConfidence, stagesConfidence = .7, .5
	figureConfidence                  = .6
	wordConfidence                    = .5
	maxFigures                        = 8 // proposed at once
)

// achievementTopics are in the order of their weights, which were set by hand as those of needs were, and add up to 1.
var achievementTopics = []topic{
	{"indicators", .20, said{"达到哪些指标？写出数值和单位，如“收率 ≥ 95 %”。", "Which figures are reached? Give numbers with units, such as 收率 ≥ 95 %."},
		said{"企业拿自己的数值来比。", "Firms compare them with their own."}, func(d *corpus.Doc, e *indexer.Entry) bool {
			return len(d.Indicators)+len(e.Figures) > 0
		}},
	{"text", .20, said{"解决什么问题，比现有办法好在哪里？写一百字以上。", "What does it solve, and better than what? A hundred characters or more."},
		said{"简介太短，匹配只能靠几个词。", "So short a text leaves only a few words to match by."}, func(d *corpus.Doc, _ *indexer.Entry) bool {
			return utf8.RuneCountInString(d.Text) >= thinAchievement
		}},
	{"contact", .15, said{"找谁联系？", "Who is to be asked?"},
		said{"没有联系方式，感兴趣的企业找不到人，也无法询问是否仍然有效。", "Without it nobody who is interested finds anybody, nor can the holder be asked whether it stands."},
		func(d *corpus.Doc, _ *indexer.Entry) bool { return strings.TrimSpace(d.Contact) != "" }},
	{"stage", .15, said{"做到了哪一步：小试、中试，还是已经应用？", "How far has it come: laboratory, pilot, or in use?"},
		said{"企业据此判断自己能否接手。", "Firms decide by it whether they can take it up."}, func(d *corpus.Doc, _ *indexer.Entry) bool {
			return d.Stage != "" || d.StageProof != ""
		}},
	{"field", .10, said{"属于哪个行业？", "Which industry does it belong to?"},
		said{"按行业查找的人才看得到。", "Who looks by industry finds it."}, tellsField},
	{"ip", .10, said{"有哪些知识产权，状态如何？", "Which rights stand behind it, and are they in force?"},
		said{"许可或转让要看权利。", "A license or a transfer is of rights."}, func(d *corpus.Doc, _ *indexer.Entry) bool { return len(d.Rights) > 0 }},
	{"price", .05, said{"要价多少？面议也请写明。", "What does it cost? Say so too if it is to be agreed."},
		said{"企业据此安排预算。", "Firms plan their budget by it."}, func(d *corpus.Doc, _ *indexer.Entry) bool { return d.Price != nil }},
	{"cooperation", .05, said{"愿意怎样合作：转让、许可、合作开发，还是入股？", "Which kind of cooperation: transfer, license, joint development, equity?"},
		said{"方式不合，谈不成。", "Nothing comes of it where the ways differ."}, func(d *corpus.Doc, _ *indexer.Entry) bool { return len(d.Cooperation) > 0 }},
}

// thinAchievement is the length in characters under which an achievement's text says too little.
const thinAchievement = 100

// Incomplete looks at all published postings, and makes proposals for those that it returns. A look that took long serves
// for ten times as long: then what was written meanwhile is left out where it lacks nothing any more, and counted as it was.
func (m *Matcher) Incomplete(ctx context.Context, o IncompleteOptions) (IncompleteList, error) {
	var worst []Incomplete
	out := IncompleteList{Postings: []Incomplete{}, Gaps: []GapCount{}}
	kinds := []corpus.Kind{corpus.Achievement, corpus.Need}
	if o.Kind != "" {
		kinds = []corpus.Kind{o.Kind}
	}
	for _, k := range kinds {
		scan, err := m.scanGaps(ctx, k)
		if err != nil {
			return out, err
		}
		out.All += scan.all
		asked := ^uint16(0)
		for i, t := range topicsOf(k) {
			if n := scan.counts[i]; n > 0 {
				out.Gaps = append(out.Gaps, GapCount{k, t.field, n})
			}
			if t.field == o.Gap {
				asked = 1 << i
			}
		}
		if o.Gap != "" && asked == ^uint16(0) {
			continue // no posting of this kind is asked for it
		}
		for _, row := range scan.rows {
			if row.gaps&asked != 0 {
				worst = append(worst, Incomplete{Kind: k, Number: row.number, Completeness: row.completeness})
			}
		}
	}
	out.Total = len(worst)
	slices.SortStableFunc(worst, func(a, b Incomplete) int { return cmp.Compare(a.Completeness, b.Completeness) })
	if o.After != "" {
		if _, err := (Incomplete{}).behind(o.After); err != nil {
			return out, err
		}
		worst = slices.DeleteFunc(worst, func(p Incomplete) bool { behind, _ := p.behind(o.After); return !behind })
	}
	for _, w := range worst[min(o.Skip, len(worst)):] {
		if len(out.Postings) == cmp.Or(o.Limit, 20) {
			break
		}
		docs, err := m.store.ByNumber(w.Kind, w.Number)
		if err != nil {
			return out, err
		}
		if len(docs) == 0 || docs[0].Status != corpus.Published {
			continue // deleted or taken down meanwhile
		}
		p, err := m.incompleteOf(ctx, &docs[0], o)
		if err != nil {
			return out, err
		}
		if o.lists(p.Missing) {
			out.Postings = append(out.Postings, p)
		}
	}
	return out, nil
}

// lists reports whether a posting that lacks this belongs into the list.
func (o IncompleteOptions) lists(missing []Gap) bool {
	return slices.ContainsFunc(missing, func(g Gap) bool { return o.Gap == "" || g.Field == o.Gap })
}

// IncompleteOf says what one need or achievement lacks, with proposals.
func (m *Matcher) IncompleteOf(ctx context.Context, d corpus.Doc, lang string) (Incomplete, error) {
	return m.incompleteOf(ctx, &d, IncompleteOptions{Lang: lang})
}

func (m *Matcher) incompleteOf(ctx context.Context, d *corpus.Doc, o IncompleteOptions) (Incomplete, error) {
	p := Incomplete{Kind: d.Kind, ID: d.ID, Number: d.Number, Title: d.Title, Proposals: []Proposal{}}
	entry, err := m.indexed(ctx, d.Public())
	if err != nil {
		return p, err
	}
	p.Missing, p.Completeness = openOf(d, entry, o.Lang)
	if !o.Plain {
		p.Proposals, err = m.propose(ctx, d, entry)
	}
	return p, err
}

// openOf returns what a need or an achievement leaves open, worst first, and its completeness.
func openOf(d *corpus.Doc, entry *indexer.Entry, lang string) ([]Gap, float64) {
	return gapsIn(topicsOf(d.Kind), d, entry, lang)
}

func topicsOf(k corpus.Kind) []topic {
	if k == corpus.Achievement {
		return achievementTopics
	}
	return topics
}

// propose reads the text of a posting, and those of others like it, for what the posting does not state.
func (m *Matcher) propose(ctx context.Context, d *corpus.Doc, entry *indexer.Entry) ([]Proposal, error) {
	out := []Proposal{}
	if d.Kind == corpus.Achievement && d.Stage == "" {
		if stage, clause, confidence := stageIn(d.Text); stage != "" {
			out = append(out, Proposal{"stage", stage, clause, confidence, "text"})
		}
	}
	if len(d.Indicators) == 0 {
		var figures []string
		for _, f := range entry.Figures {
			if (d.Kind == corpus.Achievement || bounded(f)) && len(figures) < maxFigures && !slices.Contains(figures, f.Text) {
				figures = append(figures, f.Text)
			}
		}
		if len(figures) > 0 {
			out = append(out, Proposal{"indicators", figures, strings.Join(figures, "；"), figureConfidence, "text"})
		}
	}
	wantsField := !tellsField(d, entry)
	if !wantsField && len(d.Strategic) > 0 && len(d.Keywords) > 0 {
		return out, nil
	}
	fields, strategic, like, err := m.likes(ctx, d, entry)
	if err != nil {
		return nil, err
	}
	if wantsField {
		out = append(out, codeProposals("field", fields)...)
	}
	if len(d.Strategic) == 0 {
		out = append(out, codeProposals("strategic", strategic)...)
	}
	if len(d.Keywords) == 0 {
		if words := m.scorer.suggest(d.Public(), entry, like); len(words) > 0 {
			out = append(out, Proposal{"keywords", words, strings.Join(words, "；"), wordConfidence, "text"})
		}
	}
	return out, nil
}

func codeProposals(field string, codes []Suggestion) []Proposal {
	var out []Proposal
	for _, s := range codes {
		out = append(out, Proposal{field, []string{s.Code}, s.Code + " " + s.Name, s.Confidence, "similar"})
	}
	return out
}

// likes returns the codes that the pairs of a posting that fit, and others of its kind that are near, stand for, and the
// entries of these.
func (m *Matcher) likes(ctx context.Context, d *corpus.Doc, entry *indexer.Entry) (fields, strategic []Suggestion, like []*indexer.Entry, err error) {
	asking := *entry // rank may take its far vector away
	rows, err := m.rank(ctx, &asking, sought(d.Kind), indexer.Filter{})
	if err != nil {
		return nil, nil, nil, err
	}
	rows = rows[:min(voters, len(rows))]
	near, err := m.neighbours(ctx, entry, d.Kind)
	if err != nil {
		return nil, nil, nil, err
	}
	near = slices.DeleteFunc(near, func(n neighbour) bool { return n.number == d.Number })
	var fit []Match
	for _, r := range rows {
		like = append(like, r.entry)
		fit = append(fit, Match{Ref: indexer.Ref{Kind: sought(d.Kind), Number: r.number}, Score: m.scorer.ranking.Score(r.parts.Points()), Label: m.label(r)})
	}
	for _, n := range near[:min(voters, len(near))] {
		like = append(like, n.entry)
	}
	fields, strategic = elect(fit, rows, near)
	return fields, strategic, like, nil
}

// stageSigns are what running text says of how far an achievement has come, the farthest first. The words of forms alone, such
// as 研究 and 推广应用, say nothing there: half of those in real texts speak of plans and of the field.
var stageSigns = []struct {
	stage corpus.Stage
	signs *regexp.Regexp
}{
	{corpus.Applied, regexp.MustCompile(`(?:已经?|现已|正式|实现了?|累计)[^，。；]{0,8}(?:量产|产业化|批量生产|规模化生产|投产|投入生产|推广|应用)|` +
		`在[^，。；]{1,20}(?:公司|企业|工厂|电厂|等地|等省)[^，。；]{0,8}(?:应用|投产|推广)|应用于[^，。；]{0,20}(?:公司|电厂|油田|煤矿)`)},
	{corpus.Pilot, regexp.MustCompile(`中试|样机|试生产|试制成功|示范工程`)},
	{corpus.Lab, regexp.MustCompile(`小试|实验室(?:阶段|样品|规模|条件|研究|测试)`)},
}

// notYet are words of plans, hopes and denials.
var notYet = regexp.MustCompile(`未|尚|[期有]待|待[进开]|拟[开进建投于]|即将|将[会在于]|可[^靠]|能[够实推]|[急还]?需|计划|有望|期望|希望|预计|适合|适用|便于|前景|价值|推进|准备|寻求|不[能会具]`)

// stageIn returns the farthest stage that a clause of a text states, and the clause; "" where none does.
func stageIn(text string) (stage corpus.Stage, clause string, confidence float64) {
	for _, sign := range stageSigns {
		for c := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(clauseEnds+"，,", r) }) {
			if !sign.signs.MatchString(c) || notYet.MatchString(c) {
				continue
			}
			if stage != "" {
				return stage, clause, stagesConfidence
			}
			stage, clause, confidence = sign.stage, strings.TrimSpace(c), stageConfidence
			break
		}
	}
	return stage, clause, confidence
}
