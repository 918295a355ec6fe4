package corpus

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A NumberClass says what a number of a text is.
type NumberClass string

const (
	FigureNumber   NumberClass = "indicator"
	QuantityNumber NumberClass = "quantity" // has a unit but says nothing of what the posting offers or asks: 2.5MW机组
	DateNumber     NumberClass = "date"
	MoneyNumber    NumberClass = "money"
	CodeNumber     NumberClass = "code" // standards, models, patents, formulas, versions, varieties
	ItemNumber     NumberClass = "item" // of a list, a claim, a drawing
	SizeNumber     NumberClass = "size" // a×b×c and a:b
	CountNumber    NumberClass = "count"
	OtherNumber    NumberClass = "other" // not understood
)

// NumberClasses lists all classes.
var NumberClasses = []NumberClass{FigureNumber, QuantityNumber, DateNumber, MoneyNumber, CodeNumber, ItemNumber, SizeNumber, CountNumber, OtherNumber}

// A Number is one number of a text, or a range of two, and what it was taken for.
type Number struct {
	Class      NumberClass
	Start, End int       // in bytes of the text
	Indicator  Indicator // of class indicator only

	bound bool // an indicator that the text bounds
}

// Numbers finds every number written in digits, and those in Chinese that are indicators, in order of appearance.
func Numbers(text string) iter.Seq[Number] {
	return func(yield func(Number) bool) {
		f := foldText(text)
		var figure, state reading // the indicator before, and the number before if it was an earlier state
		for i := nextNumber(f.s, 0); i < len(f.s); i = nextNumber(f.s, i) {
			n, r, next := numberAt(f.s, i)
			i = next
			if n.Class == "" {
				continue
			}
			if state.end > 0 && r.start == state.end {
				r.state = state.start
			}
			state = reading{}
			if n.Class == QuantityNumber {
				switch {
				case r.earlier(f.s):
					state = r
				case r.joins(f.s, &figure):
					n.Class = FigureNumber
				}
			}
			n.Start, n.End = int(f.at[n.Start]), int(f.at[n.End])
			if n.Class == FigureNumber {
				figure = r
				n.Indicator, n.bound = r.indicator(&f, text), r.bound
			}
			if !yield(n) {
				return
			}
		}
	}
}

// joins makes a reading the second of two that share name and bound: 分别达到 80 % 和 95 %.
func (r *reading) joins(s string, first *reading) bool {
	if first.end == 0 || r.start < first.end || r.start-first.end > 8 || r.Unit != first.Unit || r.bound {
		return false
	}
	switch strings.TrimSpace(s[first.end:r.start]) {
	case "和", "、", "及", "与", "以及", "或", "/":
	default:
		return false
	}
	if r.shared = first.shared; r.shared == "" {
		r.shared, _ = first.nameOf(s)
	}
	r.low, r.high, r.bound, r.target = first.low, first.high, first.bound, first.target
	if first.Relative {
		r.gain(first.change)
	} else {
		r.open()
	}
	return true
}

// numberAt looks at one place of folded text: the number that begins there, of class "" where there is none, and where
// to go on. Places are those of folded text.
func numberAt(s string, i int) (n Number, r reading, next int) {
	first, size := utf8.DecodeRuneInString(s[i:])
	next = i + size
	signed := (first == '-' || first == '+') && next < len(s) && digit(s[next]) && !joinsOn(s[:i])
	digits := signed || first < utf8.RuneSelf && digit(s[i])
	if !digits && !strings.ContainsRune(chineseBegins, first) {
		return n, r, next
	}
	r, ok := scanReading(s, i)
	switch {
	case !ok && digits && !signed: // too many digits, or too large
		n.Class, n.Start, n.End = CodeNumber, i, run(s, i)
		return n, r, n.End
	case !ok, !digits && !arabic(s[i:r.values]) && !chineseFigure(s, &r):
		return n, r, next
	}
	n.Start, n.End = i, r.values
	if class, end := notFigure(s, i, &r); class != "" {
		n.Class, n.End = class, end
		return n, r, max(end, next)
	}
	r.turned(s)
	n.Class = figureClass(s, &r)
	return n, r, max(r.values, next)
}

// nextNumber returns the first place from i on where a number may begin, the end of s where there is none.
func nextNumber(s string, i int) int {
	for i < len(s) {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		if numberBegins.has(r) {
			return i
		}
		i += n
	}
	return i
}

