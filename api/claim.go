package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

// clock is who ends what nobody has ended in time.
var clock = Caller{Name: "clock"}

// A ClaimedError is wrapped by the error of a claim on what is held.
type ClaimedError struct {
	Name  string      // who holds it
	Until corpus.Date // its last day
	Mine  bool        // it is who asks
}

func (e *ClaimedError) Error() string { return "it is claimed" }

// claim makes a claim in c's name: on the need of the lead where one is named that has a need. Claims that have lapsed make
// way. Where somebody holds the same the error has code Conflict and says who, and until when.
func (s *Service) claim(ctx context.Context, c Caller, values map[string]string) (Record, error) {
	d := market.ClaimType.About()
	if err := recordMove(c, d, "create", nil); err != nil {
		return Record{}, err
	}
	values = maps.Clone(values)
	if id := values["lead"]; id != "" {
		lead, err := s.Record(ctx, c, &market.LeadType, id)
		if err != nil {
			return Record{}, fieldError(err, "lead")
		}
		if need := lead.Text("need"); need != "" {
			values["need"] = need
		}
	}
	keys, err := s.claimKeys(values["need"], values["lead"])
	if err != nil {
		return Record{}, err
	}
	if err := s.lapseClaims(ctx, c.Name, keys...); err != nil {
		return Record{}, err
	}
	for _, key := range keys[1:] {
		if err := s.claimed(c, key); err != nil {
			return Record{}, err
		}
	}
	r, err := s.createRecord(ctx, c, &market.ClaimType, values)
	if errors.Is(err, corpus.ErrTaken) {
		err = cmp.Or(s.claimed(c, keys[0]), err) // nil: released in this moment
	}
	return r, err
}

// claimKeys are the keys under which what is claimed may be held: the first is that of a new claim, the others those of needs
// that were merged into it, whose claims keep their ids.
func (s *Service) claimKeys(need, lead string) (keys []string, err error) {
	if err := s.endOf(corpus.Need, &need); err != nil {
		return nil, err
	}
	keys = []string{market.ClaimKey(need, lead)}
	if need == "" {
		return keys, nil
	}
	ids, err := s.Store.Aliases(corpus.Need, need)
	for _, id := range ids {
		keys = append(keys, market.ClaimKey(id, ""))
	}
	return keys, err
}

// claimed is the error of a claim on what somebody holds under a key; nil: nobody does.
func (s *Service) claimed(c Caller, key string) error {
	stored, err := s.Store.RecordByKey(market.Claims, key)
	if corpus.CodeOf(err) == corpus.NotFound {
		return nil
	}
	var held market.Claim
	if err == nil {
		err = json.Unmarshal(stored.Body, &held)
	}
	if err != nil {
		return err
	}
	taken := &ClaimedError{s.nameOf(held.By), held.Until, held.By == c.Name}
	conflict := corpus.Errorf(corpus.Conflict, "%s has claimed this until %s", taken.Name, taken.Until)
	conflict.Field, conflict.Fix, conflict.Err = "need", "ask for a hand-over, or take another", taken
	if taken.Mine {
		conflict.Message, conflict.Fix = fmt.Sprintf("you have claimed this until %s", taken.Until), "go on with that claim"
	}
	return conflict
}

// lapseClaims ends those of somebody's claims that are over, and those with keys.
func (s *Service) lapseClaims(ctx context.Context, by string, keys ...string) error {
	var due []corpus.Record
	var in []corpus.Listing
	for _, owner := range madeBy(by) {
		in = append(in, corpus.Listing{Table: market.Claims, Owner: owner, State: string(market.Held)})
	}
	for r, err := range s.Store.RecordsBefore(in, "") {
		if err != nil {
			return err
		}
		due = append(due, r)
	}
	for _, key := range keys {
		r, err := s.Store.RecordByKey(market.Claims, key)
		if err == nil {
			due = append(due, r)
		} else if corpus.CodeOf(err) != corpus.NotFound {
			return err
		}
	}
	d := market.ClaimType.About()
	for _, stored := range due {
		r, err := market.ClaimType.Read(stored.Body)
		if err != nil {
			return err
		}
		if !d.Overdue(r, s.now()) {
			continue
		}
		if r, err = r.Change(map[string]string{"state": string(market.Lapsed)}, s.now()); err == nil {
			_, err = s.putRow(ctx, clock, d, string(market.Lapsed), r, stored.Version)
		}
		if err != nil && corpus.CodeOf(err) != corpus.Conflict { // somebody else has ended it
			return err
		}
	}
	return nil
}

