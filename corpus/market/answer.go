package market

import (
	"slices"
	"time"

	"duijie/corpus"
)

const (
	// handDays is after how many working days a lead that nobody has answered goes to a broker.
	handDays = 5
	// longAgo is how old a lead is that nobody waits for an answer to any more: it goes to no broker.
	longAgo = 60 * 24 * time.Hour
	// usualTime is how far back a usual time to answer looks.
	usualTime = 365 * 24 * time.Hour
	// leastAnswers is how many answers have to be known before a usual time is told.
	leastAnswers = 3
)

// Hand gives a lead of the last 60 days to a broker that nobody has answered for 5 working days, with an answer promised within 3 more. It reports
// whether there was anything to do: one that was given to a broker already stays as it is.
func (l Lead) Hand(now time.Time) (Lead, bool) {
	if l.State != New || l.Ask == BrokerAsk || l.Handed != "" || !l.Answered.IsZero() || !workday(l.Created, handDays).Over(now) || now.Sub(l.Created) > longAgo {
		return l, false
	}
	l.Handed, l.Due, l.Updated = corpus.DayOf(now), workday(now, answerDays), now.UTC().Truncate(time.Second)
	return l, true
}

// Answer notes that another than the maker of a lead has answered it, if nobody had.
func (l Lead) Answer(now time.Time) Lead {
	if l.Answered.IsZero() {
		l.Answered = now.UTC().Truncate(time.Second)
	}
	return l
}

// A UsualAnswer says how soon a holder answers who asks for their postings.
type UsualAnswer struct {
	Days  int `json:"days" doc:"working days until the first answer, the median; 0 is the same day"`
	Known int `json:"known" doc:"answers of the last year that it was counted from: 3 or more"`
}

// UsualAnswerOf counts the leads that were opened within a year and answered; nil where these are fewer than 3.
func UsualAnswerOf(leads []Lead, now time.Time) *UsualAnswer {
	var days []int
	for _, l := range leads {
		if !l.Answered.IsZero() && now.Sub(l.Created) <= usualTime {
			days = append(days, workdays(l.Created, l.Answered))
		}
	}
	if len(days) < leastAnswers {
		return nil
	}
	slices.Sort(days)
	return &UsualAnswer{Days: days[len(days)/2], Known: len(days)}
}
