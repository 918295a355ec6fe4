package corpus

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/width"
)

// setContact puts name, telephone and mail address beside each other, as they were given. Numbers that can't be telephones
// are told of and stay.
func setContact(d *Doc, c cell) *Error {
	both := *d
	both.Contact = ""
	if err := line(MaxName, func(d *Doc) *string { return &d.Contact })(&both, c); err != nil {
		return err
	}
	odd := checkPhones(both.Contact)
	if d.Contact != "" && both.Contact != "" {
		both.Contact = d.Contact + " " + both.Contact
	}
	if len(both.Contact) > MaxName {
		return tooManyBytes(len(both.Contact), MaxName)
	}
	d.Contact = cmp.Or(both.Contact, d.Contact)
	return odd
}

// numberRun is what may be a telephone number: digits with what is written between them.
var numberRun = regexp.MustCompile(`\+?\(?\d[\d\s()-]{4,}\d`)

// checkPhones returns what is wrong with the numbers of a contact: a mobile number has 11 digits from 1 on, a number with
// area code 10 to 12 from 0 on. Short ones, 400 and 800, extensions and foreign numbers pass.
func checkPhones(contact string) *Error {
	for _, run := range numberRun.FindAllString(width.Fold.String(contact), -1) {
		for _, number := range phones(run) {
			if len(number) < 7 {
				continue
			}
			mobile := number[0] == '1' && number[1] >= '3'
			if mobile && len(number) != 11 || number[0] == '0' && number[1] != '0' && (len(number) < 10 || len(number) > 12) {
				return &Error{Code: Invalid, Message: fmt.Sprintf("“%s”有 %d 位，不像电话号码", number, len(number)),
					Fix: "手机号 11 位，固定电话写上区号；已按原样保留"}
			}
		}
	}
	return nil
}

// phones cuts a run of digits with blanks and hyphens into numbers: 138 0000 0000 is one, 13800000000 13900000000 two.
func phones(run string) []string {
	var out []string
	joined := ""
	for part := range strings.FieldsFuncSeq(run, func(r rune) bool { return r < '0' || r > '9' }) {
		if whole := len(joined) >= 11 || len(joined) >= 7 && len(part) >= 7; whole {
			out, joined = append(out, joined), ""
		}
		if joined == "" && part == "86" { // the country
			continue
		}
		joined += part
	}
	if len(joined) == 13 && strings.HasPrefix(joined, "861") {
		joined = joined[2:]
	}
	return append(out, joined)
}
