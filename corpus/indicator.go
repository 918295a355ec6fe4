package corpus

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An Indicator is a figure that a posting states: what is measured and what its value is or must be.
type Indicator struct {
	Text     string // as written, from the name to the unit and the bound behind it
	Name     string // what is measured, as written; may be empty
	Value    string // as written, with its bounds
	Quantity Quantity
	Words    []string // of the name, set by the indexer
}

// Indicators finds the figures of a text in order of appearance. Dates, money, standards, model and patent numbers, list
// numbers, sizes a×b×c, ratios a:b, counts of parts and staff, and numbers that only describe a thing (2.5MW机组) are none.
// Its time grows with the length of the text and no faster.
func Indicators(text string) []Indicator {
	var out []Indicator
	for n := range Numbers(text) {
		if n.Class == FigureNumber {
			out = append(out, n.Indicator)
		}
	}
	return out
}

// Figures returns the indicators of d. Where a need states its goal or its indicators, the description tells mostly of its
// firm's present state: of its figures those count that are bounded in a sentence that asks for something. A figure that is
// stated again counts once.
func (d *Doc) Figures() []Indicator {
	var out []Indicator
	background := d.Kind == Need && (d.Goal != "" || len(d.Indicators) > 0)
	for n := range Numbers(d.Text) {
		if len(out) == MaxFigures {
			return out
		}
		if n.Class == FigureNumber && (!background || n.bound && asks(d.Text, n.Start)) {
			out = append(out, n.Indicator)
		}
	}
	for _, i := range Indicators(d.Title + "\n" + d.Goal + "\n" + strings.Join(d.Indicators, "\n")) {
		// A form asks for the goal in words and then for its figures.
		if !slices.ContainsFunc(out, func(have Indicator) bool {
			return have.Quantity == i.Quantity && (threaded(have.Name, i.Name) || threaded(i.Name, have.Name))
		}) {
			out = append(out, i)
		}
		if len(out) == MaxFigures {
			break
		}
	}
	return out
}

// MaxFigures is how many figures of one document count; each is compared with each of the other side.
const MaxFigures = 64

// threaded reports whether the characters of short stand in long in their order: 浸泡时间 in 浸泡总时间.
func threaded(short, long string) bool {
	rest := []rune(short)
	for _, r := range long {
		if len(rest) > 0 && rest[0] == r {
			rest = rest[1:]
		}
	}
	return len(rest) == 0
}

// asks reports whether the sentence around a place of a need asks for something.
func asks(text string, at int) bool {
	before, after := text[max(0, at-2*maxClause):at], text[at:min(len(text), at+2*maxClause)]
	sentence := before[max(0, strings.LastIndexAny(before, "。！？!?\n")):]
	if end := strings.IndexAny(after, "。！？!?\n"); end >= 0 {
		after = after[:end]
	}
	sentence += after
	for _, w := range demands {
		if strings.Contains(sentence, w) {
			return true
		}
	}
	return false
}

// demands are words of a sentence that asks.
var demands = strings.Fields(`要求 需要 希望 想 须 必须 应 得能 最好 寻求 征集 寻找 期望 不得 不能 不要 不超过 不低于 不大于 不小于 控制在 目标 达到 要能 求`)

// maxName bounds the characters that are searched for a name.
const maxName = 24

// phraseBefore returns the run of letters and digits that ends at end of folded text, and where it begins.
func phraseBefore(s string, end int) (phrase string, start int) {
	at := len(strings.TrimRight(s[:end], " "))
	if at > 0 && s[at-1] == ')' { // 透光率(430nm)
		if open := strings.LastIndexByte(s[max(0, at-60):at], '('); open >= 0 {
			at = max(0, at-60) + open
		}
	}
	begin := at
	for runes := 0; begin > 0 && runes < maxName; runes++ {
		r, n := utf8.DecodeLastRuneInString(s[:begin])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != ' ' && !(r == '.' && begin > 1 && digit(s[begin-2])) {
			break
		}
		begin -= n
	}
	return s[begin:at], begin
}

// Words that a name does not hold: it begins behind the last of them.
var nameless = strings.Fields(`的 将 使 把 让 且 并 其 及 或 等 了 后 在 对 为 是 而 则 达到 能够 可以 通过 实现 希望 需要 保证 确保 具有 拥有 得到 制得
	有效 大幅 明显 显著 平均 分别 也 还 又 只 已`)

// whole are words of names that begin like one of nameless.
var whole = strings.Fields(`使用寿 使用年 使用温 使用次 在线 等级 等离子 等效 等温 对比度 对照 对称 对流 及时 并联 并发 后端 后处理 以太`)

// Words in front of which a name ends where the figure is a change or a target: 线损比普通绞线低5%, 收率由58%提升至72%.
var compares = strings.Fields(`比 较 与 相比 由 从 相对 是 为`)

