package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// SessionCookie holds the secret of a session.
const SessionCookie = "duijie_session"

// A SessionInfo is what is shown of a session.
type SessionInfo struct {
	ID       string
	Agent    string // what the browser says it is
	Created  time.Time
	Until    time.Time
	LastUsed time.Time
	This     bool // the one that asks
}

// identifySession finds out who is signed in by the cookie of a session, which ends with its account or key. An ended one is
// nobody's.
func (s *Service) identifySession(r *http.Request, token string) (Caller, error) {
	nobody := CallerOf(context.Background())
	in, err := market.SessionOf(s.Store, token, s.now())
	if corpus.CodeOf(err) == corpus.Unauthorized {
		return nobody, nil
	}
	if err != nil {
		return nobody, err
	}
	c := Caller{Key: true, Session: in.ID}
	var organisation string
	var lead bool
	if in.Account != "" {
		a, _, err := market.AccountOf(s.Store, in.Account)
		if corpus.CodeOf(err) == corpus.NotFound || err == nil && !a.Active() {
			return nobody, nil
		}
		if err != nil {
			return nobody, err
		}
		c.Name, c.Role, c.Account, c.Territory = "account:"+a.ID, a.Role, a.ID, a.Territory
		organisation, lead = a.Organisation, a.Lead
	} else {
		k, _, err := s.key(in.Key)
		if corpus.CodeOf(err) == corpus.NotFound || err == nil && !k.Holds(in, s.now()) {
			return nobody, nil
		}
		if err != nil {
			return nobody, err
		}
		c.Name, c.Role, c.Territory, organisation = "key:"+k.ID, k.Role, k.Territory, k.Organisation
	}
	if c, err = s.member(c, organisation, lead); err != nil {
		return nobody, err
	}
	if c.Admin = c.Role == market.Admin; ours(r.URL.Path) { // pages have a guard of their own, which answers with a page
		if err := crossOrigin(r); err != nil {
			return nobody, err
		}
	}
	s.used(market.Sessions, in.ID)
	return c, nil
}

// beginSession begins a session of an account, and does what records say in the same write.
func (s *Service) beginSession(ctx context.Context, action string, a market.Account, records []corpus.Record, agent string) (token string, c Caller, err error) {
	session, token := market.MakeSession(a.ID, "", agent, s.now())
	c = Caller{Name: "account:" + a.ID, Role: a.Role, Key: true, Admin: a.Role == market.Admin, Account: a.ID, Session: session.ID, Territory: a.Territory}
	if c, err = s.member(c, a.Organisation, a.Lead); err != nil {
		return "", Caller{}, err
	}
	if err := s.putSession(ctx, c, action, session, records); err != nil {
		return "", Caller{}, err
	}
	s.used(market.Accounts, a.ID)
	return token, c, nil
}

// putSession writes a new session, and removes those that are over.
func (s *Service) putSession(ctx context.Context, c Caller, action string, m market.Session, records []corpus.Record) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	records = append(records, corpus.Record{Table: market.Sessions, ID: m.ID, Body: body})
	over, err := s.endedSessions(func(other market.Session) bool {
		return other.Over(s.now()) && !slices.ContainsFunc(records, func(r corpus.Record) bool { return r.Table == market.Sessions && r.ID == other.ID })
	})
	if err != nil {
		return err
	}
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: action, Records: append(records, over...)})
	return err
}

// sessionsOf are the records that end all sessions of an account but one.
func (s *Service) sessionsOf(account, but string) ([]corpus.Record, error) {
	return s.endedSessions(func(m market.Session) bool { return m.Account == account && m.ID != but })
}

func (s *Service) endedSessions(ends func(market.Session) bool) (records []corpus.Record, err error) {
	err = s.eachSession(func(m market.Session) error {
		if ends(m) {
			records = append(records, corpus.Record{Table: market.Sessions, ID: m.ID, Deleted: true})
		}
		return nil
	})
	return records, err
}

func (s *Service) eachSession(f func(market.Session) error) error {
	for r, err := range s.Store.Records(market.Sessions) {
		if err != nil {
			return err
		}
		var m market.Session
		if err := json.Unmarshal(r.Body, &m); err != nil {
			return fmt.Errorf("session %s: %w", r.ID, err)
		}
		if err := f(m); err != nil {
			return err
		}
	}
	return nil
}

// owns reports whether a session is c's own.
func (c Caller) owns(m market.Session) bool {
	return m.Account != "" && c.Name == "account:"+m.Account || m.Key != "" && c.Name == "key:"+m.Key
}

// Sessions returns c's own sessions that go on, the newest first.
func (s *Service) Sessions(ctx context.Context, c Caller) (infos []SessionInfo, err error) {
	if err := c.may(market.Sessions, "list"); err != nil {
		return nil, err
	}
	err = s.eachSession(func(m market.Session) error {
		if !c.owns(m) || m.Over(s.now()) {
			return nil
		}
		last, err := s.lastUse(market.Sessions, m.ID)
		infos = append(infos, SessionInfo{m.ID, m.Agent, m.Created, m.Until, last, m.ID == c.Session})
		return err
	})
	slices.SortFunc(infos, func(a, b SessionInfo) int { return b.Created.Compare(a.Created) })
	return infos, err
}

// EndSession ends one of c's own sessions; an error of code NotFound where it is none of these.
func (s *Service) EndSession(ctx context.Context, c Caller, id string) error {
	if err := c.may(market.Sessions, "delete"); err != nil {
		return err
	}
	ended, err := s.endedSessions(func(m market.Session) bool { return m.ID == id && c.owns(m) })
	if err == nil && len(ended) == 0 {
		e := corpus.Errorf(corpus.NotFound, "there is no session %q", id)
		e.Fix = "look at the list again; it may have ended"
		err = e
	}
	if err != nil {
		return err
	}
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: "end session", Records: ended})
	return err
}
