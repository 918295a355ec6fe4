package api

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A Record is a row of a market table at a version. Ids of postings that were merged lead to what took over; in the stored
// row they stay, so that a merge can be taken back.
type Record struct {
	market.Row
	Version uint64
	Secret  bool // what was done gave it another secret, which is shown this once
	stored  market.Row
}

// secretOf returns the secret of a row that is the newest; "": it has none.
func secretOf(r market.Row) string {
	if _, secrets := r.Shown(market.Own); len(secrets) > 0 {
		return secrets[0]
	}
	return ""
}

// recordMove returns nil where c may make a move with r, which is nil before it is made.
func recordMove(c Caller, d *market.Declared, move string, r market.Row) error {
	if err := c.may(d.Name, move); err != nil || r == nil || c.reaches(d.Name, move, r) {
		return err
	}
	e := corpus.Errorf(corpus.Forbidden, "this %s is somebody else's", d.One[1])
	e.Fix = "ask its maker, or the operator"
	return e
}

// mayUpdate returns nil where c may change fields of r: the right to update, and that of the state that it is in, or to begin
// again from there, so that nobody changes what somebody else has confirmed.
func mayUpdate(c Caller, d *market.Declared, r market.Row) error {
	err := recordMove(c, d, "update", r)
	state, first := *r.Head().State, market.State(d.States[0].Value)
	if err != nil || state == first || slices.Contains(d.Moves[state], first) && recordMove(c, d, string(first), r) == nil {
		return err
	}
	return recordMove(c, d, string(state), r)
}

func (s *Service) readRecord(t market.Table, stored corpus.Record) (Record, error) {
	r, err := t.Read(stored.Body)
	if err != nil {
		return Record{}, err
	}
	return s.recordOf(t.About(), r, stored.Version)
}

func (s *Service) recordOf(d *market.Declared, stored market.Row, version uint64) (Record, error) {
	r := Record{Row: stored, Version: version, stored: stored}
	for _, f := range d.Fields {
		if f.Kind == "" {
			continue
		}
		id := r.Text(f.Name)
		if err := s.endOf(f.Kind, &id); err != nil {
			return Record{}, err
		}
		r.Row = r.With(f.Name, id)
	}
	if lead, ok := r.Whole().(market.Lead); ok {
		var err error
		if lead.Asker, err = s.askerOf(lead.By, lead.Organisation); err != nil {
			return Record{}, err
		}
		r.Row = market.LeadType.Row(lead)
	}
	return r, nil
}

// Record returns one record; one that c may not read has code NotFound as if there were none.
func (s *Service) Record(_ context.Context, c Caller, t market.Table, id string) (Record, error) {
	d := t.About()
	stored, err := s.Store.Record(d.Name, id)
	if corpus.CodeOf(err) == corpus.NotFound {
		return Record{}, missing(corpus.Kind(d.One[1]), id)
	}
	if err != nil {
		return Record{}, err
	}
	r, err := s.readRecord(t, stored)
	if err != nil {
		return Record{}, err
	}
	if r.Row, err = s.sees(c, d, "read", r.Row); r.Row == nil {
		return Record{}, cmp.Or(err, missing(corpus.Kind(d.One[1]), id))
	}
	r, ok, err := s.shownTo(c, d, r)
	if err == nil && !ok {
		err = missing(corpus.Kind(d.One[1]), id)
	}
	return r, err
}

// Brokered returns the open lead by which c, or c's organisation, gave a need to a broker; code NotFound where there is none.
func (s *Service) Brokered(c Caller, need string) (Record, error) {
	ids, err := s.Store.Aliases(corpus.Need, need)
	if err != nil {
		return Record{}, err
	}
	var keys []string
	for _, id := range append(ids, need) {
		if c.Organisation != "" {
			keys = append(keys, market.BrokerKey(id, c.Organisation))
		}
		keys = append(keys, market.BrokerKey(id, c.Name))
	}
	for _, key := range keys {
		stored, err := s.Store.RecordByKey(market.Leads, key)
		if corpus.CodeOf(err) == corpus.NotFound {
			continue
		}
		if err != nil {
			return Record{}, err
		}
		r, err := s.readRecord(&market.LeadType, stored)
		if err == nil && recordMove(c, &market.LeadType.Declared, "read", r) != nil {
			break // it stayed with the organisation that c has left
		}
		return r, err
	}
	return Record{}, missing(corpus.Kind(market.LeadType.One[1]), need)
}