// nameOf returns the name of what r measures and where it begins. Without a dictionary it is what stands between the
// last punctuation mark, or the last word that no name holds, and the figure.
func (r *reading) nameOf(s string) (name string, start int) {
	end := r.start
	if r.state > 0 {
		end = r.state
	}
	name, start = phraseBefore(s, end)
	if r.from > start && r.from <= start+len(name) {
		name, start = name[r.from-start:], r.from
	}
	if r.Relative || r.target {
		for _, w := range compares {
			if i := strings.Index(name, w); i >= 0 && !(w == "比" && len(name) == i+len(w)) {
				name = name[:i]
			}
		}
	}
	cut := 0
	for _, w := range nameless {
		if i := strings.LastIndex(name[cut:], w); i >= 0 && !beginsWith(name[cut+i:], whole) &&
			name[cut+i:] != "使用" && !(w == "对" && strings.HasSuffix(name[:cut+i], "相")) { // 可重复使用, 相对湿度
			cut += i + len(w)
		}
	}
	for _, w := range leading {
		if rest, ok := strings.CutPrefix(name[cut:], w); ok && !beginsWith(name[cut:], whole) {
			cut = len(name) - len(rest)
		}
	}
	name = name[cut:]
	short := strings.TrimLeft(item.ReplaceAllString(strings.TrimLeft(name, " -."), ""), " -.")
	start += cut + len(name) - len(short)
	short = strings.TrimRight(short, " -.")
	for _, w := range trailing {
		if w != "均" || utf8.RuneCountInString(short) > len("亩均")/len("均") {
			short = strings.TrimSuffix(short, w)
		}
	}
	return short, start
}

// item is the number of a list before a name; leading and trailing are words around one.
var (
	item     = regexp.MustCompile(`^\d{1,2}[.、]`)
	trailing = strings.Fields(`可 须 均 会 即 需`)
)

// leading are words in front of a name.
var leading = strings.Fields(`要求 使用 采用 由于 从 由 于`)

// acting are the words of change that may stand in front of a name.
const acting = `提高 提升 增加 增强 延长 加快 降低 减少 缩短 减轻 减小 节约 节省 缩小 削减 压缩`

// turned makes a change of a figure whose verb stands in front of its name: 节约原料3%.
func (r *reading) turned(s string) {
	if r.Relative || r.target || r.about {
		return
	}
	phrase, begin := phraseBefore(s, r.start)
	for at := range phrase {
		w, what := ahead.prefix(phrase[at:])
		n := utf8.RuneCountInString(w)
		if what != changeRole || n < 2 || !strings.Contains(acting, w) {
			continue
		}
		if name := utf8.RuneCountInString(phrase[at+len(w):]); name < 1 || name > 8 {
			continue
		}
		if rest := phrase[at+len(w):]; strings.HasPrefix(rest, "率") || strings.HasPrefix(rest, "幅") || r.unit == "" || r.Unit != "%" && (at > 0 || r.bound) {
			return
		}
		r.change, r.Relative, r.bound, r.from = changes[w], true, true, begin+at+len(w)
		if r.Min == r.Max {
			r.Max = math.Inf(1)
		}
		if r.change < 0 {
			r.Min, r.Max = -r.Max, -r.Min
		}
		return
	}
}

// perMu divides what a name says to be of one mu or hectare: 亩产 500 公斤 is a yield.
func (r *reading) perMu(name string) {
	area := "亩"
	if strings.Contains(name, "公顷") {
		area = "公顷"
	}
	if !strings.Contains(name, area) || r.Unit != "kg" && r.Unit != "m³" {
		return
	}
	whole, _ := scanUnit(r.Unit)
	per, _ := scanUnit(r.Unit + "/" + area)
	per.Scale /= whole.Scale
	r.Min, r.Max, r.Unit = per.ToBase(r.Min), per.ToBase(r.Max), per.Base
}

// hasName reports whether a phrase can be the name of a measure.
func hasName(name string) bool {
	n := 0
	for _, r := range name {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n >= 2
}

// indicator makes the indicator of a reading.
func (r *reading) indicator(f *folded, text string) Indicator {
	if r.shared != "" {
		value := text[f.at[r.start]:f.at[r.end]]
		return Indicator{Text: value, Name: r.shared, Value: value, Quantity: r.Quantity}
	}
	name, start := r.nameOf(f.s)
	if name == "" {
		start = r.start
		if r.verb >= 0 {
			if verb, _ := ahead.prefix(f.s[r.verb:]); strings.Contains(gains+" "+savings, verb) { // 增产 9 %
				name = verb
			}
		}
	}
	original := func(from, to int) string { return text[f.at[from]:f.at[to]] }
	r.perMu(name)
	if r.unit == "度" && strings.ContainsAny(name, "角坡倾转纬") {
		r.Unit = "°"
	}
	d := Indicator{Text: original(start, r.end), Value: strings.TrimSpace(original(r.start, r.end)), Quantity: r.Quantity}
	if name != "" {
		d.Name = original(start, start+len(name))
	}
	return d
}
