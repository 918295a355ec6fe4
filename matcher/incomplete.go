package matcher

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duijie/corpus"
	"duijie/indexer"
)

// An Incomplete posting lacks something that those look for who could use it.
type Incomplete struct {
	Kind         corpus.Kind `json:"kind" enum:"achievement,need"`
	ID           string      `json:"id"`
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
	Total    int          `json:"total" doc:"published postings that lack anything"`
	All      int          `json:"all" doc:"published postings"`
}

// IncompleteOptions choose; the zero value is the twenty worst of both kinds, in Chinese.
type IncompleteOptions struct {
	Kind  corpus.Kind // "": achievements and needs
	Limit int         // 0: 20; each takes some 50 ms for its proposals
	Skip  int
	Lang  string
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

// Incomplete reads all published postings, and makes proposals for those that it returns.
func (m *Matcher) Incomplete(ctx context.Context, o IncompleteOptions) (IncompleteList, error) {
	type scored struct {
		kind         corpus.Kind
		number       uint32
		completeness float64
	}
	var worst []scored
	out := IncompleteList{Postings: []Incomplete{}}
	kinds := []corpus.Kind{corpus.Achievement, corpus.Need}
	if o.Kind != "" {
		kinds = []corpus.Kind{o.Kind}
	}
	for _, k := range kinds {
		err := m.eachPublished(ctx, k, func(d *corpus.Doc, e *indexer.Entry) {
			out.All++
			if missing, completeness := openOf(d, e, ""); len(missing) > 0 {
				worst = append(worst, scored{k, d.Number, completeness})
			}
		})
		if err != nil {
			return out, err
		}
	}
	out.Total = len(worst)
	slices.SortStableFunc(worst, func(a, b scored) int { return cmp.Compare(a.completeness, b.completeness) })
	worst = worst[min(o.Skip, len(worst)):]
	for _, w := range worst[:min(len(worst), cmp.Or(o.Limit, 20))] {
		docs, err := m.store.ByNumber(w.kind, w.number)
		if err != nil {
			return out, err
		}
		if len(docs) == 0 {
			continue // deleted meanwhile
		}
		d := &docs[0]
		entry, err := m.indexed(ctx, d.Public())
		if err != nil {
			return out, err
		}
		p := Incomplete{Kind: d.Kind, ID: d.ID, Title: d.Title}
		p.Missing, p.Completeness = openOf(d, entry, o.Lang)
		if p.Proposals, err = m.propose(ctx, d, entry); err != nil {
			return out, err
		}
		out.Postings = append(out.Postings, p)
	}
	return out, nil
}

// eachPublished visits the published documents of a kind with their entries, empty ones where the index has none yet.
func (m *Matcher) eachPublished(ctx context.Context, k corpus.Kind, visit func(*corpus.Doc, *indexer.Entry)) error {
	const atOnce = 500
	var docs []corpus.Doc
	flush := func() error {
		look := indexer.Lookup{Kind: k}
		for _, d := range docs {
			look.Numbers = append(look.Numbers, d.Number)
		}
		entries, err := m.entries(ctx, look)
		for i := range docs {
			visit(&docs[i], cmp.Or(entries[docs[i].Number], &indexer.Entry{}))
		}
		docs = docs[:0]
		return err
	}
	for d, err := range m.store.Each(k, 0) {
		if err != nil {
			return err
		}
		if d.Status == corpus.Published {
			docs = append(docs, d)
		}
		if len(docs) == atOnce {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// openOf returns what a need or an achievement leaves open, worst first, and its completeness.
func openOf(d *corpus.Doc, entry *indexer.Entry, lang string) ([]Gap, float64) {
	if d.Kind == corpus.Achievement {
		return gapsIn(achievementTopics, d, entry, lang)
	}
	return gaps(d, entry, lang)
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
