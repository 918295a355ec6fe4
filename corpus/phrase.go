package corpus

import (
	"strings"
	"unicode/utf8"
)

// A role is what a word beside a number says of it.
type role uint8

const (
	fillRole     role = iota + 1 // nothing: 为, 约
	nameRole                     // the end of a name that looks like another role: 电压
	atLeastRole                  // 不低于
	atMostRole                   // 不超过
	aboutRole                    // ±
	targetRole                   // 到: with a word of change, the value reached
	changeRole                   // 提高
	comparedRole                 // 高, where the clause compares
	deltaRole                    // Δ
)

// Words in front of a number, and behind it.
var (
	ahead = roles(map[role]string{
		fillRole: `为 是 约 约为 大约 大概 近 接近 等于 = : 在 保持在 维持在 稳定在 控制在 控制 保持 维持 均 都 分别为 分别 分别达 一般 平均 一般为
			仅 仅为 只 只有 可以 了 取 介于 在于 幅度 幅度为 幅度达 又 将 须在 应为 应在 需在 要求 要求在 可控制在 可在 最高 最低 最大 最小 设为 基本 实测
			Φ φ ø Ø 达成 处于 处在 限制在`,
		nameRole: `电压 抗压 气压 油压 液压 高压 低压 风压 水压 温升 压降 温降 新增 降压 增压 沉降 收缩 浓缩 伸缩 热缩 季节 环节 调节 细节 关节 全省 各省`,
		atLeastRole: `≥ >= => > 不亚于 大于等于 大于或等于 大于 高于 超过 超出 多于 超 长于 至少 至少为 起码 达 达到 可达 可达到 达到了 高达 长达 多达 已达
			已达到 达至 突破 优于 最高可达 最大可达 要达到 需达到`,
		atMostRole:   `≤ <= =< < 不足 不到 小于等于 小于或等于 小于 低于 少于 短于 至多 最多 低至 小至 短至`,
		aboutRole:    `± +/- +- 正负`,
		targetRole:   `到 至 到了`,
		deltaRole:    `Δ`,
		changeRole:   rising + " " + falling,
		comparedRole: higher + " " + lower,
	})
	behind = roles(map[role]string{
		fillRole:    `左右 上下 多 余 (含) 之间 范围 范围内`,
		atLeastRole: `以上 及以上 或以上 含以上 之上 或更高 及更高 或更多 起步`,
		atMostRole:  `以下 及以下 或以下 含以下 之下 以内 之内 及以内 内 以里 或更低 或更少`,
	})
	changes = func() map[string]int {
		m := map[string]int{}
		for _, w := range strings.Fields(rising + " " + higher) {
			m[w] = 1
		}
		for _, w := range strings.Fields(falling + " " + lower) {
			m[w] = -1
		}
		return m
	}()
)

// Words of a change, those that name what changes too, and those that are one only in a comparison.
const (
	rising  = `提高 提升 增加 增长 增大 增强 上升 升高 延长 扩大 高出 多出 加快 升 涨 增 拉长 改善 增多 放大 ` + gains
	falling = `降低 减少 下降 缩短 减小 减轻 节约 节省 缩小 削减 压缩 减缓 减慢 降 减 衰减 缩 少用 减薄 调低 提前 提早 ` + savings
	gains   = `增产 增收 增效 增重 增速 增幅 提速`
	savings = `节水 节电 节能 节肥 节药 节煤 节材 节油 节气 节料 省电 省水 省油 省工 省时 省料 减排 减重 减产 减量 减损 降耗 降本 降噪 降尘 降温 减噪`
	higher  = `高 多 快 长 大 强 重`
	lower   = `低 少 短 小 轻 慢 弱`
)

// negations turn the bound behind them: 不低于, 不得超过. Names in which 优于 is at most are those of errors.
var (
	negations = strings.Fields(`不 不得 不能 不要 不应 不可 不宜 不会 不允许 不许 不再 均不 应不 从不 未 无`)
	precise   = strings.Fields(`精度 误差 分辨率 偏差 不确定度 粗糙度 漂移 波动`)
)

// fractions stand in front of a number; the value is its percentage.
var fractions = []factor{{"百分之", 1}, {"千分之", .1}, {"万分之", .01}}

// shares are quantities without a number; some say what has changed.
var shares = map[string]struct {
	percent float64
	change  int
}{"一半": {50, 0}, "半数": {50, 0}, "翻一番": {100, 1}, "翻番": {100, 1}, "翻了一番": {100, 1}, "翻两番": {300, 1}, "翻了两番": {300, 1}, "减半": {50, -1}}

// A lexicon knows words by their role.
type lexicon struct {
	roles        map[string]role
	begins, ends map[rune]int // first and last character of a word to the bytes of the longest such word
}

func roles(words map[role]string) lexicon {
	l := lexicon{roles: map[string]role{}, begins: map[rune]int{}, ends: map[rune]int{}}
	for what, list := range words {
		for w := range strings.FieldsSeq(list) {
			l.roles[w] = what
			first, _ := utf8.DecodeRuneInString(w)
			last, _ := utf8.DecodeLastRuneInString(w)
			l.begins[first], l.ends[last] = max(l.begins[first], len(w)), max(l.ends[last], len(w))
		}
	}
	return l
}

func (l *lexicon) prefix(s string) (string, role) {
	first, _ := utf8.DecodeRuneInString(s)
	for n := min(len(s), l.begins[first]); n > 0; n-- {
		if what, ok := l.roles[s[:n]]; ok {
			return s[:n], what
		}
	}
	return "", 0
}

func (l *lexicon) suffix(s string) (string, role) {
	last, _ := utf8.DecodeLastRuneInString(s)
	for n := max(0, len(s)-l.ends[last]); n < len(s); n++ {
		if what, ok := l.roles[s[n:]]; ok {
			return s[n:], what
		}
	}
	return "", 0
}
