package corpus

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// What running text says of the fields of a posting.
var (
	orgForm    = regexp.MustCompile(`[\p{Han}A-Za-z（][\p{Han}A-Za-z0-9（）()·]{2,38}?(?:有限责任公司|股份有限公司|有限公司|合作社)`)
	orgAlone   = regexp.MustCompile(`^[\p{Han}A-Za-z0-9（）()·]{4,40}(?:公司|集团|合作社|研究院|研究所|大学|学院|厂)$`)
	orgLead    = regexp.MustCompile(`^.*(?:我们|我公司|本公司|我司|我厂|我单位|这边|这里|位于|来自|地处|一家|这家|客户|的|是|叫)`)
	placeForm  = regexp.MustCompile(`(?:地处|位于|坐落[于在]|来自|地址在|厂址在|厂区在)(\p{Han}{2,24})`)
	budgetForm = regexp.MustCompile(`(?:预算|经费|拟投入|计划投入|愿意?投入|可投入|可出资|悬赏|榜额)[^，。；;\n\d]{0,8}(\d[\d.,]*\s*[百千]?[万亿]?元?(?:\s*[-~—–至到]+\s*\d[\d.,]*\s*)?[百千]?[万亿]?元?(?:以内|左右|以下|以上)?)`)
	untilForm  = regexp.MustCompile(`(?:截止(?:日期|时间)?|有效期至?|截至)[：:为是到至 ]{0,3}(\d{4}[-年./]\d{1,2}(?:[-月./]\d{1,2})?[日月]?)`)
	asking     = regexp.MustCompile(`[寻征]求|求购|寻找|急需|需要|想[找要解]|希望|难题|如何|怎[么样]|能否|有没有|解决|攻克|开发|研发|改进|提高|降低|替代`)
	// introduction is what a firm says of itself, figured a goal in numbers, neither of which makes a title.
	introduction = regexp.MustCompile(`^我[是叫姓]|[二两三四五六七八九几]\s*[个项大](?:技术)?(?:难题|问题|需求)(?:想?请教|如下|需要解决|要解决)?$|^(?:我们?|这里|我(?:们|公司|司|厂)公?司?|本公司|公司)?(?:主要|专业|从事|成立于|位于|地处|是一?[家个]?\p{Han}*(?:公司|厂|合作社|企业)$|主营|年[产加])|^(?:我们?公司|我司|我厂|我们|本公司|公司)(?:生产|加工|主要|经营)[^的]*$|(?:有限公司|合作社|有限责任公司)$|哪里有|有没有.*(?:老师|专家)`)
	figured      = regexp.MustCompile(`降到|达到|控制在|提高到|缩短到|\d`)
	askingLead   = regexp.MustCompile(`^(?:(?:[一二三四五六七八九十\d]{1,2}[、.．]|[（(][一二三四五六七八九十\d]{1,2}[）)]|[①-⑩])\s*|目前|现在|现|因此|所以|但是?|我们公司|我们厂|我公司|我司|我们|企业|公司|我厂|急需|迫切|特|一直|正在|想要?|就是|希望能?够?|需要)+[，,：: ]*`)
)

// maxGuessed bounds the characters of a title that was made from running text.
const maxGuessed = 40

// guessTitle makes a title of running text: the first clause that does not introduce the firm and, where that asks for
// nothing, one of the next that does.
func guessTitle(text string) string {
	title, n := "", 0
	for clause := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("\n，,。；;！!？?", r) }) {
		clause = strings.Trim(clause, " ：:、（）()")
		short := askingLead.ReplaceAllString(clause, "")
		if utf8.RuneCountInString(short) < 4 || introduction.MatchString(clause) {
			continue
		}
		asks := asking.MatchString(clause)
		if title == "" {
			title = short
		} else if asks && !figured.MatchString(clause) && utf8.RuneCountInString(title+clause) < maxGuessed {
			title += "，" + clause
		}
		if n++; asks || n == 4 {
			break
		}
	}
	if r := []rune(title); len(r) > maxGuessed {
		title = string(r[:maxGuessed])
	}
	return title
}

// guessOrg returns the firm that has a line for itself, as in signatures, else the one that a text names, "" where it
// names none or several.
func guessOrg(text string) string {
	var found []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); orgAlone.MatchString(line) && !asking.MatchString(line) {
			return line
		}
	}
	for clause := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("\n，,。；;！!？?、：: ", r) }) {
		for _, name := range orgForm.FindAllString(clause, -1) {
			name = name[len(orgLead.FindString(name)):]
			if utf8.RuneCountInString(name) > 5 && !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// guessRegion returns the place that a text says it is at, else the one that begins the firm's name; "" for none.
func guessRegion(text, org string) string {
	places := []string{org}
	if m := placeForm.FindStringSubmatch(text); m != nil {
		places = []string{m[1], org}
	}
	for _, p := range places {
		if code, err := ParseRegion(p); err == nil && code != "" {
			return RegionPath(code)
		}
	}
	return ""
}

func guessBudget(text string) string {
	if m := budgetForm.FindStringSubmatch(text); m != nil && strings.ContainsAny(m[1], "万亿元") {
		if v, err := ParseMoney(m[1], ""); err == nil && v.Known() {
			return m[1]
		}
	}
	return ""
}

func guessUntil(text string) string {
	if m := untilForm.FindStringSubmatch(text); m != nil {
		if d, err := ParseDate(m[1]); err == nil && d != "" {
			return string(d)
		}
	}
	return ""
}
