package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

// putRow writes a record that c may write, over the version that it was read at, 0 being a new one, and what follows from it.
func (s *Service) putRow(ctx context.Context, c Caller, d *market.Declared, move string, r market.Row, version uint64, also ...corpus.Record) (Record, error) {
	b := corpus.Batch{Actor: c.Name, Records: also}
	r, err := s.deal(ctx, c, move, r, version > 0, &b)
	if err != nil {
		return Record{}, err
	}
	body, err := json.Marshal(r.Whole())
	if err != nil {
		return Record{}, err
	}
	id := *r.Head().ID
	action := fmt.Sprintf("%s %s %s", move, d.One[1], id)
	if slices.ContainsFunc(d.States, func(n market.Named) bool { return n.Value == move }) {
		action = fmt.Sprintf("move %s %s to %s", d.One[1], id, move)
	}
	row := corpus.Record{Table: d.Name, ID: id, Body: body, IfVersion: version, Move: move}
	var unlike string
	row.Key, unlike = d.KeyOf(r)
	row.Also = market.AlsoListed(d.Name, r)
	if version == 0 {
		row.Room = roomFor(c, d)
	}
	news, err := s.newsOf(c, d, move, r, version+1)
	if err != nil {
		return Record{}, err
	}
	b.Action, b.Records, b.Events = action, append(b.Records, row), append(b.Events, news...)
	if f, ok := r.Whole().(market.Filing); ok {
		if b.Puts, err = s.filedNeed(f, version == 0); err != nil {
			return Record{}, err
		}
	}
	if x, ok := r.Whole().(market.Submission); ok && (x.State == market.Online || x.State == market.TakenDown) && move == string(x.State) {
		if b.Puts, err = s.sentPosting(x); err != nil {
			return Record{}, err
		}
	}
	results, err := s.Store.Write(ctx, b)
	if len(results) > 0 {
		s.settle(ctx)
	}
	switch {
	case errors.Is(err, corpus.ErrTaken) && d.Unique == nil:
		e := corpus.Errorf(corpus.Conflict, "another open %s of the same maker asks for the same", d.One[1])
		e.Field, e.Fix, e.Err = unlike, "go on with that one, or end it first", err
		if other, err := s.Store.RecordByKey(d.Name, row.Key); err == nil && d.Name == market.Leads {
			e.Message = fmt.Sprintf("the open lead %s, of the same maker or of their organisation, asks for the same", other.ID)
			e.Err = &TakenError{d.Name, other.ID}
		}
		if f := d.FieldOf(unlike); f.Taken != "" {
			e.Message, e.Fix = fmt.Sprintf("there is an %s with this %s already", d.One[1], unlike), f.Taken
		}
		return Record{}, e
	case errors.Is(err, corpus.ErrTaken):
		return Record{}, taken(d)
	case version > 0:
		err = versionConflict(err)
	}
	if err != nil {
		return Record{}, err
	}
	return s.recordOf(d, r, version+1)
}

// A TakenError is wrapped by the error of a record that another one makes needless.
type TakenError struct{ Table, ID string }

func (e *TakenError) Error() string { return "there is " + e.Table + " " + e.ID }

// Unwrap makes it an ErrTaken.
func (e *TakenError) Unwrap() error { return corpus.ErrTaken }

// taken is the error of a record whose unique texts another one has.
func taken(d *market.Declared) error {
	e := corpus.Errorf(corpus.Conflict, "another %s has this %s", d.One[1], strings.Join(d.Unique, " and "))
	e.Field, e.Fix = d.Unique[len(d.Unique)-1], "change that one, or ask the operator where it is not yours"
	return e
}

// putRecord writes one market record, if ifVersion is stored or 0.
func (s *Service) putRecord(ctx context.Context, c Caller, action, table, id string, v any, ifVersion uint64) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: action, Records: []corpus.Record{{Table: table, ID: id, Body: body, IfVersion: ifVersion}}})
	return err
}
