package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"duijie/corpus"
	"duijie/corpus/market"
)

func handoverRoutes() []route {
	return []route{{method: http.MethodPost, path: "/v1/accounts/{id}/handover", id: "hand-over", tag: "accounts", summary: "Give what an account made to another one", right: "accounts handover", class: works, problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).handOver)}}
}

// A HandOver says how many records of an account another one has now.
type HandOver struct {
	Moved  int `json:"moved"`
	Stayed int `json:"stayed" doc:"they are promises; the other account may have none of their sort, is of another organisation, or asks for the same already; or somebody changed them in that moment"`
}

// handOverMove is what the history of a record calls it.
const handOverMove = "handover"

// HandOver makes another account the maker of what one made: of what it made alone, and of what it made in the
// organisation of the other. What it made elsewhere stays, and so does what the other could do nothing with. Each record is
// a write of its own: where it is cut short, it can be done again.
func (s *Service) HandOver(ctx context.Context, c Caller, from, to string) (sum HandOver, err error) {
	if err := c.may(market.Accounts, handOverMove); err != nil {
		return sum, err
	}
	if _, _, err := s.account(from); err != nil {
		return sum, err
	}
	heir, _, err := s.account(to)
	switch {
	case corpus.CodeOf(err) == corpus.NotFound, err == nil && (heir.Disabled || to == from):
		e := corpus.Errorf(corpus.Invalid, "%q can't take anything over", to)
		e.Field, e.Fix = "to", "give the id of another account that is not disabled"
		return sum, e
	case err != nil:
		return sum, err
	}
	for _, t := range market.Tables {
		d := t.About()
		var in []corpus.Listing
		for _, owner := range madeBy("account:" + from) {
			in = append(in, corpus.Listing{Table: d.Name, Owner: owner})
		}
		for stored, err := range s.Store.RecordsBefore(in, "") {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return sum, err
			}
			moved, err := s.handOne(ctx, c, t, stored, heir)
			switch {
			case err != nil:
				return sum, err
			case moved:
				sum.Moved++
			default:
				sum.Stayed++
			}
		}
	}
	return sum, nil
}

// handOne reports whether heir is the maker of a record now.
func (s *Service) handOne(ctx context.Context, c Caller, t market.Table, stored corpus.Record, heir market.Account) (bool, error) {
	d := t.About()
	r, err := t.Read(stored.Body)
	if err != nil {
		return false, err
	}
	if d.Name == market.Promises { // what somebody promised binds nobody else, and opens nothing to them
		return false, nil
	}
	if of := *r.Head().Organisation; market.Allowed(heir.Role, d.Name, "read") == market.None || of != "" && of != heir.Organisation && d.Name != market.Organisations {
		return false, nil
	}
	r = r.With("by", "account:"+heir.ID)
	body, err := json.Marshal(r.Whole())
	if err != nil {
		return false, err
	}
	row := corpus.Record{Table: d.Name, ID: stored.ID, Body: body, IfVersion: stored.Version, Move: handOverMove}
	row.Key, _ = d.KeyOf(r)
	row.Also = market.AlsoListed(d.Name, r)
	if d.Name == market.Claims && *r.Head().State == market.Held { // what finds no room ends by itself
		row.Room = roomFor(Caller{Name: "account:" + heir.ID}, d)
	}
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: fmt.Sprintf("hand %s %s over to account %s", d.One[1], stored.ID, heir.ID), Records: []corpus.Record{row}})
	if code := corpus.CodeOf(err); err != nil && (code == corpus.Conflict || code == corpus.NotFound) {
		return false, nil
	}
	return err == nil, err
}

type handOverInput struct {
	IDParam
	Body struct {
		To string `json:"to" maxLength:"64" doc:"id of the account that takes over" example:"Zk3vQ9sLm2Xa"`
	}
}

type handOverOutput struct{ Body HandOver }

func (s *Service) handOver(ctx context.Context, in *handOverInput) (*handOverOutput, error) {
	sum, err := s.HandOver(ctx, CallerOf(ctx), in.ID, in.Body.To)
	return &handOverOutput{sum}, err
}
