package api

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"duijie/corpus"
)

const (
	// changesRead is how many rows of the log one answer looks at: those of records and of drafts are left out of it.
	changesRead = 5000
	// maxWaiting is how many may wait for a change at a time, maxWaitingEach of them one caller, or one address without a key;
	// the next one is answered at once.
	maxWaiting, maxWaitingEach = 100, 4
	// lookEvery is how often a waiting caller's log is looked at; a look takes microseconds.
	lookEvery = 200 * time.Millisecond
)

func changeRoutes() []route {
	return []route{{method: "GET", path: "/v1/changes", id: "list-changes", tag: "finding", summary: "Documents written or gone since a place in the log", right: "documents changes",
		problems: []corpus.Code{gone}, add: handle((*Service).changes)}}
}

// A ChangeRow is one change of a document, with the document as it is now.
type ChangeRow struct {
	Seq      uint64      `json:"seq" doc:"place in the log"`
	Kind     corpus.Kind `json:"kind" enum:"achievement,need,expert,project" doc:"of the document"`
	ID       string      `json:"id" doc:"of the document"`
	Deleted  bool        `json:"deleted,omitempty" doc:"it is gone, or no longer on show to this caller: forget it"`
	Document *Posting    `json:"document,omitempty" doc:"as this caller may read it now; a later change may follow"`
}

// Changes are a piece of the log.
type Changes struct {
	Changes []ChangeRow `json:"changes" doc:"in the order of the log; of a document only its last change in the piece"`
	Next    string      `json:"next" doc:"cursor to go on with, also where nothing follows yet"`
	More    bool        `json:"more" doc:"more is there already: ask again at once"`
}

// A ChangesQuery says which part of the log to read.
type ChangesQuery struct {
	After string   `query:"after" maxLength:"64" doc:"next of the answer before, or a seq; left out: from the beginning, which gives all documents" example:"0"`
	Limit int      `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"changes at most" example:"100"`
	Kinds []string `query:"kinds" doc:"only these kinds, separated by commas: achievement, need, expert, project" example:"[\"achievement\"]"`
	Wait  int      `query:"wait" minimum:"0" maximum:"30" doc:"seconds to wait for a change where there is none" example:"20"`
}

// Changes returns what happened to documents after a place in the log, as c may know of it: what is no longer on show is
// deleted, and what never was is left out. A cursor of another store, or of one that was set back to a backup, has code
// gone: its reader begins anew.
func (s *Service) Changes(ctx context.Context, c Caller, q ChangesQuery) (Changes, error) {
	kinds, err := ParseKinds(q.Kinds)
	if err != nil {
		return Changes{}, inField(err, "kinds")
	}
	after, err := s.placeOf(q.After)
	if err != nil {
		return Changes{}, err
	}
	out, err := s.changesAfter(c, after, kinds, q.Limit)
	if q.Wait == 0 || err != nil || len(out.Changes) > 0 || out.More {
		return out, err
	}
	who := c.Name
	if !c.Key {
		who += " " + askerOf(ctx)
	}
	if !s.waits.begin(who) {
		return out, nil
	}
	defer s.waits.end(who)
	ctx, cancel := context.WithTimeout(ctx, time.Duration(q.Wait)*time.Second)
	defer cancel()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	s.uploads.Lock()
	life := s.uploads.life
	s.uploads.Unlock()
	last := after
	for {
		select {
		case <-life: // the program ends; nil where nothing runs in the background: never
			return out, nil
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return out, ctx.Err()
			}
			return out, nil
		case <-look.C:
		}
		now, err := s.Store.LastChange()
		if err != nil {
			return out, err
		}
		if now == last {
			continue
		}
		last = now
		if out, err = s.changesAfter(c, after, kinds, q.Limit); err != nil || len(out.Changes) > 0 {
			return out, err
		}
	}
}

// waits are how many wait for a change, by who they are. The zero value is ready.
type waits struct {
	mu  sync.Mutex
	all int
	by  map[string]int
}

