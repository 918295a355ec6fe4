package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"duijie/corpus"
	"duijie/corpus/market"
)

// thread returns a lead that c takes part in or sees as who sees all, with the version at which it is stored. c may do a move
// with its thread.
func (s *Service) thread(ctx context.Context, c Caller, id, move string) (Record, market.Lead, error) {
	if err := c.may(market.Remarks, move); err != nil {
		return Record{}, market.Lead{}, err
	}
	r, err := s.Record(ctx, c, &market.LeadType, id)
	if err != nil {
		return r, market.Lead{}, err
	}
	l := r.stored.Whole().(market.Lead)
	if move == "create" && l.State == market.Declined {
		e := corpus.Errorf(corpus.Conflict, "this lead is declined")
		e.Fix = "open a new one"
		return r, l, e
	}
	return r, l, nil
}

// Remarks returns at most limit remarks of a lead's thread, the oldest first, beginning after one with the id after, and the id to go
// on with, "" at the end.
func (s *Service) Remarks(ctx context.Context, c Caller, lead string, limit int, after string) (remarks []market.Remark, next string, err error) {
	if _, _, err := s.thread(ctx, c, lead, "list"); err != nil {
		return nil, "", err
	}
	prefix := lead + "/"
	if after != "" {
		after = prefix + after
	}
	remarks = []market.Remark{}
	for r, err := range s.Store.RecordsAfter(market.Remarks, prefix, after) {
		if err != nil {
			return nil, "", err
		}
		if len(remarks) == limit {
			return remarks, remarks[limit-1].ID, nil
		}
		m, err := readRemark(r)
		if err != nil {
			return nil, "", err
		}
		remarks = append(remarks, m)
	}
	return remarks, "", nil
}

func readRemark(r corpus.Record) (m market.Remark, err error) {
	if err = json.Unmarshal(r.Body, &m); err != nil {
		err = fmt.Errorf("remark %s: %w", r.ID, err)
	}
	return m, err
}

// remark returns one of a lead's thread, which c reads already.
func (s *Service) remark(lead, id string) (market.Remark, uint64, error) {
	r, err := s.Store.Record(market.Remarks, lead+"/"+id)
	if corpus.CodeOf(err) == corpus.NotFound {
		return market.Remark{}, 0, missing("remark", id)
	}
	if err != nil {
		return market.Remark{}, 0, err
	}
	m, err := readRemark(r)
	return m, r.Version, err
}

// AddRemark writes into the thread of a lead, with files, all of it or nothing. The others who take part hear of it: who asked, who has the
// postings, the brokers who wrote before and the one who has claimed it. The first remark of another than who asked answers the
// lead. In a declined lead nobody writes any more: code Conflict.
func (s *Service) AddRemark(ctx context.Context, c Caller, lead, text string, files []NewFile) (market.Remark, error) {
	r, l, err := s.thread(ctx, c, lead, "create")
	if err != nil {
		return market.Remark{}, err
	}
	m, err := market.MakeRemark(lead, text, c.Name, c.Organisation, s.now())
	if err != nil {
		return m, err
	}
	heard, n, bytes, err := s.hearers(r, l)
	switch {
	case err != nil:
		return m, err
	case bytes+sizeOf(files...) > maxThreadFiles:
		return m, threadFull()
	case n >= market.MaxRemarks:
		e := corpus.Errorf(corpus.Conflict, "the thread has %d remarks, which is the most", n)
		e.Fix = "go on by telephone or mail"
		return m, e
	case len(files) > maxAttachments:
		return m, tooManyFiles()
	}
	for _, f := range files {
		a, err := s.checkFile(f)
		if err != nil {
			return m, err
		}
		m.Files = append(m.Files, a)
	}
	heard = slices.DeleteFunc(heard, func(account string) bool { return account == c.Account })
	events, err := s.Tell(Notice{Sort: market.RemarkWritten, What: "remarks " + m.Row(), To: heard, Facts: factsOf(market.LeadType.About(), r.stored)})
	if err != nil {
		return m, err
	}
	if err := s.keepFiles(files, m.Files); err != nil {
		return m, err
	}
	if err := s.putRemark(ctx, c, "write", m, 0, events, l, r.Version); err != nil {
		return m, errors.Join(err, s.dropFiles(m.Files))
	}
	return m, nil
}

// putRemark writes a remark, and with it that the lead is answered where it is by that.
func (s *Service) putRemark(ctx context.Context, c Caller, verb string, m market.Remark, version uint64, events []corpus.Event, l market.Lead, at uint64) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	row := corpus.Record{Table: market.Remarks, ID: m.Row(), Body: body, IfVersion: version}
	if l.State == market.New && l.Answered.IsZero() && !c.has(market.Leads, market.LeadType.Head(&l)) {
		return versionConflict(s.putLead(ctx, c, l.Answer(s.now()), at, "answered", events, row))
	}
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: fmt.Sprintf("%s remark %s", verb, m.Row()), Records: []corpus.Record{row}, Events: events})
	return versionConflict(err)
}