// MovesOf returns the moves that c may make with a record now: states to go to, acts, update and delete.
func (s *Service) MovesOf(c Caller, t market.Table, r Record) (moves []string) {
	d := t.About()
	var can []string
	next := d.Moves[*r.Head().State]
	for _, to := range next {
		can = append(can, string(to))
	}
	if len(next) > 0 && slices.ContainsFunc(d.Fields, func(f market.Field) bool { return !f.Fixed && f.With == "" }) {
		can = append(can, "update")
	}
	for _, a := range d.Acts {
		if _, err := r.stored.Act(a.Value, s.now()); err == nil {
			can = append(can, a.Value)
		}
	}
	for _, move := range append(can, "delete") {
		if recordMove(c, d, move, r) == nil && (move != "update" || mayUpdate(c, d, r) == nil) && s.mayReview(c, r.stored, market.State(move)) == nil {
			moves = append(moves, move)
		}
	}
	return moves
}

// roomFor says among which records that c made a new one must find room.
func roomFor(c Caller, d *market.Declared) corpus.Room {
	room := corpus.Room{Most: d.Most}
	if d.Name == market.Organisations && c.Allowed(d.Name, string(market.Verified)) == market.All {
		return corpus.Room{} // the operator writes them down for others
	}
	for _, state := range d.States {
		if len(d.Moves[market.State(state.Value)]) > 0 {
			for _, owner := range madeBy(c.Name) {
				room.In = append(room.In, corpus.Listing{Table: d.Name, Owner: owner, State: state.Value})
			}
		}
	}
	return room
}

// CreateRecord makes a record of fields' texts in c's name and that of c's organisation, and moves it on where they name a
// state. Postings that it names must be visible to c and not over; c may not have as many of the sort as one may have.
func (s *Service) CreateRecord(ctx context.Context, c Caller, t market.Table, values map[string]string) (Record, error) {
	switch t.About().Name {
	case market.Claims:
		return s.claim(ctx, c, values)
	case market.Promises:
		return s.promise(ctx, c, values)
	}
	return s.createRecord(ctx, c, t, values)
}

func (s *Service) createRecord(ctx context.Context, c Caller, t market.Table, values map[string]string) (Record, error) {
	d := t.About()
	if err := recordMove(c, d, "create", nil); err != nil {
		return Record{}, err
	}
	state, moves := values["state"]
	if moves {
		values = maps.Clone(values)
		delete(values, "state")
	}
	r, err := t.Make(values, c.Name, s.now())
	if err != nil {
		return Record{}, err
	}
	if of := r.Head().Organisation; *of == "" && d.Name != market.Desks { // but an organisation's own; a desk is its broker's alone
		*of = c.Organisation
	}
	if first := d.States[0].Value; moves && state != first {
		if err := cmp.Or(d.Reaches(market.State(first), market.State(state)), recordMove(c, d, state, r)); err != nil {
			return Record{}, err
		}
		if r, err = r.Change(map[string]string{"state": state}, s.now()); err != nil {
			return Record{}, err
		}
	}
	if r, err = s.openPostings(ctx, c, d, r, nil); err != nil {
		return Record{}, err
	}
	if r, err = s.withOwners(d, r); err != nil {
		return Record{}, err
	}
	if err := cmp.Or(s.subscribable(d, r, nil), s.reachable(c, r)); err != nil {
		return Record{}, err
	}
	return s.putRow(ctx, c, d, "create", r, 0)
}

