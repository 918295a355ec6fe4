package corpus

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A FindingSort is what a Scan finds.
type FindingSort string

const (
	IdentityFinding FindingSort = "identity" // number of an identity card (GB 11643-1999), whose last character fits the others
	BankFinding     FindingSort = "bank"     // number of a bank card, whose last digit fits the others
	PhoneFinding    FindingSort = "phone"    // telephone, hotline, fax, WeChat, QQ
	MailFinding     FindingSort = "mail"     // mail address
	SecretFinding   FindingSort = "secret"   // a word of those who keep secrets: somebody should look
)

// Personal reports whether no text of a posting should hold it, rather than that somebody should look.
func (s FindingSort) Personal() bool { return s != SecretFinding }

// A Finding is something in a text that should not be public.
type Finding struct {
	Sort FindingSort
	Text string // masked, but for words
}

var (
	digitRun     = regexp.MustCompile(`\d(?:[ -]?\d)+[Xx]?`)
	bankPrefix   = regexp.MustCompile(`^(?:62\d{14,17}|4\d{15}|5[1-5]\d{14})$`)
	secretWord   = regexp.MustCompile(`绝密|机密|涉密|国家秘密|内部资料|内部文件|不得公开|不宜公开|请勿外传|军工|军品|武器`)
	paperBefore  = regexp.MustCompile(`(?:专利|证书|登记|申请|公开|公告|授权|批准|许可|注册|标准|合同|项目|课题|产品|设备|型|编)$`)
	mailTopLevel = regexp.MustCompile(`\.[A-Za-z]{2,}$`)
)

// Scan returns what a text holds of numbers of identity and bank cards, ways to reach people and words of secrecy, in this
// order and each once.
func Scan(text string) (found []Finding) {
	s := foldText(text).s
	var taken [][]int
	add := func(sort FindingSort, start, end int, shown string) {
		if slices.ContainsFunc(taken, func(t []int) bool { return start < t[1] && t[0] < end }) {
			return
		}
		taken = append(taken, []int{start, end})
		if f := (Finding{sort, shown}); !slices.Contains(found, f) {
			found = append(found, f)
		}
	}
	for _, cards := range []struct {
		sort FindingSort
		is   func(string) bool
	}{{IdentityFinding, identityNumber}, {BankFinding, bankNumber}} {
		for _, run := range digitRun.FindAllStringIndex(s, -1) {
			for _, part := range append([][]int{{run[0], run[1]}}, parts(s, run)...) {
				number := s[part[0]:part[1]]
				if bare := strings.NewReplacer(" ", "", "-", "").Replace(number); cards.is(bare) {
					add(cards.sort, part[0], part[1], maskNumber(bare))
				}
			}
		}
	}
	for _, p := range []*regexp.Regexp{mobilePhone, fixedPhone, hotline, namedNumber, wechatID} {
		for _, m := range p.FindAllStringSubmatchIndex(s, -1) {
			start, end := m[len(m)-2], m[len(m)-1]
			before, _ := utf8.DecodeLastRuneInString(s[:start])
			after, _ := utf8.DecodeRuneInString(s[end:])
			named := p == namedNumber && paperBefore.MatchString(strings.TrimSuffix(s[:m[0]], "号")) // 专利号码：2013...
			if !unicode.IsDigit(before) && !unicode.IsDigit(after) && !named {
				add(PhoneFinding, start, end, maskNumber(s[start:end]))
			}
		}
	}
	for _, m := range mailAddress.FindAllStringIndex(s, -1) {
		if address := s[m[0]:m[1]]; mailTopLevel.MatchString(address) { // and not Pt@C3.6
			name, host, _ := strings.Cut(address, "@")
			add(MailFinding, m[0], m[1], name[:1]+"***@"+strings.TrimSpace(host))
		}
	}
	for _, m := range secretWord.FindAllStringIndex(s, -1) {
		add(SecretFinding, m[0], m[1], s[m[0]:m[1]])
	}
	return found
}

// parts are those of a run of digits that has blanks or hyphens in it.
func parts(s string, run []int) (out [][]int) {
	for start := run[0]; start < run[1]; {
		end := start + strings.IndexAny(s[start:run[1]]+" ", " -")
		out = append(out, []int{start, end})
		start = end + 1
	}
	return out
}

// bankNumber reports whether s is the number of a bank card by its length, its beginning and its last digit (ISO/IEC 7812-1).
func bankNumber(s string) bool {
	if !bankPrefix.MatchString(s) {
		return false
	}
	sum := 0
	for i := range len(s) {
		n := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			n = n*2/10 + n*2%10
		}
		sum += n
	}
	return sum%10 == 0
}

// maskNumber leaves of a number or a name of an account its first three and last two characters.
func maskNumber(s string) string {
	all := []rune(s)
	for i := 3; i < len(all)-2; i++ {
		if unicode.IsDigit(all[i]) || unicode.IsLetter(all[i]) {
			all[i] = '*'
		}
	}
	return string(all)
}