// hearers are the accounts that hear of what is written in a thread, how many remarks it has, and how large its files are together.
func (s *Service) hearers(r Record, l market.Lead) (to []string, n int, bytes int64, err error) {
	if to, err = s.parties(r.stored); err != nil {
		return nil, 0, 0, err
	}
	hears := func(by string) {
		if account := accountOf(by); account != "" {
			to = append(to, account)
		}
	}
	for stored, err := range s.Store.RecordsAfter(market.Remarks, l.ID+"/", "") {
		var m market.Remark
		if err == nil {
			m, err = readRemark(stored)
		}
		if err != nil {
			return nil, 0, 0, err
		}
		n++
		for _, f := range m.Files {
			bytes += f.Bytes
		}
		if c, err := s.whoWrote(m.By); err != nil {
			return nil, 0, 0, err
		} else if recordMove(c, market.LeadType.About(), "read", r.stored) == nil { // who has left hears no more
			hears(m.By)
		}
	}
	keys, err := s.claimKeys(l.Need, l.ID)
	if err != nil {
		return nil, 0, 0, err
	}
	for _, key := range keys {
		claim, err := s.Store.RecordByKey(market.Claims, key)
		if corpus.CodeOf(err) == corpus.NotFound {
			continue
		}
		var held market.Claim
		if err == nil {
			err = json.Unmarshal(claim.Body, &held)
		}
		if err != nil {
			return nil, 0, 0, err
		}
		if !held.Until.Over(s.now()) {
			hears(held.By)
		}
	}
	return to, n, bytes, nil
}

// whoWrote is the account that made something as who asks today; nobody where it is a key or gone.
func (s *Service) whoWrote(by string) (Caller, error) {
	account := accountOf(by)
	if account == "" {
		return Caller{}, nil
	}
	a, _, err := market.AccountOf(s.Store, account)
	if corpus.CodeOf(err) == corpus.NotFound {
		return Caller{}, nil
	}
	if err != nil {
		return Caller{}, err
	}
	return s.callerOf(a)
}

// DeleteRemark removes a remark with its files; who did so stands in the audit.
func (s *Service) DeleteRemark(ctx context.Context, c Caller, lead, id string) error {
	if _, _, err := s.thread(ctx, c, lead, "delete"); err != nil {
		return err
	}
	m, version, err := s.remark(lead, id)
	if err != nil {
		return err
	}
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: "delete remark " + m.Row(),
		Records: []corpus.Record{{Table: market.Remarks, ID: m.Row(), IfVersion: version, Deleted: true}}})
	if err != nil {
		return versionConflict(err)
	}
	return s.dropFiles(m.Files)
}

// AttachFile puts a file beside a remark that c wrote.
func (s *Service) AttachFile(ctx context.Context, c Caller, lead, id string, f NewFile) (market.Remark, error) {
	r, l, err := s.thread(ctx, c, lead, "create")
	if err != nil {
		return market.Remark{}, err
	}
	m, version, err := s.remark(lead, id)
	switch {
	case err != nil:
		return m, err
	case m.By != c.Name:
		e := corpus.Errorf(corpus.Forbidden, "somebody else wrote this remark")
		e.Fix = "write one of your own"
		return m, e
	case len(m.Files) >= maxAttachments:
		return m, tooManyFiles()
	}
	if _, _, bytes, err := s.hearers(r, l); err != nil || bytes+sizeOf(f) > maxThreadFiles {
		return m, cmp.Or(err, threadFull())
	}
	a, err := s.checkFile(f)
	if err != nil {
		return m, err
	}
	if err := s.keepFiles([]NewFile{f}, []market.Attachment{a}); err != nil {
		return m, err
	}
	m.Files = append(m.Files, a)
	if err := s.putRemark(ctx, c, "attach to", m, version, nil, l, r.Version); err != nil {
		return m, errors.Join(err, s.dropFiles([]market.Attachment{a}))
	}
	return m, nil
}

// Attachment returns a file of a lead's thread, whose content is still what was sent.
func (s *Service) Attachment(ctx context.Context, c Caller, lead, id string) (market.Attachment, []byte, error) {
	if _, _, err := s.thread(ctx, c, lead, "list"); err != nil {
		return market.Attachment{}, nil, err
	}
	for r, err := range s.Store.RecordsAfter(market.Remarks, lead+"/", "") {
		var m market.Remark
		if err == nil {
			m, err = readRemark(r)
		}
		if err != nil {
			return market.Attachment{}, nil, err
		}
		if i := slices.IndexFunc(m.Files, func(a market.Attachment) bool { return a.ID == id }); i >= 0 {
			content, err := os.ReadFile(s.attachmentPath(m.Files[i].ID))
			if err == nil && hashOf(content) != m.Files[i].SHA256 {
				err = fmt.Errorf("attachment %s is not what was sent", id)
			}
			return m.Files[i], content, err
		}
	}
	return market.Attachment{}, nil, missing("attachment", id)
}
