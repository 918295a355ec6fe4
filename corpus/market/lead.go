package market

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duijie/corpus"
)

// Leads is the record table of leads.
const Leads = "leads"

// A State is how far a lead has come.
type State string

const (
	New        State = "new"        // somebody is interested
	Talking    State = "talking"    // both sides know of each other
	Agreed     State = "agreed"     // they want a contract
	Contracted State = "contracted" // it is signed; final
	Declined   State = "declined"   // with a reason; final
)

// A DeclineReason is why a lead came to nothing: one of the eight that people in this trade name.
type DeclineReason string

const (
	TooEarly        DeclineReason = "too_early"        // 技术过早
	BenefitUnclear  DeclineReason = "benefit_unclear"  // 相对现有方案的好处不明
	RouteUnclear    DeclineReason = "route_unclear"    // 商业路径不明
	TextUnclear     DeclineReason = "text_unclear"     // 描述不清
	ScientificDoubt DeclineReason = "scientific_doubt" // 科学上存疑
	NotOurStrategy  DeclineReason = "not_our_strategy" // 不符合战略
	AlreadySolved   DeclineReason = "already_solved"   // 已经解决
	PriceOrTerms    DeclineReason = "price_or_terms"   // 价格或条件不合
)

// DeclineReasons lists all reasons in the order in which they are offered.
var DeclineReasons = []DeclineReason{TooEarly, BenefitUnclear, RouteUnclear, TextUnclear, ScientificDoubt, NotOurStrategy, AlreadySolved, PriceOrTerms}

// A Mover is in what role somebody moves a lead.
type Mover string

const (
	Author   Mover = "author"   // opened it
	Operator Mover = "operator" // runs the exchange
)

// moves says who may move a lead from a state to which others. Final states have no row.
var moves = map[State]map[Mover][]State{
	New:     {Operator: {Talking, Declined}, Author: {Declined}},
	Talking: {Operator: {Agreed, Declined}, Author: {Declined}},
	Agreed:  {Operator: {Contracted, Declined}, Author: {Declined}},
}

// A Lead says "I am interested": somebody sees in an achievement what a need asks for.
type Lead struct {
	ID          string        `json:"id"`
	Need        string        `json:"need" doc:"id of the need; may be empty of a visitor's"`
	Achievement string        `json:"achievement" doc:"id of the achievement; may be empty of a visitor's"`
	Message     string        `json:"message,omitempty" doc:"2,000 characters at most"`
	State       State         `json:"state" enum:"new,talking,agreed,contracted,declined"`
	Reason      DeclineReason `json:"reason,omitempty" enum:"too_early,benefit_unclear,route_unclear,text_unclear,scientific_doubt,not_our_strategy,already_solved,price_or_terms" doc:"of declined leads"`
	By          string        `json:"by" doc:"who opened it, as key:ID, or site:ID for a visitor of that site"`
	Visitor     *Visitor      `json:"visitor,omitempty" doc:"who said so on a portal's page; admins and brokers read it"`
	Created     time.Time     `json:"created"`
	Updated     time.Time     `json:"updated"`
}

// maxMessage is how many runes of message a lead holds, about one page.
const maxMessage = 2_000

// MakeLead returns a new lead; ids made later sort later, to the millisecond.
func MakeLead(need, achievement, message, by string, now time.Time) (Lead, error) {
	message = strings.TrimSpace(message)
	if n := utf8.RuneCountInString(message); n > maxMessage {
		return Lead{}, invalid("message", "shorten it", "%d characters, more than the %d allowed", n, maxMessage)
	}
	id := fmt.Sprintf("%012x%s", now.UnixMilli(), random(8))
	now = now.UTC().Truncate(time.Second)
	return Lead{ID: id, Need: need, Achievement: achievement, Message: message, State: New, By: by, Created: now, Updated: now}, nil
}

// Move returns the lead in another state. A move that the mover may not do has code Forbidden where another may, and
// Conflict where nobody may; a decline without one of DeclineReasons, and a reason without a decline, have code Invalid.
func (l Lead) Move(to State, reason DeclineReason, by Mover, now time.Time) (Lead, error) {
	if !slices.Contains([]State{New, Talking, Agreed, Contracted, Declined}, to) {
		return l, invalid("state", "use talking, agreed, contracted or declined", "unknown state %q", to)
	}
	if !slices.Contains(moves[l.State][by], to) {
		if by != Operator && slices.Contains(moves[l.State][Operator], to) {
			e := corpus.Errorf(corpus.Forbidden, "only the operator moves a lead from %s to %s", l.State, to)
			e.Field, e.Fix = "state", "ask the operator"
			return l, e
		}
		e := corpus.Errorf(corpus.Conflict, "a lead can't go from %s to %s", l.State, to)
		e.Field, e.Fix = "state", "read it again; the way is new, talking, agreed, contracted, or declined from each of the first three"
		return l, e
	}
	switch known := slices.Contains(DeclineReasons, reason); {
	case to == Declined && !known:
		return l, invalid("reason", "give one of "+list(DeclineReasons), "a decline needs a reason, not %q", reason)
	case to != Declined && reason != "":
		return l, invalid("reason", "leave it out", "only a decline has a reason")
	}
	l.State, l.Reason, l.Updated = to, reason, now.UTC().Truncate(time.Second)
	return l, nil
}

func list[T ~string](values []T) string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = string(v)
	}
	return strings.Join(names, ", ")
}