var numberBegins = func() *runeSet {
	var s runeSet
	for _, r := range "0123456789+-" + chineseBegins {
		s[r] = true
	}
	return &s
}()

// chineseBegins are the characters that begin a number in Chinese: 零下, 负, 百分之, 翻一番 and 减半 among them.
const chineseBegins = "零负一二两三四五六七八九十半百千万翻减"

// joinsOn reports whether a sign behind s joins two things rather than make a number negative.
func joinsOn(s string) bool {
	return s != "" && (digit(s[len(s)-1]) || letter(s[len(s)-1]) || strings.HasSuffix(s, ")") || strings.HasSuffix(s, "%") || strings.HasSuffix(s, "]"))
}

// run is the end of the letters, digits and signs of a code that begins at i.
func run(s string, i int) int {
	for i < len(s) && (digit(s[i]) || letter(s[i]) || strings.IndexByte("-_./", s[i]) >= 0 && i+1 < len(s) && (digit(s[i+1]) || letter(s[i+1]))) {
		i++
	}
	return i
}

// notFigure finds what a number is by the signs around it, and where it ends; "" where only its unit and name can tell.
func notFigure(s string, i int, r *reading) (class NumberClass, end int) {
	before, after := s[:i], s[r.values:]
	switch {
	case coded(before, r):
		return CodeNumber, run(s, r.values)
	case dated(s, i, r):
		return DateNumber, r.values
	case numbered(before):
		return ItemNumber, r.values
	case (r.unit == "" || r.counts) && priced(before, strings.TrimLeft(after, " ")):
		return MoneyNumber, r.values
	case r.unit == "" && listed(before, s[i:r.values], after, r.bound):
		return ItemNumber, r.values
	case r.unit == "" && (variable(before, r) || linked(before, after, r)):
		return CodeNumber, run(s, r.values)
	case multiplied(before, strings.TrimLeft(after, " ")):
		return SizeNumber, r.values
	}
	return "", 0
}

// coded reports whether what stands before a number makes it part of a code: T6, 157-3, GB/T 3954, API SPEC 5L.
func coded(before string, r *reading) bool {
	if before == "" {
		return false
	}
	single := len(r.unit) == 1 && letter(r.unit[0])
	if (r.unit == "" && !r.bound || single && r.unit[0] < 'a') && standard(before) {
		return true
	}
	stem := strings.TrimRightFunc(before, func(r rune) bool { return r < utf8.RuneSelf && letter(byte(r)) })
	if word := before[len(stem):]; word != "" {
		measured := r.unit != "" && !r.counts && r.unit != "纳米" && !(single && len(word) == 1)
		return !strings.EqualFold(word, "ph") && (!measured || stem != "" && (digit(stem[len(stem)-1]) || strings.HasSuffix(stem, "-")))
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	switch last {
	case '#', '_', '№':
		return true
	case '-', '/', '.':
		return len(before) > 1 && (digit(before[len(before)-2]) || letter(before[len(before)-2]) || before[len(before)-2] == ')')
	}
	return false
}

// standard reports whether text ends in a word of capitals and a blank: API SPEC 5L.
func standard(before string) bool {
	word := strings.TrimSuffix(before, " ")
	n := len(word) - len(strings.TrimRightFunc(word, func(r rune) bool { return 'A' <= r && r <= 'Z' || r == '/' }))
	return len(word) < len(before) && n >= 2
}

// variable reports whether a bounded number stands behind one Latin letter and a sign of comparison: p<0.05.
func variable(before string, r *reading) bool {
	text := strings.TrimRight(before, "<>=≤≥ ")
	if !r.bound || text == before || text == "" || !letter(text[len(text)-1]) {
		return false
	}
	return len(text) == 1 || !letter(text[len(text)-2])
}

// linked reports whether signs or letters link a bare number to what follows or precedes it: 27SiMn, 4-硝基, 7+8, 5号, 2,4,6.
func linked(before, after string, r *reading) bool {
	blank := strings.TrimLeft(after, " ")
	switch {
	case strings.HasPrefix(blank, "号"), strings.HasPrefix(blank, "#"), strings.HasPrefix(blank, "型"), strings.HasPrefix(after, "+"):
		return true
	case strings.HasSuffix(before, "+"):
		return len(before) > 1 && digit(before[len(before)-2])
	case after != "" && letter(after[0]):
		return true
	case len(after) > 1 && strings.IndexByte("-./_", after[0]) >= 0 && (digit(after[1]) || letter(after[1])):
		return true
	case r.bound:
		return false
	case len(after) > 1 && after[0] == '-' && !digit(after[1]):
		return true
	}
	for _, comma := range []string{",", "，"} {
		if rest, ok := strings.CutPrefix(after, comma); ok && rest != "" && digit(rest[0]) {
			return true
		}
		if rest, ok := strings.CutSuffix(before, comma); ok && rest != "" && digit(rest[len(rest)-1]) {
			return true
		}
	}
	return false
}

// listed reports whether a bare number counts points of a text or parts of a drawing: 1、, （2）, (2.1), 5.4 at the
// beginning of a line.
func listed(before, number, after string, bound bool) bool {
	prev, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	digits := strings.Trim(number, "0123456789") == ""
	short := digits && len(number) <= 2
	opened, closed := prev == '(' || prev == '[', next == ')' || next == ']'
	switch {
	case opened && (closed && !bound || digits && enumerated(after)):
		return true
	case closed && digits && strings.ContainsRune("、,，", prev):
		return true
	case short && begins(before) && strings.ContainsRune(".、):,", next):
		return true
	case short && !bound && strings.ContainsRune(".、)。", next):
		return len(after) < 2 || !digit(after[1])
	}
	return next == ' ' && begins(before) && len(number) <= 4 && strings.Contains(number, ".")
}

// enumerated reports whether a bracket goes on with plain numbers: 、14).
func enumerated(s string) bool {
	i := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) && !strings.ContainsRune("、,，- ~", r) })
	return i > 0 && s[i] == ')'
}

