package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"duijie/corpus"
)

// watchEvery is the least time between two events of an import.
const watchEvery = 500 * time.Millisecond

// An ImportStatus is an import as a progress bar needs it.
type ImportStatus struct {
	corpus.ImportRecord
	Waiting bool    `json:"waiting,omitempty" doc:"its turn has not come yet, or not again after a restart"`
	Share   float64 `json:"share,omitempty" doc:"of the file that is done, from 0 to 1; none where that is not known"`
	Stuck   bool    `json:"stuck,omitempty" doc:"its undo was cut off; another one goes on"`
	Rest    int     `json:"rest,omitempty" doc:"rows that were not taken and are kept on the pages to be mended"`
	Next    string  `json:"next,omitempty" doc:"id of the import that went on with these rows"`
}

// Working reports whether the import, or its undo, will tell of more.
func (s ImportStatus) Working() bool {
	return s.Waiting || s.State == corpus.ImportRunning || s.State == corpus.ImportUndoing && !s.Stuck
}

// ImportStatus returns an import, also one that waits for its turn.
func (s *Service) ImportStatus(c Caller, id string) (ImportStatus, error) {
	if err := c.may("imports", "read"); err != nil {
		return ImportStatus{}, err
	}
	st, err := s.importStatus(id)
	st.ImportRecord = told(st.ImportRecord)
	return st, err
}

// told is an import as it is answered: one that runs can't be undone yet, and says no time until which it can.
func told(r corpus.ImportRecord) corpus.ImportRecord {
	if r.State == corpus.ImportRunning {
		r.UndoUntil = time.Time{}
	}
	return r
}

func (s *Service) importStatus(id string) (ImportStatus, error) {
	u, uploadErr := s.readUpload(id) // before the record: once this says that the import has ended, the record does
	record, err := s.Store.ImportRecord(id)
	st := ImportStatus{ImportRecord: record}
	if st.State == corpus.ImportUndoing {
		_, atWork := s.Store.Undoable(id)
		st.Stuck = atWork == nil
	}
	if uploadErr != nil || u.Begun.IsZero() {
		return st, err
	}
	if err != nil && corpus.CodeOf(err) != corpus.NotFound {
		return st, err
	}
	if !u.Ended.IsZero() {
		st.Rest, st.Next = u.Rest, s.next(u)
		if err != nil || st.State == corpus.ImportRunning { // it failed before or beside the store
			st.State = corpus.ImportBroken
		}
	}
	if err != nil {
		st.ImportRecord = corpus.ImportRecord{ID: id, File: u.Name, Source: u.Source, Kind: u.Kind, By: u.By, State: st.State, Begun: u.Begun, Ended: u.Ended}
	}
	if u.Ended.IsZero() {
		var working bool
		st.Share, working = s.share(u, st.Read)
		st.Waiting, st.State, st.Error, st.Ended = !working, corpus.ImportRunning, "", time.Time{}
	}
	return st, nil
}

// share tells how much of an upload's file is imported, 0 where that is not known, and whether it is at work.
func (s *Service) share(u Upload, rows int) (share float64, working bool) {
	s.uploads.Lock()
	defer s.uploads.Unlock()
	read := s.uploads.read[u.ID]
	switch {
	case u.Rows > 0: // all were looked at before
		share = min(float64(rows)/float64(u.Rows), 1)
	case read != nil && rows > 0: // a file that is read as a whole before its rows are has no share
		bytes := read.bytes.Load()
		if read.streams = read.streams || bytes < u.Bytes; read.streams {
			share = float64(bytes) / float64(u.Bytes)
		}
	}
	return share, read != nil
}

// WatchImport yields an import now, at each change, and at its end. It ends with the program too.
func (s *Service) WatchImport(ctx context.Context, c Caller, id string) iter.Seq2[ImportStatus, error] {
	return func(yield func(ImportStatus, error) bool) {
		s.uploads.Lock()
		life := s.uploads.life
		s.uploads.Unlock()
		var before ImportStatus
		for {
			now, err := s.ImportStatus(c, id)
			if err != nil || !reflect.DeepEqual(now, before) {
				if !yield(now, err) || err != nil {
					return
				}
			}
			if before = now; !now.Working() {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-life: // nil where nothing runs in the background: never
				return
			case <-time.After(watchEvery):
			}
		}
	}
}

// eventsRoute describes what huma can't see: the answer is a stream of server-sent events.
func eventsRoute(api huma.API, op huma.Operation, s *Service) {
	status := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[ImportStatus](), true, "")
	op.Responses = map[string]*huma.Response{"200": {Description: "server-sent events, each with an import as JSON: at each change, two a second at most, until the import or its undo has ended",
		Content: map[string]*huma.MediaType{"text/event-stream": {Schema: status}}}}
	handle((*Service).importEvents)(api, op, s)
}

func (s *Service) importEvents(ctx context.Context, in *IDParam) (*streamOutput, error) {
	c := CallerOf(ctx)
	if _, err := s.ImportStatus(c, in.ID); err != nil {
		return nil, err
	}
	return &streamOutput{func(hc huma.Context) {
		g := humagin.Unwrap(hc)
		g.Header("Content-Type", "text/event-stream")
		for st, err := range s.WatchImport(ctx, c, in.ID) {
			if err == nil {
				var line []byte
				if line, err = json.Marshal(st); err == nil {
					_, err = fmt.Fprintf(g.Writer, "data: %s\n\n", line)
				}
			}
			if err != nil {
				if !errors.Is(err, context.Canceled) {
					s.Log.WarnContext(ctx, "events broke off", "error", err)
				}
				return
			}
			g.Writer.Flush()
		}
	}}, nil
}
