package corpus

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Digits, what may stand between groups of them, surnames and titles, as parts of patterns.
const (
	digitForm  = `[\d０-９]`
	groupJoint = `(?: ?[-‐‑–—－.·] ?| )?`
	surname    = `[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳邢路岳齐梅莫庄辛祝左涂谷祁舒耿牟詹关苗凌费纪靳盛童欧甄曲裴席包]`
	jobTitle   = `(?:总经理|副总|总监|总工|总|经理|董事长|工程师|高工|工|主任|部长|厂长|处长|科长|所长|院长|局长|博士|教授|研究员|老师|师傅|先生|女士|小姐|书记|秘书|助理|主管|社长|理事长)`
	reachWord  = `(?:電話|手機|聯[繫絡]|联系(?:人|电话|方式|手机|邮箱)?|(?:咨询|客服|办公|固定|移动|公司)?电话|热线|手机(?:号码?)?|座机|固话|传真|号码|致电|拨打|电联|(?:个人)?(?:微信|威信|薇信|[Vv]信)(?:号|同号)?|(?:电子)?邮[箱件]|(?i:e-?mail|tel|mobile|phone|qq|wechat|wx|vx))`
)

// What reaches somebody. The first group, where there is one, is what is kept.
var (
	mobilePhone = regexp.MustCompile(`(?:[+＋]?(?:00|００)?(?:86|８６)` + groupJoint + `)?[1１][3-9３-９]` + digitForm + groupJoint +
		`(?:` + digitForm + `{4}` + groupJoint + digitForm + `{4}|` + digitForm + `{3}` + groupJoint + digitForm + `{5})`)
	fixedPhone = regexp.MustCompile(`(?:[（(][0０]` + digitForm + `{2,3}[)）]|[0０]` + digitForm + `{2,3})` + groupJoint + digitForm + `{3,4}` + groupJoint +
		digitForm + `{4}(?: ?(?:转|[-－]|ext\.?) ?` + digitForm + `{1,5})?`)
	hotline     = regexp.MustCompile(`[48４８][0０]{2}` + groupJoint + `(?:` + digitForm + `{3}` + groupJoint + digitForm + `{4}|` + digitForm + `{4}` + groupJoint + digitForm + `{3})`)
	namedNumber = regexp.MustCompile(reachWord + `[号码：:是为 ]*(` + digitForm + `(?:` + groupJoint + digitForm + `){6,14})`)
	identity    = regexp.MustCompile(`[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]`)
	mailAddress = regexp.MustCompile(`[\w.+-]+ ?[@＠] ?[\w-]+(?:[.．][\w-]+)+`)
	wechatID    = regexp.MustCompile(`(?i:(?:微信|威信|薇信|v信|weixin)(?:号|id)?[：:是为 ]*|\b(?:wechat|wx|vx)[：: ]+)([A-Za-z][-_A-Za-z0-9]{5,19})`)
	numbers     = []*regexp.Regexp{mobilePhone, fixedPhone, hotline, namedNumber, identity}

	// Who: beside a number, or with a title, or behind a word that names a contact.
	nameBefore = regexp.MustCompile(`(?:^|[^\p{Han}]|联系|[与和找是请叫姓的])((?:` + surname + `\p{Han}{0,2}?` + jobTitle + `?|\p{Han}{2,4}` + jobTitle + `))[ ：:，,、（(]*$`)
	nameAfter  = regexp.MustCompile(`^[ ，,：:]*[（(]?(` + surname + `\p{Han}{0,2}?` + jobTitle + `?)(?:[)） ，,。；;\n]|$)`)
	titledName = regexp.MustCompile(`(?:^|[^\p{Han}]|联系|咨询|[与和找是请])(` + surname + jobTitle + `)(?:[^\p{Han}]|联系|$)`)
	namedName  = regexp.MustCompile(`(?:联系人|对接人|请联系|请找|(?:^|[^\p{Han}])联系)[：:是为 ]*(\p{Han}{2,4}` + jobTitle + `?|` + surname + jobTitle + `)(?:[^\p{Han}]|$)`)
	lonelyName = regexp.MustCompile(`^` + surname + `\p{Han}{1,2}$`)
	noName     = words(`施工 包工 高工 古董 电话 手机 座机 微信 邮箱 方式 我们 公司 如下 以上 企业 厂家 专家 方便`)

	reachBefore = regexp.MustCompile(`(?:` + reachWord + `[号码：:是为同/、,， （(]*)+$`)
	sameAccount = regexp.MustCompile(`^[ ，,、]*[（(]?(?:微信|电话|手机)?(?:同号|同微信|同步)[)）]?|^[)）]`)
	invitation  = regexp.MustCompile(`(?:有意(?:向|者)?|有兴趣|感兴趣|如有[^，。；]{0,8}|请|欢迎|可以?|直接|随时|详情|与|和|及|或者?|找|者|的|加|添加|同|[ ：:、/])*(?:联系|咨询|致电|来电|私聊|私信)?(?:我们?)?[：: ]*$`)
	selfNamed   = regexp.MustCompile(`^(?:你好|您好)?我(?:叫|姓|是|的名字叫)$`) // 我叫 of 我叫王强
	nameLead    = regexp.MustCompile(`^(?:联系人?|咨询|致电|[与和找请是])+`)
	clauseForm  = regexp.MustCompile(`[^，,。；;！!？?]*[，,。；;！!？?]*`)
)

