package corpus

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

// AnswersKept is how long the answer to a request with an idempotency key is kept.
const AnswersKept = 24 * time.Hour

// purgeEvery is the least time between two purges of old answers.
const purgeEvery = time.Hour

// A Once is a request that is carried out once, however often it comes: the first Write under a context that carries it
// notes its key in its own transaction.
type Once struct {
	Key     string // of the caller and its idempotency key
	Request string // hash of all that the request says

	written bool
}

// Written reports whether something was written under it.
func (o *Once) Written() bool { return o.written }

type onceKey struct{}

// WithOnce returns a context under which the first Write notes o. Requests that write side by side can't carry one.
func WithOnce(ctx context.Context, o *Once) context.Context {
	return context.WithValue(ctx, onceKey{}, o)
}

// An Answer is what a request that carries an idempotency key was answered.
type Answer struct {
	Request string            `json:"request"`          // hash of all that the request said
	Status  int               `json:"status,omitempty"` // of HTTP; 0: it was carried out, and its answer is not kept
	Header  map[string]string `json:"header,omitempty"`
	Body    []byte            `json:"body,omitempty"`

	at time.Time
}

// AnswerOf returns what a request was answered, nil where there was none in the last AnswersKept.
func (s *Store) AnswerOf(key string) (a *Answer, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		a, err = s.answer(tx, key)
		return err
	})
	return a, err
}

func (s *Store) answer(tx *bolt.Tx, key string) (*Answer, error) {
	v := tx.Bucket(bAnswers).Get([]byte(key))
	if len(v) < 8 || s.now().Sub(answeredAt(v)) > AnswersKept {
		return nil, nil
	}
	a := &Answer{at: answeredAt(v)}
	return a, s.unpack(v[8:], a)
}

func answeredAt(v []byte) time.Time { return time.Unix(int64(binary.BigEndian.Uint64(v)), 0) }

// KeepAnswer adds to what a Write noted under key what was answered.
func (s *Store) KeepAnswer(key string, a Answer) error {
	return s.db.Update(func(tx *bolt.Tx) error {
		noted, err := s.answer(tx, key)
		if err != nil || noted == nil {
			return err
		}
		a.at = noted.at
		return s.putAnswer(tx, key, a)
	})
}

func (s *Store) putAnswer(tx *bolt.Tx, key string, a Answer) error {
	v, err := s.pack(a)
	if err != nil {
		return err
	}
	return tx.Bucket(bAnswers).Put([]byte(key), append(seqKey(uint64(a.at.Unix())), v...))
}

// note says that o is carried out; an error of code Conflict where it was before.
func (w *writer) note(o *Once) error {
	known, err := w.s.answer(w.tx, o.Key)
	if err != nil {
		return err
	}
	if known != nil {
		return Errorf(Conflict, "the request was carried out already")
	}
	now := w.s.now()
	if now.Sub(w.s.purged) > purgeEvery {
		w.s.purged = now
		if err := w.purgeAnswers(now.Add(-AnswersKept)); err != nil {
			return err
		}
	}
	return w.s.putAnswer(w.tx, o.Key, Answer{Request: o.Request, at: now})
}

// purgeAnswers removes the answers from before a time.
func (w *writer) purgeAnswers(before time.Time) error {
	b := w.tx.Bucket(bAnswers)
	var old [][]byte // deleting moves a cursor
	c := b.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if len(v) < 8 || answeredAt(v).Before(before) {
			old = append(old, slices.Clone(k))
		}
	}
	var err error
	for _, k := range old {
		err = errors.Join(err, b.Delete(k))
	}
	return err
}
