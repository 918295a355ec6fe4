package matcher

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duijie/corpus"
	"duijie/indexer"
)

// A Draft is one problem of a text that lists several, as a need of its own.
type Draft struct {
	Title string `json:"title"`
	Text  string `json:"text" doc:"the problem, with what the text says of all of them"`
}

// split offers a need for each problem where the text lists several; nil where it is one problem, however many
// requirements that has.
func (s *Scorer) split(need corpus.Doc) []Draft {
	text := need.Text
	if strings.TrimSpace(text) == "" {
		text = need.Title
	}
	lists := enumerations(text)
	if len(lists) == 0 {
		lists = append(clauses(text), turns(text)...)
	}
	for _, e := range lists {
		if !s.problems(e, need.Title) {
			continue
		}
		out := make([]Draft, len(e.items))
		for i, item := range e.items {
			parts := []string{e.lead, item, e.tail}
			out[i] = Draft{itemTitle(item), corpus.Clean(strings.Join(parts, "\n"))}
		}
		return out
	}
	return nil
}

// Split cuts a text that lists several problems, as corpus.ReadOptions wants it; nil where it is one.
func (m *Matcher) Split(title, text string) []corpus.Piece {
	var out []corpus.Piece
	for _, d := range m.scorer.split(corpus.Doc{Title: title, Text: text}) {
		out = append(out, corpus.Piece(d))
	}
	return out
}

// Words that tell a list of problems from a list of requirements, read off the needs of a regional market. An item that
// asks is worth more than one that names a piece of work, or a study, which may be a step of one project.
var (
	asks        = regexp.MustCompile(`如何|怎样|怎么|能否|寻求|寻找|急需|希望|解决|难题|问题|缺乏|缺少|不足|规避|提高|提升|降低|减少|改进|改善|优化|改造|延长|缩短|请教|想[要找把将延解请]|(?:研发|研制|研究|设计|开发)(?:出|一)`)
	works       = regexp.MustCompile(`研发|研制|开发|创制|建设|应用|技术|装备|需求|需要|难|差`)
	studies     = regexp.MustCompile(`研究|设计|分析`)
	requires    = regexp.MustCompile(`^(?:采用|能够?|可以?|具有|具备|要求|应|须|必须|支持|满足|实现|通过|符合|达到|不|无|保证|确保|配|有|含|提供|使用|兼容|完成|确定)`)
	heading     = regexp.MustCompile(`^(?:企业|公司|单位|项目|基础|合作|技术|行业|研究)?(?:背景|介绍|简介|概况|现状|需求|内容|要求|目标|指标|方式|条件|预算|效果|问题|难题|描述|能力)`)
	asksBefore  = regexp.MustCompile(`需求|难题|需要解决|急需`)
	otherBefore = regexp.MustCompile(`指标|要求|参数|标准|目标|目的|功能|特点|特征|优点|优势|缺点|不足|缺陷|弊端|效果|性能|步骤|流程|条件|因素|原理|分为|研究内容|章节|方案|模块|^即$|存在.*问题|问题$|体现`)
	namesTwo    = regexp.MustCompile(`[、；;与和]|及(?:其)?`)
	industrial  = regexp.MustCompile(`(?:及其?|与|和)(?:产业化|应用)`)
)

// announcement says how many problems follow: 有三个难题想请教.
var announcement = regexp.MustCompile(`([二两三四五六七八九十]|[2-9])\s*[个项大]?\s*(?:技术)?(?:难题|问题|需求|难点|瓶颈)`)

// announced returns how many problems a label says that there are, 0 where it does not.
func announced(label string) int {
	m := announcement.FindStringSubmatch(label)
	switch {
	case m == nil:
		return 0
	case m[1] == "两":
		return 2
	case numerals[m[1]] > 0:
		return numerals[m[1]]
	}
	return int(m[1][0] - '0')
}

// maxItems bounds the offer; longer lists are minutes or catalogues.
const maxItems = 20