// takeContacts takes names with their telephone numbers, mail addresses and accounts out of a clean text, and returns
// them in their order. What is left holds none that these patterns know.
func takeContacts(s string) (rest string, found []string) {
	for range maxNesting {
		spans := contactSpans(s)
		if len(spans) == 0 {
			return s, found
		}
		var out strings.Builder
		at := 0
		for _, c := range spans {
			if c.start < at {
				continue
			}
			out.WriteString(s[at:c.start])
			out.WriteByte(0) // marks the place for tidy
			at = c.end
			if !slices.Contains(found, c.value) {
				found = append(found, c.value)
			}
		}
		out.WriteString(s[at:])
		var names []string
		s, names = tidy(out.String())
		found = append(names, found...)
	}
	// What still comes together after so many rounds was made to.
	return Clean(strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || r == '@' || r == '＠' {
			return -1
		}
		return r
	}, s)), found
}

// HoldsContact reports whether a text holds what reaches or identifies a person: a telephone or identity number, a mail address, or an
// account of a messenger. Names alone pass.
func HoldsContact(text string) bool {
	return len(reachSpans(Clean(text))) > 0
}

// A contactSpan is what has to go from a text for one contact, and what is kept of it.
type contactSpan struct {
	start, end int
	value      string
}

// reachSpans are those of numbers, addresses and accounts.
func reachSpans(s string) (out []contactSpan) {
	add := func(m []int, prefix string) {
		out = append(out, spanOf(s, m, prefix))
	}
	for _, p := range numbers {
		for _, m := range p.FindAllStringSubmatchIndex(s, -1) {
			before, _ := utf8.DecodeLastRuneInString(s[:m[len(m)-2]])
			after, _ := utf8.DecodeRuneInString(s[m[1]:])
			if !unicode.IsDigit(before) && !unicode.IsDigit(after) {
				add(m, "")
			}
		}
	}
	for _, m := range mailAddress.FindAllStringSubmatchIndex(s, -1) {
		add(m, "")
	}
	for _, m := range wechatID.FindAllStringSubmatchIndex(s, -1) {
		add(m, "微信 ")
	}
	return out
}

func spanOf(s string, m []int, prefix string) contactSpan {
	start, end := m[len(m)-2], m[len(m)-1]
	return contactSpan{start, end, prefix + strings.TrimSpace(s[start:end])}
}

