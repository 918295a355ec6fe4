package corpus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Imports is the record table of imports.
const Imports = "imports"

// An ImportState is how far an import has come.
type ImportState string

const (
	ImportRunning ImportState = "running"
	ImportBroken  ImportState = "broken" // the program ended meanwhile; what is counted is in the store
	ImportDone    ImportState = "done"
	ImportFailed  ImportState = "failed"  // ended early; what is counted is in the store
	ImportUndoing ImportState = "undoing" // an undo has begun; where it was cut off, another one goes on
	ImportUndone  ImportState = "undone"
)

// idLetters are those of import ids that people don't mistake for each other.
const idLetters = "23456789abcdefghijkmnpqrstuvwxyz"

// An ImportRecord tells of one import, level with the rows that are committed.
type ImportRecord struct {
	ID     string      `json:"id" doc:"later imports have later ids"`
	File   string      `json:"file"`
	Source string      `json:"source" doc:"of rows that named none"`
	Kind   Kind        `json:"kind,omitempty" doc:"of rows that named none"`
	By     string      `json:"by" doc:"who imported it, as key:ID"`
	State  ImportState `json:"state" enum:"running,broken,done,failed,undoing,undone"`
	Begun  time.Time   `json:"begun"`
	Ended  time.Time   `json:"ended,omitzero"`
	Error  string      `json:"error,omitempty" doc:"why it ended early"`
	Summary
	UndoUntil time.Time `json:"undo_until,omitzero" doc:"it can be undone before this time; left out while it runs"`
	Earlier   Earlier   `json:"earlier" doc:"what is kept for an undo"`
	Undo      *Undone   `json:"undo,omitempty"`
}

// NewImportID returns an id that sorts behind those of earlier milliseconds: day and time in Asia/Shanghai and four random
// characters.
func NewImportID(now time.Time) string {
	id := []byte(strings.ReplaceAll(now.In(shanghai).Format("20060102-150405.000"), ".", "-"))
	for range 4 {
		id = append(id, idLetters[rand.IntN(len(idLetters))])
	}
	return string(id)
}

func (w *writer) putImport(r ImportRecord) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return w.record(Record{Table: Imports, ID: r.ID, Body: body})
}

// importOf reads a record; one of an import that nobody works at any more is broken.
func (s *Store) importOf(r Record) (ImportRecord, error) {
	var out ImportRecord
	if err := json.Unmarshal(r.Body, &out); err != nil {
		return out, fmt.Errorf("import %s: %w", r.ID, err)
	}
	if out.State == ImportRunning && !s.works(out.ID) {
		out.State = ImportBroken
	}
	return out, nil
}

// ImportRecord returns the record of an import; an error of code NotFound where there is none.
func (s *Store) ImportRecord(id string) (ImportRecord, error) {
	r, err := s.Record(Imports, id)
	if CodeOf(err) == NotFound {
		return ImportRecord{}, &Error{Code: NotFound, Message: "没有编号为 " + id + " 的导入", Fix: "用 duijie imports 查看编号", Err: err}
	}
	if err != nil {
		return ImportRecord{}, err
	}
	return s.importOf(r)
}

// Imports returns imports, newest first, at most limit, beginning behind the one with this id ("": with the newest).
func (s *Store) Imports(limit int, behind string) ([]ImportRecord, error) {
	out := []ImportRecord{}
	err := s.db.View(func(tx *bolt.Tx) error {
		prefix := recordKey(Imports, "")
		end := recordKey(Imports, behind)
		if behind == "" {
			end = []byte(Imports + "\x01")
		}
		c := tx.Bucket(bRecords).Cursor()
		step := c.Prev
		if k, _ := c.Seek(end); k == nil {
			step = c.Last
		}
		for k, v := step(); bytes.HasPrefix(k, prefix) && len(out) < limit; k, v = c.Prev() {
			var r Record
			if err := s.unpack(v, &r); err != nil {
				return err
			}
			one, err := s.importOf(r)
			if err != nil {
				return err
			}
			out = append(out, one)
		}
		return nil
	})
	return out, err
}

// imports returns those that want says yes to, oldest first.
func (s *Store) imports(want func(ImportRecord) bool) (out []ImportRecord, err error) {
	for r, err := range s.Records(Imports) {
		if err != nil {
			return nil, err
		}
		one, err := s.importOf(r)
		if err != nil {
			return nil, err
		}
		if want(one) {
			out = append(out, one)
		}
	}
	return out, nil
}

// begin says that an import is being written or undone by this process until end is called; false where it is already.
func (s *Store) begin(id string) (end func(), ok bool) {
	s.working.Lock()
	defer s.working.Unlock()
	if s.at[id] {
		return nil, false
	}
	s.at[id] = true
	return func() {
		s.working.Lock()
		defer s.working.Unlock()
		delete(s.at, id)
	}, true
}

func (s *Store) works(id string) bool {
	s.working.Lock()
	defer s.working.Unlock()
	return s.at[id]
}