// problems reports whether the items of a list are problems of their own: what they ask for and how they are announced,
// against what marks requirements, figures and parts of one subject. Weights and threshold were set on the 190 lists of
// a regional market's needs.
func (s *Scorer) problems(e enumeration, title string) bool {
	if len(e.items) < 2 || len(e.items) > maxItems {
		return false
	}
	var sum float64
	for _, item := range e.items {
		switch {
		case item == "" || heading.MatchString(item):
			return false
		case !s.names(item): // 降低成本, of whatever the others speak
		case asks.MatchString(item):
			sum++
		case works.MatchString(item):
			sum += .5
		case studies.MatchString(item):
			sum += .25
		}
		if requires.MatchString(item) {
			sum -= .8
		}
		if len(corpus.Indicators(item)) > 0 {
			sum -= .4
		}
	}
	score := sum / float64(len(e.items))
	if namesTwo.MatchString(industrial.ReplaceAllString(title, "")) {
		score += .2
	}
	switch {
	case announced(e.label) == len(e.items):
		score++
	case asksBefore.MatchString(e.label):
		score += .2
	case otherBefore.MatchString(e.label):
		score--
	}
	words, lexicons := make([][]indexer.Keyword, len(e.items)+1), make([]*lexicon, len(e.items)+1)
	for i, item := range slices.Concat(e.items, []string{title}) {
		words[i] = s.seg.Keywords(item, "", 0)
		words[i] = words[i][:min(12, len(words[i]))]
		lexicons[i] = s.lexicon(words[i])
	}
	alike := func(i, j int) float64 {
		there, back := lexicons[i].coverage(words[j])
		return (there + back) / 2
	}
	var among, titled, most float64
	for i := range e.items {
		for j := range i {
			among += alike(i, j)
		}
		t := alike(i, len(e.items))
		titled, most = titled+t, max(most, t)
	}
	n := float64(len(e.items))
	if among > oneSubject*n*(n-1)/2 {
		score -= .5
	}
	if most >= .5 && titled-most < .2*(n-1) { // the title names one of them
		score += .3
	}
	return score >= .6
}

// names reports whether a text names a thing.
func (s *Scorer) names(text string) bool {
	return slices.ContainsFunc(s.seg.Words(text), func(w string) bool { return s.telling(w) && !work.MatchString(w) })
}

// oneSubject is how much of their key words the items of a list cover in each other, on average, where all speak of one
// thing.
const oneSubject = .3

// clauses reads a text that is nothing but a few short clauses with semicolons or line ends between them as a list.
func clauses(text string) []enumeration {
	var e enumeration
	for clause := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("；;\n", r) }) {
		item := trimItem(clause)
		if len(e.items) == 0 {
			if label, rest, ok := strings.Cut(item, "："); ok {
				e.label, item = label, trimItem(rest)
			}
		}
		if n := utf8.RuneCountInString(item); n < 5 || n > 40 || !asks.MatchString(item) && !works.MatchString(item) && !studies.MatchString(item) {
			return nil
		}
		e.items = append(e.items, item)
	}
	return []enumeration{e}
}

// turn begins a sentence that speaks of something else.
var turn = regexp.MustCompile(`(?:^|[。；;！？\n])\s*((?:另外|此外|除此之外|另有|还有一个)[，,：:]?)`)

// turns reads what stands before and after such a sentence's beginning as a list of two, where both ask.
func turns(text string) []enumeration {
	m := turn.FindStringSubmatchIndex(text)
	if m == nil {
		return nil
	}
	e := enumeration{items: []string{trimItem(text[:m[2]]), trimItem(text[m[3]:])}}
	for _, item := range e.items {
		if !wants.MatchString(item) {
			return nil
		}
	}
	return []enumeration{e}
}

// wants finds sentences in which somebody asks for a solution.
var wants = regexp.MustCompile(`如何|怎样|怎么|能否|有没有|寻求|寻找|急需|希望|需要|现需|求一|想`)

// itemTitle is the beginning of an item: up to the first comma behind which enough is said.
func itemTitle(item string) string {
	for i, r := range item {
		if strings.ContainsRune("，,；;：:。（(", r) && utf8.RuneCountInString(item[:i]) >= 6 && !opening.MatchString(item[:i]) {
			return indexer.Headline(item[:i])
		}
	}
	return indexer.Headline(item)
}

// opening is a clause that says under which condition the next one holds.
var opening = regexp.MustCompile(`^(?:对于|基于|为了|由于|针对|在)[^，,；;：:。（(]*$|(?:[中时后下]|方面)$`)
