package api

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/matcher"
)

// A deskWork puts the rows of one desk together.
type deskWork struct {
	s       *Service
	ctx     context.Context
	c       Caller
	setting market.DeskSetting
	held    map[string]market.Claim // by key, those that are over left out
	matcher *matcher.Matcher
	asked   map[string]bool       // needs with an open lead, by id
	needed  map[string]corpus.Doc // needs that were read, by id; one that c may not read has no ID
	rows    []DeskRow
}

func (s *Service) deskWork(ctx context.Context, c Caller, m *matcher.Matcher) (*deskWork, error) {
	w := &deskWork{s: s, ctx: ctx, c: c, held: map[string]market.Claim{}, matcher: m, asked: map[string]bool{}, needed: map[string]corpus.Doc{}}
	var err error
	if w.setting, err = s.deskOf(c.Name); err != nil {
		return nil, err
	}
	for r, err := range s.Store.RecordsBefore([]corpus.Listing{{Table: market.Claims, State: string(market.Held)}}, "") {
		var claim market.Claim
		if err == nil {
			err = json.Unmarshal(r.Body, &claim)
		}
		if err != nil {
			return nil, err
		}
		if claim.Until.Over(s.now()) {
			continue
		}
		if err := s.endOf(corpus.Need, &claim.Need); err != nil {
			return nil, err
		}
		key := market.ClaimKey(claim.Need, claim.Lead)
		if w.held[key].By != c.Name { // two may hold needs that were merged since
			w.held[key] = claim
		}
	}
	return w, nil
}

// need reads a need as c may; the zero document is one that c may not.
func (w *deskWork) need(id string) (corpus.Doc, error) {
	if d, ok := w.needed[id]; ok || id == "" {
		return d, nil
	}
	d, err := w.s.follow(w.ctx, w.c, corpus.Need, id)
	if corpus.CodeOf(err) == corpus.NotFound {
		d, err = corpus.Doc{}, nil
	}
	w.needed[id] = d
	return d, err
}

// row is the row of a lead, or of a need without one.
func (w *deskWork) row(need corpus.Doc, lead market.Lead) DeskRow {
	row := DeskRow{Lead: lead.ID, Need: cmp.Or(lead.Need, need.ID), Achievement: lead.Achievement, Title: need.Title, Org: need.Org, Region: need.Region, Budget: need.Budget, Stage: lead.State}
	if lead.State == market.New {
		row.Due, row.Overdue = lead.Due, lead.Due.Over(w.s.now())
	}
	p := market.Prospect{Stage: lead.State, Budget: need.Budget, Due: row.Due, Until: need.ValidUntil}
	if need.ID != "" {
		p.Fit = w.matcher.Fit(need.Number)
	}
	row.Value, row.Factors = p.Value(w.s.now())
	return row
}

// leads adds the open leads, the newest deskLeads of each state.
func (w *deskWork) leads() error {
	for _, state := range []market.State{market.New, market.Talking, market.Agreed} {
		n := 0
		for r, err := range w.s.rows(w.ctx, w.c, &market.LeadType, RecordQuery{State: state}) {
			if err != nil {
				return err
			}
			if n++; n > deskLeads {
				break
			}
			lead := r.Whole().(market.Lead)
			if err := w.s.endOf(corpus.Need, &lead.Need); err != nil {
				return err
			}
			need, err := w.need(lead.Need)
			if err != nil {
				return err
			}
			w.asked[lead.Need] = true
			if w.mine(lead.Need, lead.ID) || w.setting.Covers(need.Field, need.Region) {
				w.rows = append(w.rows, w.row(need, lead))
			}
		}
	}
	return nil
}

// mine reports whether c holds the claim of a need, or of a lead without one.
func (w *deskWork) mine(need, lead string) bool {
	claim, ok := w.held[market.ClaimKey(need, lead)]
	return ok && claim.By == w.c.Name
}

// needs adds needs about which nobody has asked, of those that have a good match, the best fit first.
func (w *deskWork) needs() error {
	found := 0
	const atOnce = 100
	for some := range slices.Chunk(w.matcher.Prospects(deskNeedsRead), atOnce) {
		numbers := make([]uint32, len(some))
		for i, p := range some {
			numbers[i] = p.Number
		}
		docs, err := w.s.Store.ByNumber(corpus.Need, numbers...)
		if err != nil {
			return err
		}
		for _, d := range docs {
			_, held := w.held[market.ClaimKey(d.ID, "")]
			seen, ok := w.c.sees(d)
			if held || !ok || d.Status != corpus.Published || d.ValidUntil.Over(w.s.now()) || w.asked[d.ID] || !w.setting.Covers(seen.Field, seen.Region) {
				continue
			}
			if w.rows = append(w.rows, w.row(seen, market.Lead{})); found == deskNeeds-1 {
				return nil
			}
			found++
		}
	}
	return nil
}

// share puts the rows, which are the most valuable first, where they belong: with c's claims, or among those that wait. What
// others hold is left out.
func (w *deskWork) share(d *Desk, limit int) error {
	first := map[string]DeskRow{} // of c's claims, by key
	for _, row := range w.rows {
		key := market.ClaimKey(row.Need, row.Lead)
		claim, held := w.held[key]
		if held && claim.By != w.c.Name {
			continue
		}
		if row.Overdue {
			d.Overdue++
		}
		if _, ok := first[key]; held && !ok {
			first[key] = row
		}
		if held {
			continue
		}
		if d.Total++; row.Due != "" {
			d.Promised = append(d.Promised, row)
		} else if len(d.Waiting) < limit {
			d.Waiting = append(d.Waiting, row)
		}
	}
	slices.SortStableFunc(d.Promised, func(a, b DeskRow) int { return cmp.Compare(a.Due, b.Due) })
	d.Promised = d.Promised[:min(len(d.Promised), deskPromised)]
	for _, rows := range [][]DeskRow{d.Promised, d.Waiting} {
		for i := range rows {
			if err := w.name(&rows[i]); err != nil {
				return err
			}
		}
	}
	tomorrow := w.s.now().AddDate(0, 0, 1)
	for key, claim := range w.held {
		if claim.By != w.c.Name {
			continue
		}
		row, ok := first[key]
		if !ok { // nobody has asked, or the lead is closed
			need, err := w.need(claim.Need)
			if err != nil {
				return err
			}
			row = w.row(need, market.Lead{ID: claim.Lead, Need: claim.Need})
		}
		if err := w.name(&row); err != nil {
			return err
		}
		d.Claims = append(d.Claims, DeskClaim{ID: claim.ID, Until: claim.Until, Ends: claim.Until <= corpus.DayOf(tomorrow), DeskRow: row})
	}
	slices.SortFunc(d.Claims, func(a, b DeskClaim) int { return cmp.Or(cmp.Compare(a.Until, b.Until), cmp.Compare(a.ID, b.ID)) })
	return nil
}

// name gives a row without a need the title of its achievement.
func (w *deskWork) name(row *DeskRow) error {
	if row.Title != "" || row.Achievement == "" {
		return nil
	}
	d, err := w.s.follow(w.ctx, w.c, corpus.Achievement, row.Achievement)
	if corpus.CodeOf(err) == corpus.NotFound {
		return nil
	}
	row.Title = d.Title
	return err
}