// HandOverClaim gives a claim to another broker, who holds it until its last day; the receiver needs room for it.
func (s *Service) HandOverClaim(ctx context.Context, c Caller, id, to string) (Record, error) {
	d := market.ClaimType.About()
	old, err := s.Record(ctx, c, &market.ClaimType, id)
	if err == nil {
		err = recordMove(c, d, "hand_over", old)
	}
	if err != nil {
		return Record{}, err
	}
	if *old.Head().State != market.Held || d.Overdue(old, s.now()) {
		e := corpus.Errorf(corpus.Conflict, "this claim is over")
		e.Fix = "make a new one"
		return Record{}, e
	}
	if takes, err := s.takesClaims(to); err != nil || !takes {
		e := corpus.Errorf(corpus.Invalid, "%q is no broker at work", to)
		e.Field, e.Fix, e.Err = "to", "give a broker as account:ID or key:ID who is not away", err
		return Record{}, e
	}
	if err := s.lapseClaims(ctx, to); err != nil {
		return Record{}, err
	}
	claim := old.stored.Whole().(market.Claim)
	if claim.By == to {
		return old, nil
	}
	claim.By, claim.Organisation, claim.Updated = to, "", s.now().UTC() // who gets it may be of another organisation
	body, err := json.Marshal(claim)
	if err != nil {
		return Record{}, err
	}
	r, err := market.ClaimType.Read(body)
	if err != nil {
		return Record{}, err
	}
	row := corpus.Record{Table: d.Name, ID: id, Body: body, IfVersion: old.Version, Move: "hand_over", Room: roomFor(Caller{Name: to}, d)}
	row.Key, _ = d.KeyOf(r)
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: fmt.Sprintf("hand claim %s over to %s", id, to), Records: []corpus.Record{row}})
	if n, _ := s.Store.CountRecords(row.Room.In); corpus.CodeOf(err) == corpus.Conflict && n >= row.Room.Most {
		e := corpus.Errorf(corpus.Conflict, "%s has %d claims, which is the most", s.nameOf(to), n)
		e.Field, e.Fix = "to", "give it to somebody else, or release it"
		return Record{}, e
	}
	if err != nil {
		return Record{}, versionConflict(err)
	}
	return s.recordOf(d, r, old.Version+1)
}

// takesClaims reports whether somebody is a broker, or an admin, who is there and not away.
func (s *Service) takesClaims(by string) (bool, error) {
	gone, err := s.gone(by)
	if err != nil || gone {
		return false, err
	}
	role := market.Nobody
	switch sort, id, _ := strings.Cut(by, ":"); sort {
	case "account":
		a, _, err := market.AccountOf(s.Store, id)
		if err != nil || !a.Active() {
			return false, err
		}
		role = a.Role
	case "key":
		k, _, err := s.key(id)
		if err != nil {
			return false, err
		}
		role = k.Role
	}
	if market.Allowed(role, market.Claims, "create") == market.None {
		return false, nil
	}
	desk, err := s.deskOf(by)
	return desk.State != market.Away, err
}

// nameOf is what people call who made something: the name of the account or of the key; "" is never returned.
func (s *Service) nameOf(by string) string {
	sort, id, _ := strings.Cut(by, ":")
	switch sort {
	case "account":
		if a, _, err := market.AccountOf(s.Store, id); err == nil {
			return a.Name
		}
	case "key":
		if k, _, err := s.key(id); err == nil {
			return k.Name
		}
	}
	return by
}

type handOverClaimInput struct {
	IDParam
	Body struct {
		To string `json:"to" minLength:"1" maxLength:"100" doc:"the broker who goes on, as account:ID or key:ID" example:"account:3f9a0c11d2e4"`
	}
}

type claimOutput struct {
	ETag string `header:"ETag" doc:"the version, for If-Match" example:"\"3\""`
	Body market.Claim
}

func (s *Service) handOverClaim(ctx context.Context, in *handOverClaimInput) (*claimOutput, error) {
	r, err := s.HandOverClaim(ctx, CallerOf(ctx), in.ID, in.Body.To)
	if err != nil {
		return nil, err
	}
	return &claimOutput{tagOf(r.Version), r.Whole().(market.Claim)}, nil
}
