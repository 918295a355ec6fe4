package market

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Remarks is the record table of what is written in the threads of leads. The id of a row is that of the lead and of the remark
// with a slash between, so that those of a lead sort by time.
const Remarks = "remarks"

const (
	maxRemark = 5_000 // characters
	// MaxRemarks is how many the thread of a lead has.
	MaxRemarks = 1_000
)

// A Remark is what somebody who takes part in a lead writes to the others. Nothing changes in it.
type Remark struct {
	ID           string       `json:"id" doc:"those of a lead sort by time"`
	Lead         string       `json:"lead" doc:"id of the lead"`
	Text         string       `json:"text" doc:"1 to 5,000 characters"`
	Files        []Attachment `json:"files,omitempty" doc:"5 at most"`
	By           string       `json:"by" doc:"who wrote it, as key:ID or account:ID"`
	Organisation string       `json:"organisation,omitempty" doc:"id of the organisation that its writer belonged to"`
	Created      time.Time    `json:"created"`
}

// An Attachment is a file beside a remark.
type Attachment struct {
	ID     string `json:"id"`
	Name   string `json:"name" doc:"of the file, as it was called"`
	Type   string `json:"type" doc:"its media type"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256" doc:"of its content, in hexadecimal digits"`
}

// MakeRemark checks a text and makes a remark of it. Its error has code Invalid.
func MakeRemark(lead, text, by, organisation string, now time.Time) (Remark, error) {
	text = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\r\n", "\n"))
	if n := utf8.RuneCountInString(text); n == 0 || n > maxRemark {
		return Remark{}, invalid("text", "write 1 to 5,000 characters", "the text has %d characters", n)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		return Remark{}, invalid("text", "write it without control characters", "it holds control characters")
	}
	return Remark{ID: newID(now), Lead: lead, Text: text, By: by, Organisation: organisation, Created: now.UTC().Truncate(time.Second)}, nil
}

// Row is the id under which the remark is stored.
func (r Remark) Row() string { return r.Lead + "/" + r.ID }
