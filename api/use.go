package api

import (
	"sync"
	"time"

	"duijie/corpus"
)

// useEvery is how often the last use of a key, a session or an account is written at most: reading must not write.
const useEvery = time.Hour

// maxUses bounds what is known of uses in memory.
const maxUses = 10_000

// uses are when records were last used, and until when that is written.
type uses struct {
	sync.Mutex
	at map[[2]string]use // by table and id
}

type use struct{ seen, written time.Time }

// used notes that a record is used now.
func (s *Service) used(table, id string) {
	now, key := s.now(), [2]string{table, id}
	s.uses.Lock()
	u, known := s.uses.at[key]
	if !known {
		u.written, _ = s.Store.LastUse(table, id) // where that fails it is written, and the log tells of it
	}
	u.seen = now
	late := now.Sub(u.written) >= useEvery
	if late {
		u.written = now
	}
	full := len(s.uses.at) >= maxUses
	if s.uses.at == nil {
		s.uses.at = map[[2]string]use{}
	}
	s.uses.at[key] = u
	s.uses.Unlock()
	if late {
		s.writeUses(corpus.Use{Table: table, ID: id, At: now})
	}
	if full {
		s.SaveUses()
	}
}

// SaveUses writes what is only known in memory, and forgets it. It is called before the store is closed.
func (s *Service) SaveUses() {
	s.uses.Lock()
	var late []corpus.Use
	for key, u := range s.uses.at {
		if u.seen.After(u.written) {
			late = append(late, corpus.Use{Table: key[0], ID: key[1], At: u.seen})
		}
	}
	s.uses.at = nil
	s.uses.Unlock()
	if len(late) > 0 {
		s.writeUses(late...)
	}
}

func (s *Service) writeUses(uses ...corpus.Use) {
	if err := s.Store.Used(uses...); err != nil {
		s.Log.Warn("the last use can't be kept", "error", err)
	}
}

// lastUse is when a record was last used, the zero time where that is not known.
func (s *Service) lastUse(table, id string) (time.Time, error) {
	s.uses.Lock()
	u := s.uses.at[[2]string{table, id}]
	s.uses.Unlock()
	if !u.seen.IsZero() {
		return u.seen.UTC().Truncate(time.Second), nil
	}
	return s.Store.LastUse(table, id)
}
