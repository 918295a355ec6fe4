package corpus

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

var bInbox = []byte("inbox")

const (
	// MessagesKept is how many messages an inbox holds; the oldest make room.
	MessagesKept = 500
	// MessageTime is how long a message is kept.
	MessageTime = 180 * 24 * time.Hour
)

// A Message is what an inbox holds of an event, under the event's id.
type Message struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Body    json.RawMessage `json:"body,omitempty"`
	Created time.Time       `json:"created"`
	Read    bool            `json:"-"` // the first byte of its row
}

const (
	unreadRow = 'u'
	readRow   = 'r'
)

// inboxKey orders the messages of an account by time.
func inboxKey(account string, at time.Time, id string) []byte {
	return append(binary.BigEndian.AppendUint64(inboxOf(account), uint64(max(0, at.Unix()))), id...)
}

func inboxOf(account string) []byte { return append([]byte(account), 0) }

func inboxID(account string, key []byte) string { return string(key[len(account)+1+8:]) }

// putMessage puts an event into the inbox of an account, and takes out what is too old or too many.
func (s *Store) putMessage(tx *bolt.Tx, e *Event) error {
	v, err := s.pack(Message{ID: e.ID, Type: e.Type, Body: e.Body, Created: e.Created})
	if err != nil {
		return err
	}
	b := tx.Bucket(bInbox)
	if err := b.Put(inboxKey(e.Inbox, e.Created, e.ID), append([]byte{unreadRow}, v...)); err != nil {
		return err
	}
	keys := inboxKeys(tx, e.Inbox)
	old := inboxKey(e.Inbox, e.Created.Add(-MessageTime), "")
	for i, k := range keys {
		if len(keys)-i <= MessagesKept && bytes.Compare(k, old) >= 0 {
			break
		}
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// inboxKeys are the rows of an account, the oldest first.
func inboxKeys(tx *bolt.Tx, account string) (keys [][]byte) {
	b, prefix := tx.Bucket(bInbox), inboxOf(account)
	if b == nil { // opened to be read, by an older version made
		return nil
	}
	c := b.Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}

// Messages returns at most limit messages of an account, the newest first, those that were not read where unread says so, and
// how many were not read in all. after is the id of the last one of the page before, "" of none; one that is there no more
// begins anew.
func (s *Store) Messages(account string, unread bool, limit int, after string) (out []Message, unreadInAll int, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		b := tx.Bucket(bInbox)
		keys := inboxKeys(tx, account)
		old := inboxKey(account, s.now().Add(-MessageTime), "")
		keys = slices.DeleteFunc(keys, func(k []byte) bool { return bytes.Compare(k, old) < 0 })
		slices.Reverse(keys)
		from := 1 + slices.IndexFunc(keys, func(k []byte) bool { return after != "" && inboxID(account, k) == after })
		for i, k := range keys {
			v := b.Get(k)
			isNew := v[0] == unreadRow
			if isNew {
				unreadInAll++
			}
			if i < from || len(out) >= limit || unread && !isNew {
				continue
			}
			m := Message{Read: !isNew}
			if err := s.unpack(v[1:], &m); err != nil {
				return fmt.Errorf("message %s: %w", inboxID(account, k), err)
			}
			out = append(out, m)
		}
		return nil
	})
	return out, unreadInAll, err
}

// ReadMessages marks messages of an account as read, all where no id is given, in one synced transaction. An id that its inbox
// lacks has code NotFound, and then nothing is marked.
func (s *Store) ReadMessages(ctx context.Context, account string, ids ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bInbox)
		found := 0
		for _, k := range inboxKeys(tx, account) {
			if len(ids) > 0 && !slices.Contains(ids, inboxID(account, k)) {
				continue
			}
			found++
			v := bytes.Clone(b.Get(k))
			if v[0] == readRow {
				continue
			}
			v[0] = readRow
			if err := b.Put(k, v); err != nil {
				return err
			}
		}
		if found < len(ids) {
			e := Errorf(NotFound, "there is no such message")
			e.Fix = "look the ids up in GET /v1/messages"
			return e
		}
		return nil
	})
}
