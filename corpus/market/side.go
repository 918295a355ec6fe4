package market

import (
	"slices"
	"strings"

	"duijie/corpus"
)

// A Side is one of those between whom a lead stands: who asked, or who has a posting that it names.
type Side string

const (
	AskerSide       Side = "asker"
	AchievementSide Side = Side(corpus.Achievement)
	NeedSide        Side = Side(corpus.Need)
)

// Sides are those of a lead: the asker, and of its postings those that are not the asker's own.
func (l Lead) Sides() []Side {
	sides := []Side{AskerSide}
	for _, p := range []struct {
		side      Side
		id, owner string
	}{{AchievementSide, l.Achievement, l.AchievementOwner}, {NeedSide, l.Need, l.NeedOwner}} {
		if o := parseOwner(p.owner); p.id != "" && (o == (Owner{}) || !o.made(LeadType.Row(l))) {
			sides = append(sides, p.side)
		}
	}
	return sides
}

// Unmanned are the sides of a lead with nobody here who could speak for them: a visitor of a portal's page, and postings of
// which nobody is known to have them. A broker speaks for these.
func (l Lead) Unmanned() (sides []Side) {
	asked := AskedOf(LeadType.Row(l))
	for _, side := range l.Sides() {
		_, has := asked[corpus.Kind(side)]
		if side == AskerSide && strings.HasPrefix(l.By, "site:") || side != AskerSide && !has {
			sides = append(sides, side)
		}
	}
	return sides
}

// Opens reports whether a side opens its contact to those that open theirs.
func (l Lead) Opens(side Side) bool { return slices.Contains(strings.Fields(l.Open), string(side)) }

// SetOpen lets sides open their contacts, or no more.
func (l Lead) SetOpen(sides []Side, open bool) Lead {
	var now []string
	for _, side := range l.Sides() {
		if opens := l.Opens(side); opens && !slices.Contains(sides, side) || open && slices.Contains(sides, side) {
			now = append(now, string(side))
		}
	}
	l.Open = strings.Join(now, " ")
	return l
}

// SideOf is the side on which somebody stands; "" is that of brokers and of who runs the service.
func (l Lead) SideOf(by, organisation string) Side {
	who := func(o Owner) bool {
		return o.By != "" && o.By == by || organisation != "" && o.Organisation == organisation
	}
	if who(Owner{l.By, l.Organisation}) {
		return AskerSide
	}
	for k, o := range AskedOf(LeadType.Row(l)) {
		if who(o) {
			return Side(k)
		}
	}
	return ""
}