// ChangeRecord gives a record other texts in the fields that values name, and moves it where they name a state. ifVersion
// 0 is any version; else another stored one has code Conflict, as has a change by somebody else in the same moment. A change
// may give the record a secret.
func (s *Service) ChangeRecord(ctx context.Context, c Caller, t market.Table, id string, values map[string]string, ifVersion uint64) (Record, error) {
	d := t.About()
	old, err := s.recordAt(ctx, c, t, id, ifVersion)
	if err != nil {
		return Record{}, err
	}
	values = maps.Clone(values)
	maps.DeleteFunc(values, func(name, text string) bool { // a merged posting stays as it is stored
		f := d.FieldOf(name)
		return f != nil && f.Kind != "" && text == old.Text(name)
	})
	r, err := old.stored.Change(values, s.now())
	if len(values) == 0 || err == nil && same(d, r, old.stored) {
		return old, nil
	}
	move := "update"
	if to, ok := values["state"]; ok {
		if err := d.Reaches(*old.Head().State, market.State(to)); err != nil {
			return Record{}, err
		}
		move = to
		if err := cmp.Or(recordMove(c, d, move, old), s.mayReview(c, old.stored, market.State(to))); err != nil {
			return Record{}, err
		}
	}
	for name := range values {
		if f := d.FieldOf(name); name != "state" && (f == nil || f.With == "") {
			if err := mayUpdate(c, d, old); err != nil {
				return Record{}, err
			}
		}
	}
	if err != nil {
		return Record{}, err
	}
	if r, err = s.openPostings(ctx, c, d, r, old.stored); err != nil {
		return Record{}, err
	}
	if err := s.subscribable(d, r, old.stored); err != nil {
		return Record{}, err
	}
	if r, err = passed(c, old.stored, r); err != nil {
		return Record{}, err
	}
	also, err := s.founder(d, old, r)
	if err != nil {
		return Record{}, err
	}
	now, err := s.putRow(ctx, c, d, move, s.answered(c, r, *old.Head().State), old.Version, also...)
	if err == nil {
		now, _, err = s.shownTo(c, d, now)
	}
	now.Secret = err == nil && secretOf(r) != "" && secretOf(r) != secretOf(old.stored)
	return now, err
}

// ActOnRecord does one of the acts of a record's type.
func (s *Service) ActOnRecord(ctx context.Context, c Caller, t market.Table, id, act string, ifVersion uint64) (Record, error) {
	old, err := s.recordAt(ctx, c, t, id, ifVersion)
	if err != nil {
		return Record{}, err
	}
	if err := recordMove(c, t.About(), act, old); err != nil {
		return Record{}, err
	}
	r, err := old.stored.Act(act, s.now())
	if err != nil {
		return Record{}, err
	}
	return s.putRow(ctx, c, t.About(), act, r, old.Version)
}

// versionField is what the error of a record that another version took the place of names.
const versionField = "version"

// recordAt is Record at a version, 0 being any.
func (s *Service) recordAt(ctx context.Context, c Caller, t market.Table, id string, version uint64) (Record, error) {
	r, err := s.Record(ctx, c, t, id)
	if err == nil && version != 0 && version != r.Version {
		err = corpus.Errorf(corpus.Conflict, "%s %q is at version %d, not %d", t.About().One[1], id, r.Version, version)
	}
	return r, versionConflict(err)
}

// versionConflict marks a conflict of versions, and no other error.
func versionConflict(err error) error {
	if corpus.CodeOf(err) != corpus.Conflict {
		return err
	}
	return &corpus.Error{Code: corpus.Conflict, Message: err.Error(), Fix: "read it again and repeat the change", Field: versionField}
}

// same reports whether two rows have the same state and texts.
func same(d *market.Declared, r, old market.Row) bool {
	return *r.Head().State == *old.Head().State &&
		!slices.ContainsFunc(d.Fields, func(f market.Field) bool { return r.Text(f.Name) != old.Text(f.Name) })
}

// openPostings checks the postings and records that r names and old does not: c must see them, and postings must not be
// over. It returns r with the ids to which merged ones lead.
func (s *Service) openPostings(ctx context.Context, c Caller, d *market.Declared, r, old market.Row) (market.Row, error) {
	for _, f := range d.Fields {
		id := r.Text(f.Name)
		if id == "" || old != nil && old.Text(f.Name) == id {
			continue
		}
		if f.Record != "" {
			if _, err := s.Record(ctx, c, market.TableOf(f.Record), id); err != nil {
				return nil, fieldError(err, f.Name)
			}
		}
		if f.Kind == "" {
			continue
		}
		seen, err := s.follow(ctx, c.unconfined(), f.Kind, id)
		if err != nil {
			return nil, fieldError(err, f.Name)
		}
		posting, err := s.Store.Get(f.Kind, seen.ID) // with a last day that c may not read
		if err != nil {
			return nil, err
		}
		life, err := s.Life(posting)
		if err != nil {
			return nil, err
		}
		if err := life.TakesLeads(&posting); err != nil {
			return nil, err
		}
		r = r.With(f.Name, seen.ID)
	}
	return r, nil
}

// fieldError names the field whose id led nowhere; other errors are as they were.
func fieldError(err error, field string) error {
	if e, ok := errors.AsType[*corpus.Error](err); ok && e.Code == corpus.NotFound {
		named := *e
		named.Field = field
		return &named
	}
	return err
}
