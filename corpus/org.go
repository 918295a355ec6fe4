package corpus

import (
	"regexp"
	"strings"
	"time"
)

// CheckOrgCode says what is wrong with a 统一社会信用代码 (GB 32100-2015): 18 characters, the last of which is a sum modulo
// 31 of the others. Empty is right. Codes in use fail, so a failed check is for warning only.
func CheckOrgCode(s string) error {
	if s == "" || orgCodeSum(s) {
		return nil
	}
	return &Error{Code: Invalid, Field: "org_code", Message: "“" + s + "”不像统一社会信用代码", Fix: "应为 18 位，末位是校验码；请核对，已按原样保留"}
}

// orgDigits are the digits of a credit code, by value: letters that look like others are left out.
const orgDigits = "0123456789ABCDEFGHJKLMNPQRTUWXY"

func orgCodeSum(s string) bool {
	if len(s) != 18 {
		return false
	}
	sum, weight := 0, 1
	for i := range 17 {
		v := strings.IndexByte(orgDigits, s[i])
		if v < 0 {
			return false
		}
		sum, weight = sum+v*weight, weight*3%31
	}
	return s[17] == orgDigits[(31-sum%31)%31]
}

// identityNumber reports whether s is a valid number of a person (GB 11643-1999), as a firm of one person may give it.
func identityNumber(s string) bool {
	s = strings.ToUpper(codeNoise.Replace(foldText(s).s))
	if len(s) != 18 {
		return false
	}
	sum := 0
	for i := range 17 {
		if !digit(s[i]) {
			return false
		}
		sum += int(s[i]-'0') * (1 << (17 - i) % 11)
	}
	_, err := time.Parse("20060102", s[6:14])
	return err == nil && s[17] == "10X98765432"[sum%11]
}

// orgCode is a credit code as it is meant: in capitals, without blanks and hyphens.
func orgCode(s string) string { return strings.ToUpper(codeNoise.Replace(foldText(CleanLine(s)).s)) }

// ParseOrgCode returns a credit code as it is meant; an error of code Invalid where its last character is not the sum of the
// others.
func ParseOrgCode(s string) (string, error) {
	code := orgCode(s)
	if !orgCodeSum(code) {
		return code, Errorf(Invalid, "%q is no credit code", s)
	}
	return code, nil
}

// setOrgCode takes a credit code as it is meant.
func setOrgCode(d *Doc, c cell) *Error {
	if !c.lossy || scientific.FindString(CleanLine(c.text)) == "" {
		c.text = orgCode(c.text)
	}
	return line(MaxName, func(d *Doc) *string { return &d.OrgCode })(d, c)
}

var codeNoise = strings.NewReplacer(" ", "", "-", "")

var (
	formerName = regexp.MustCompile(`[（(\[【](?:(?:原名|曾用名|更名前)[^）)\]】]*|原[^）)\]】]+(?:公司|厂|院|所|大学|中心|集团|站|社))[）)\]】]`)
	legalForms = strings.NewReplacer("有限责任公司", "有限公司")
)

// OrgKey folds the name of an organisation, so that spellings of one are equal: brackets, width, case, 有限责任公司 and
// 有限公司. A former name in brackets, 甲公司（原乙公司）, does not count.
func OrgKey(name string) string {
	return legalForms.Replace(normal(formerName.ReplaceAllString(name, "")))
}
