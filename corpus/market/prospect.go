package market

import (
	"time"

	"duijie/corpus"
)

// A Prospect is what is known of a lead, or of a need without one, that waits for a broker.
type Prospect struct {
	Stage  State         // of the lead; "": nobody has asked yet
	Fit    float64       // score × evidence of the best match of the need, [0, 1]; 0: not known
	Budget *corpus.Money // of the need
	Due    corpus.Date   // by when a new lead was promised an answer; "": nothing is promised
	Until  corpus.Date   // the last day of the need; "": none
}

// A Factor is one part of the value of a prospect.
type Factor struct {
	Name  string  `json:"name" enum:"worth,fit,chance,urgency"`
	Value float64 `json:"value" doc:"worth: what a deal may bring, in 10,000 yuan, 5 to 500, more being one lead's luck; fit: of the best match, score × evidence, 0 to 1; chance: that one at this stage becomes a contract, 0 to 1; urgency: 1 or more"`
}

// What stands in for what is not known, and what a stage is worth, is judged and not measured: there are no leads yet that
// could be counted. Budgets beyond mostWorth are one lead's luck, and below leastWorth a broker's day costs more.
const (
	leastWorth, usualWorth, mostWorth = 5., 20., 500. // 10,000 yuan
	usualFit                          = .2            // of somebody's lead without a kept list
	overdueUrgency, todayUrgency      = 3., 2.        // an answer was promised by then
	endingUrgency                     = 1.5           // the need ends within endingDays
	endingDays                        = 30
)

// chances are those of becoming a contract.
var chances = map[State]float64{"": .05, New: .1, Talking: .3, Agreed: .7}

// Value returns for what a broker should see first: worth × fit × chance × urgency, and the factors in this order. Without
// urgency it would be what may be expected of the prospect, in 10,000 yuan.
func (p Prospect) Value(now time.Time) (value float64, factors []Factor) {
	const wan = 1_000_000 // fen
	worth := usualWorth
	if p.Budget.Known() {
		worth = min(max(float64(p.Budget.From())/wan, leastWorth), mostWorth)
	}
	fit := p.Fit
	if fit == 0 {
		fit = usualFit
	}
	urgency := 1.
	today := corpus.DayOf(now)
	switch {
	case p.Stage == New && p.Due.Over(now):
		urgency = overdueUrgency
	case p.Stage == New && p.Due == today:
		urgency = todayUrgency
	case p.Until != "" && !p.Until.Over(now) && p.Until.Over(now.AddDate(0, 0, endingDays)):
		urgency = endingUrgency
	}
	factors = []Factor{{"worth", worth}, {"fit", fit}, {"chance", chances[p.Stage]}, {"urgency", urgency}}
	value = 1
	for _, f := range factors {
		value *= f.Value
	}
	return value, factors
}
