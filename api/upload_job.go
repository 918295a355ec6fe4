package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"runtime/debug"
	"time"

	"duijie/corpus"
)

const (
	// maxTries is how often an import is begun anew after the program ended in the middle of it.
	maxTries = 3
	// undoPatience is how long a page waits for an undo before it shows its progress.
	undoPatience = 2 * time.Second
	// sweepEvery is how often files that nobody imported are looked for.
	sweepEvery = time.Hour
)

func (s *Service) wakeUploads() {
	s.uploads.Lock()
	defer s.uploads.Unlock()
	if s.uploads.wake == nil {
		s.uploads.wake = make(chan struct{}, 1)
	}
	select {
	case s.uploads.wake <- struct{}{}:
	default:
	}
}

// RunUploads imports files given to the pages until ctx ends, one after the other, and goes on with those that were cut
// off by an end of the program. It runs once in a process.
func (s *Service) RunUploads(ctx context.Context) error {
	s.wakeUploads()
	s.uploads.Lock()
	s.uploads.life, s.uploads.given, s.uploads.read = ctx.Done(), map[string]bool{}, map[string]*uploadReader{}
	s.uploads.Unlock()
	defer s.uploads.working.Wait()
	if s.Uploads == "" {
		<-ctx.Done()
		return nil
	}
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-sweep.C:
		case <-s.uploads.wake:
		}
		if err := s.sweepUploads(); err != nil {
			s.Log.Warn("old uploads can't be removed", "error", err)
		}
		for ctx.Err() == nil {
			u, ok := s.nextUpload()
			if !ok {
				break
			}
			s.runUpload(ctx, u)
		}
	}
}

// nextUpload returns the upload whose turn it is.
func (s *Service) nextUpload() (Upload, bool) {
	all, err := s.allUploads()
	if err != nil {
		s.Log.Error("uploads can't be read", "error", err)
	}
	for _, u := range all {
		if !u.Begun.IsZero() && u.Ended.IsZero() && !s.uploads.given[u.ID] {
			return u, true
		}
	}
	return Upload{}, false
}

// runUpload imports one file and says that this has ended, unless ctx did.
func (s *Service) runUpload(ctx context.Context, u Upload) {
	u.Tries++
	err := s.saveUpload(u)
	if err == nil {
		err = s.importUpload(ctx, &u)
	}
	if ctx.Err() != nil { // it goes on after the next start, and nothing is wrong with it
		u.Tries--
		if err := s.saveUpload(u); err != nil {
			s.Log.Warn("an import of a page may not go on", "import", u.ID, "error", err)
		}
		return
	}
	if err != nil {
		s.Log.Error("an import of a page failed", "import", u.ID, "error", err)
	}
	s.uploads.given[u.ID] = true
	s.uploads.Lock()
	defer s.uploads.Unlock()
	delete(s.uploads.read, u.ID)
	u.Ended = s.now()
	err = s.saveUpload(u)
	if err == nil { // else the next start needs the file
		err = os.Remove(s.uploadPath(u.ID, uploadFile))
	}
	if err != nil {
		s.Log.Error("an import of a page can't be ended", "import", u.ID, "error", err)
	}
}

// importUpload imports the file and keeps the rows that are not taken. Where an import of before was cut off, it goes on.
func (s *Service) importUpload(ctx context.Context, u *Upload) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	if u.Tries > maxTries {
		return errors.New("the program ended in the middle of it too often")
	}
	read := &uploadReader{}
	s.uploads.Lock()
	s.uploads.read[u.ID] = read
	s.uploads.Unlock()
	o, _, err := s.uploadOptions(*u)
	if err != nil {
		return err
	}
	rest, err := os.OpenFile(s.uploadPath(u.ID, restFile), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(rest)
	u.Rest = 0
	rows := keeping(s.uploadRows(*u, o, &read.bytes), json.NewEncoder(w), &u.Rest)
	record, err := s.Store.ImportRecord(u.ID)
	switch {
	case corpus.CodeOf(err) == corpus.NotFound, record.State == corpus.ImportBroken, record.State == corpus.ImportFailed:
		_, err = corpus.Import(ctx, s.Store, rows, corpus.ImportOptions{Actor: u.By, File: u.Name, Source: u.Source, Kind: u.Kind, ID: u.ID})
		s.settle(ctx)
	case err == nil: // it was done, and only that was not said
		for _, err = range rows {
			if err != nil {
				break
			}
		}
	}
	return errors.Join(err, w.Flush(), rest.Close())
}

// keeping writes rows that are bad, and can be mended, on their way, and counts them.
func keeping(rows iter.Seq2[corpus.Row, error], w *json.Encoder, n *int) iter.Seq2[corpus.Row, error] {
	return func(yield func(corpus.Row, error) bool) {
		for row, err := range rows {
			if err == nil && row.Bad() {
				*n++
				if err := w.Encode(row.Text()); err != nil {
					yield(row, err)
					return
				}
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// StartUndo undoes an import of any origin in the background. It returns when that is done, or when it takes longer than a
// page may.
func (s *Service) StartUndo(ctx context.Context, c Caller, id string) error {
	if err := c.may("imports", "undo"); err != nil {
		return err
	}
	if _, err := s.Store.Undoable(id); err != nil {
		return err
	}
	s.uploads.Lock()
	life := s.uploads.life
	s.uploads.Unlock()
	if life == nil {
		return corpus.Errorf(corpus.Unavailable, "nothing is undone in the background here")
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	s.uploads.working.Go(func() {
		defer stop()
		go func() {
			select {
			case <-life:
				stop()
			case <-work.Done():
			}
		}()
		_, err := s.Undo(work, c, id, corpus.UndoOptions{})
		if err != nil {
			s.Log.Warn("an undo of a page failed", "import", id, "error", err)
		}
		done <- err
	})
	select {
	case err := <-done:
		return err
	case <-time.After(undoPatience):
		return nil
	case <-ctx.Done():
		return nil
	}
}