// begins reports whether a line, a clause or a bracket begins behind s.
func begins(s string) bool {
	s = strings.TrimRight(s, " ")
	r, _ := utf8.DecodeLastRuneInString(s)
	return s == "" || strings.ContainsRune("\n。；;，,：:!?？！、()", r)
}

// numbered reports whether the word before a number counts parts of a document or of a series.
func numbered(before string) bool { return endsIn(strings.TrimRight(before, " "), series) }

var series = strings.Fields("第 权利要求 步骤 步骤( 图 表 式 例 编号 编号: 文号 号: 文献 No no No. NO. 专利号 登记号")

// dated tells dates by the words behind them and the size of the number.
func dated(s string, i int, r *reading) bool {
	v, n := scanDigits(s[i:])
	after := strings.TrimLeft(s[i+n:], " ")
	switch {
	case n == 4 && v >= 1900 && v < 2100 && (r.unit == "" || r.unit == "年"):
		return !multiplied(s[:i], after) // 1920×1080
	case r.unit == "月" || r.unit == "日":
		return v >= 1 && v <= 31 && n <= 2 && !r.bound && !strings.HasPrefix(s[r.values:], "龄")
	case r.unit == "年":
		return strings.HasPrefix(s[r.values:], "代")
	}
	return beginsWith(after, eras)
}

// eras stand behind dates.
var eras = []string{"世纪", "年代", "月"}

// priced tells amounts of money by the word behind them, or before.
func priced(before, after string) bool {
	if beginsWith(after, currencies) {
		return !strings.HasPrefix(after, "元素") && !strings.HasPrefix(after, "元件")
	}
	return endsIn(before, proceeds)
}

var (
	currencies = strings.Fields("元 美元 美金 欧元 日元 港元 块钱 人民币 RMB 多元 余元 块")
	proceeds   = strings.Fields("利润 收入 资产 资金 产值 投资 效益 利税 费 ¥ ￥ $")
)

// multiplied tells sizes and ratios: 200×100×60mm, 1:3.
func multiplied(before, after string) bool {
	digitAt := func(s string) bool { return s != "" && digit(s[0]) }
	if rest, ok := strings.CutPrefix(after, ":"); ok && digitAt(strings.TrimLeft(rest, " ")) {
		return true
	}
	if rest, ok := strings.CutSuffix(before, ":"); ok && rest != "" && digit(rest[len(rest)-1]) {
		return true
	}
	before = strings.TrimRight(before, " Φφ")
	for _, times := range []string{"×", "*", "x", "X"} {
		if rest, ok := strings.CutPrefix(after, times); ok && digitAt(strings.TrimLeft(rest, " Φφ")) {
			return true
		}
		if rest, ok := strings.CutSuffix(before, times); ok {
			rest = strings.TrimRight(rest, " ")
			if rest != "" && (digit(rest[len(rest)-1]) || letter(rest[len(rest)-1])) {
				return true
			}
		}
	}
	return false
}