// begin reports whether one more may wait, who does so until end.
func (w *waits) begin(who string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all == maxWaiting || w.by[who] == maxWaitingEach {
		return false
	}
	if w.by == nil {
		w.by = map[string]int{}
	}
	w.all++
	w.by[who]++
	return true
}

func (w *waits) end(who string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all--
	if w.by[who]--; w.by[who] == 0 {
		delete(w.by, who)
	}
}

func (s *Service) changesAfter(c Caller, after uint64, kinds []corpus.Kind, limit int) (Changes, error) {
	rows, err := s.Store.Changes(after, changesRead)
	if err != nil {
		return Changes{}, err
	}
	type doc struct {
		kind corpus.Kind
		id   string
	}
	last := map[doc]uint64{}
	end, full := after, false
	var kept []corpus.Change
	for _, r := range rows {
		known := last[doc{r.Kind, r.ID}] != 0
		if wanted := r.Kind != "" && (len(kinds) == 0 || slices.Contains(kinds, r.Kind)) && (c.Admin || !r.Hidden); wanted {
			if full = !known && len(last) == limit; full {
				break
			}
			last[doc{r.Kind, r.ID}] = r.Seq
			kept = append(kept, r)
		}
		end = r.Seq
	}
	out := Changes{Changes: []ChangeRow{}, More: full || len(rows) == changesRead}
	for _, r := range kept {
		if last[doc{r.Kind, r.ID}] != r.Seq {
			continue
		}
		row := ChangeRow{Seq: r.Seq, Kind: r.Kind, ID: r.ID}
		d, err := s.Store.Get(r.Kind, r.ID)
		shown := err == nil
		if corpus.CodeOf(err) == corpus.NotFound {
			err = nil
		}
		if shown {
			d, shown, err = s.visible(c, d)
		}
		if !shown && err == nil && !c.Admin && r.Seq <= s.Store.Unmarked() {
			continue // it may never have been on show, and who begins to read now never had it
		}
		if shown && err == nil {
			var p Posting
			p, err = s.posting(d, s.now())
			row.Document = &p
		}
		if err != nil {
			return out, err
		}
		row.Deleted = !shown
		out.Changes = append(out.Changes, row)
	}
	out.Next, err = s.cursorAt(end)
	return out, err
}

// cursorAt is a sequence number with what tells its change from that of another store.
func (s *Service) cursorAt(seq uint64) (string, error) {
	change, err := s.Store.Change(seq)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(s.Store.Identity()), change.Nonce))
	return strconv.FormatUint(seq, 10) + "." + hex.EncodeToString(sum[:4]), nil
}

// placeOf reads a cursor, or a bare sequence number.
func (s *Service) placeOf(cursor string) (uint64, error) {
	if cursor == "" {
		return 0, nil
	}
	number, mark, marked := strings.Cut(cursor, ".")
	seq, err := strconv.ParseUint(number, 10, 64)
	if err != nil || marked && len(mark) != 8 {
		return 0, faults{wrong("after", cursor, "give next of the answer before as it is, or leave it out to begin")}
	}
	last, err := s.Store.LastChange()
	if err != nil {
		return 0, err
	}
	now, err := s.cursorAt(min(seq, last))
	if err != nil {
		return 0, err
	}
	if seq > last || marked && now != cursor {
		return 0, &corpus.Error{Code: gone, Message: "the log has no such place: it is that of another store, or was set back to a backup", Field: "after",
			Fix: "begin without after, and forget what you do not meet again"}
	}
	return seq, nil
}

// inField says of which parameter errors are.
func inField(err error, field string) error {
	if all, ok := errors.AsType[faults](err); ok {
		for _, e := range all {
			e.Field = field
		}
	}
	return err
}

type changesOutput struct{ Body Changes }

func (s *Service) changes(ctx context.Context, in *ChangesQuery) (*changesOutput, error) {
	out, err := s.Changes(ctx, CallerOf(ctx), *in)
	return &changesOutput{out}, err
}