func contactSpans(s string) []contactSpan {
	out := reachSpans(s)
	for i := range out {
		out[i].widen(s)
	}
	for _, p := range []*regexp.Regexp{titledName, namedName} {
		for _, m := range p.FindAllStringSubmatchIndex(s, -1) {
			if !noName[s[m[2]:m[3]]] {
				out = append(out, spanOf(s, m, ""))
				last := &out[len(out)-1]
				last.start -= len(reachBefore.FindString(tail(s[:last.start])))
			}
		}
	}
	slices.SortFunc(out, func(a, b contactSpan) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	return out
}

// widen takes in the words that announce a number, and the name beside it.
func (c *contactSpan) widen(s string) {
	c.end += len(sameAccount.FindString(head(s[c.end:])))
	c.start -= len(reachBefore.FindString(tail(s[:c.start])))
	if m := nameBefore.FindStringSubmatchIndex(tail(s[:c.start])); m != nil {
		from := c.start - len(tail(s[:c.start]))
		name := s[from+m[2] : from+m[3]]
		lead := len(nameLead.FindString(name))
		if name = name[lead:]; utf8.RuneCountInString(name) > 1 && !noName[name] {
			c.value = name + " " + c.value
			c.start = from + m[2] + lead
			c.start -= len(reachBefore.FindString(tail(s[:c.start])))
			return
		}
	}
	if m := nameAfter.FindStringSubmatchIndex(head(s[c.end:])); m != nil {
		if name := s[c.end+m[2] : c.end+m[3]]; utf8.RuneCountInString(name) > 1 && !noName[name] {
			c.value = name + " " + c.value
			c.end += m[3]
		}
	}
}

// head and tail are the ends of a text, as far as words beside a number or a label reach: all of it would be looked
// through again for each.
func head(s string) string {
	cut := min(len(s), 60)
	for cut < len(s) && !utf8.RuneStart(s[cut]) {
		cut++
	}
	return s[:cut]
}

func tail(s string) string {
	cut := max(0, len(s)-60)
	for cut < len(s) && !utf8.RuneStart(s[cut]) {
		cut++
	}
	return s[cut:]
}

// tidy mends the lines from which something was taken, marked with a zero byte, and drops what says nothing more. A name
// that stands alone above or below such a line is a signature.
func tidy(s string) (rest string, names []string) {
	lines := strings.Split(s, "\n")
	taken := func(i int) bool { return i >= 0 && i < len(lines) && strings.Contains(lines[i], "\x00") }
	var out []string
	for i, line := range lines {
		switch {
		case taken(i):
			if line = tidyLine(line); line != "" {
				out = append(out, line)
			}
		case lonelyName.MatchString(line) && (taken(i+1) || taken(i-1)):
			names = append(names, line)
		default:
			out = append(out, line)
		}
	}
	return Clean(strings.Join(out, "\n")), names
}

func tidyLine(line string) string {
	var out string
	for _, clause := range clauseForm.FindAllString(line, -1) {
		if !strings.Contains(clause, "\x00") {
			out += clause
			continue
		}
		body := strings.TrimRight(clause, "，,。；;！!？?")
		ending := clause[len(body):]
		parts := strings.Split(body, "\x00")
		for i, p := range parts {
			parts[i] = strings.Trim(invitation.ReplaceAllString(p, ""), " ：:、/|（(—-")
		}
		body = selfNamed.ReplaceAllString(strings.TrimSpace(strings.Join(parts, " ")), "")
		if strings.ContainsFunc(body, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			out += body + ending
		} else if strings.HasPrefix(ending, "。") {
			out = strings.TrimRight(out, "，,；;、：: ") + ending
		}
	}
	out = strings.Trim(out, " ，,；;、：:/|")
	if !strings.ContainsFunc(out, unicode.IsLetter) {
		return ""
	}
	return out
}
