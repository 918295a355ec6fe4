package market

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"duijie/corpus"
)

// Reviews are the states of a submission that waits for a decision, by level from 1.
var Reviews = []State{FirstReview, SecondReview, ThirdReview}

// MaxReviewLevels is how many people may have to pass a submission, one after another.
var MaxReviewLevels = len(Reviews)

// Next returns where a submission goes that is passed in the state that it is in, where so many levels have to pass it; "" in a
// state in which nobody reviews it. What waits for a level that was given up since is published by who passes it.
func (s Submission) Next(levels int) State {
	at := slices.Index(Reviews, s.State)
	switch {
	case at < 0:
		return ""
	case at+1 < min(levels, MaxReviewLevels):
		return Reviews[at+1]
	}
	return Online
}

// written are the fields of the text itself, those that come with no move.
func written(yield func(Field) bool) {
	for _, f := range submissionFields {
		if f.With == "" && !yield(f) {
			return
		}
	}
}

// differs reports whether the text is another one.
func (s Submission) differs(was Submission) bool {
	for f := range written {
		if member(&s, f.Name).String() != member(&was, f.Name).String() {
			return true
		}
	}
	return false
}

// priceHeader is what the field price is of a posting of this kind.
func priceHeader(k corpus.Kind) string {
	if k == corpus.Need {
		return "budget"
	}
	return "price"
}

// read returns the posting that the text makes, as an import would read it; what can't be understood is a fault.
func (s Submission) read() (d corpus.Doc, wrong corpus.Faults) {
	values := map[string]string{"kind": string(s.Kind), "source_id": s.ID}
	for f := range written {
		if text := member(&s, f.Name).String(); text != "" && f.Name == "price" {
			values[priceHeader(s.Kind)] = text
		} else if text != "" {
			values[f.Name] = text
		}
	}
	line, err := json.Marshal(values)
	if err != nil {
		return d, corpus.Faults{corpus.Errorf(corpus.Internal, "the text can't be read: %v", err)}
	}
	for row, err := range corpus.Read(bytes.NewReader(line), "", corpus.ReadOptions{Kind: s.Kind, Source: SubmissionSource, Format: corpus.JSONL}) {
		if err != nil {
			return d, corpus.Faults{corpus.Errorf(corpus.Invalid, "the text can't be read: %v", err)}
		}
		d = row.Doc
		for _, e := range slices.Concat(row.Problems, row.Warnings) {
			field := e.Field
			if field == priceHeader(s.Kind) {
				field = "price"
			}
			wrong = append(wrong, &corpus.Error{Code: corpus.Invalid, Field: field, Message: e.Message, Fix: e.Fix})
		}
	}
	return d, wrong
}

// Put returns the posting as the submission says it, on show from a day on, or of a submission that is taken down the old one on
// show no more. Of old, the posting as it is stored, all stays that a submission says nothing of; the zero document where there
// is none yet.
func (s Submission) Put(old corpus.Doc, today corpus.Date) (corpus.Doc, error) {
	d := old
	if s.State == TakenDown {
		d.Status, d.WithdrawnOn = corpus.Withdrawn, today
		return d, nil
	}
	read, wrong := s.read()
	if len(wrong) > 0 {
		return d, wrong
	}
	if old.Status != corpus.Published || d.PublishedOn == "" {
		d.PublishedOn = today
	}
	d.Kind, d.Source, d.SourceID, d.Status, d.ConfirmedOn = s.Kind, SubmissionSource, s.ID, corpus.Published, today
	d.Title, d.Text, d.Org, d.Contact, d.People, d.Keywords = read.Title, read.Text, read.Org, read.Contact, read.People, read.Keywords
	d.Field, d.Region, d.Indicators, d.ValidUntil = read.Field, read.Region, read.Indicators, read.ValidUntil
	d.Stage, d.Cooperation, d.Rights, d.Price, d.Budget = read.Stage, read.Cooperation, read.Rights, read.Price, read.Budget
	d.Extra = map[string]string{}
	maps.Copy(d.Extra, old.Extra)
	for f := range written { // what the text before said beside its typed values
		delete(d.Extra, f.Name)
		delete(d.Extra, priceHeader(s.Kind))
	}
	maps.Copy(d.Extra, read.Extra)
	return d, nil
}

// A found is a Finding with the field in which it stands.
type found struct {
	Field
	corpus.Finding
}

// findingWords are what people call what a scan finds.
var findingWords = map[corpus.FindingSort]Words{corpus.IdentityFinding: {"身份证号", "the number of an identity card"}, corpus.BankFinding: {"银行卡号", "the number of a bank card"},
	corpus.PhoneFinding: {"电话或微信号", "a telephone number or account"}, corpus.MailFinding: {"邮箱", "a mail address"}, corpus.SecretFinding: {"疑似涉密的词", "a word of secrecy"}}

// scan returns what the text holds, as it would be shown, that should not be public, by field. The contact is there to hold telephone numbers and
// addresses, and nobody's identity.
func (s Submission) scan() (out []found) {
	for f := range written {
		if f.Choices != nil || f.Day {
			continue
		}
		for _, x := range corpus.Scan(corpus.Clean(member(&s, f.Name).String())) {
			if f.Name != "contact" || x.Sort == corpus.IdentityFinding || x.Sort == corpus.BankFinding {
				out = append(out, found{f, x})
			}
		}
	}
	return out
}

func (f found) String() string {
	return fmt.Sprintf("“%s”里有%s %s", f.Words[0], findingWords[f.Sort][0], f.Text)
}

// A FoundError is the cause of the fault of a field that holds what should not be public, with how to mend it, for people.
type FoundError struct{ Words }

func (e *FoundError) Error() string { return e.Words[1] }

// fault says that a text can't be sent in, and how to mend it.
func (f found) fault() *corpus.Error {
	fix := Words{"请移到“联系方式”里，那里不公开", "move it to contact, which is confidential"}
	if f.Sort == corpus.IdentityFinding || f.Sort == corpus.BankFinding {
		fix = Words{"请删去，信息里用不着它", "take it out; no posting needs it"}
	}
	e := invalid(f.Name, fix[1], "it holds %s: %s", findingWords[f.Sort][1], f.Text)
	e.Err = &FoundError{Words{f.String() + "，" + fix[0] + "。", e.Message + "; " + fix[1] + "."}}
	return e
}
