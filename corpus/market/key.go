// Package market answers: what do people do with a match? It holds the records that stand beside the documents - API keys,
// leads - as structs with their states and rules as pure functions; package corpus stores them.
package market

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"duijie/corpus"
)

// Keys is the record table of API keys.
const Keys = "keys"

// KeySecrets is the record table that leads from a secret to its key: keys that were rotated have other secrets than the
// one that gave them their id. An id is the first 16 hex digits of the secret's hash, the body a secretOf.
const KeySecrets = "key_secrets"

type secretOf struct {
	Key string `json:"key"` // id
}

// A Key lets a program or a person in. The secret itself is never stored; 190 random bits need no slow hash.
type Key struct {
	ID   string `json:"id" doc:"first 16 hex digits of the first secret's hash; stays when the secret is rotated"`
	Hash string `json:"hash" doc:"SHA-256 of the secret, hex"`
	Name string `json:"name" doc:"who has it"`
	Role Role   `json:"role" enum:"admin,reviewer,county,broker,firm,holder,read"`
	// Organisation is the id of the one that the key belongs to; "": none.
	Organisation string    `json:"organisation,omitempty"`
	Territory    []string  `json:"territory,omitempty" doc:"of a county: codes of GB/T 2260, whose records are seen by it"`
	Created      time.Time `json:"created"`
	Expires      time.Time `json:"expires,omitzero" doc:"none: never"`
	Rotated      time.Time `json:"rotated,omitzero"`
	OldHash      string    `json:"old_hash,omitempty" doc:"of the secret before, which works until old_until"`
	OldUntil     time.Time `json:"old_until,omitzero"`
}

const (
	secretPrefix = "dj_"
	secretRunes  = 32
	base62       = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	// MaxOverlap is how long a rotated key's old secret may go on to work.
	MaxOverlap = 30 * 24 * time.Hour
)

// MakeKey returns a new key and its secret, "dj_" and 32 random letters and digits, which is to be shown once. It works
// until expires; the zero time: always.
func MakeKey(name string, role Role, expires, now time.Time) (Key, string, error) {
	name, err := checkName(name, "who will have the key")
	if err != nil {
		return Key{}, "", err
	}
	if err := checkRole(role); err != nil {
		return Key{}, "", err
	}
	if expires, err = checkExpiry(expires, now); err != nil {
		return Key{}, "", err
	}
	secret := secretPrefix + random(secretRunes)
	id, hash := hashOf(secret)
	return Key{ID: id, Hash: hash, Name: name, Role: role, Created: now.UTC().Truncate(time.Second), Expires: expires}, secret, nil
}

// Rotate returns the key with a new secret. The one until now works for overlap more, 0 to MaxOverlap; one that was still
// overlapping ends.
func (k Key) Rotate(overlap time.Duration, now time.Time) (Key, string, error) {
	if overlap < 0 || overlap > MaxOverlap {
		return k, "", invalid("overlap_hours", "use 0 to 720 hours", "the old secret can't work for %v", overlap)
	}
	secret := secretPrefix + random(secretRunes)
	k.OldHash, k.OldUntil = k.Hash, now.Add(overlap).UTC().Truncate(time.Second)
	_, k.Hash = hashOf(secret)
	k.Rotated = now.UTC().Truncate(time.Second)
	return k, secret, nil
}

// Records returns the records that a write must hold to store k in the place of old, or of nothing where old has no ID; and
// with the zero k those that remove old.
func (k Key) Records(old Key, version uint64) ([]corpus.Record, error) {
	leads := func(of Key) map[string]bool { // ids of the rows of KeySecrets
		ids := map[string]bool{}
		for _, hash := range []string{of.Hash, of.OldHash} {
			if hash != "" && hash[:16] != of.ID {
				ids[hash[:16]] = true
			}
		}
		return ids
	}
	before, after := leads(old), leads(k)
	records := []corpus.Record{{Table: Keys, ID: old.ID, IfVersion: version, Deleted: true}}
	if k.ID != "" {
		body, err := json.Marshal(k)
		if err != nil {
			return nil, err
		}
		records = []corpus.Record{{Table: Keys, ID: k.ID, IfVersion: version, Body: body}}
	}
	for id := range before {
		if !after[id] {
			records = append(records, corpus.Record{Table: KeySecrets, ID: id, Deleted: true})
		}
	}
	for id := range after {
		if !before[id] {
			body, err := json.Marshal(secretOf{k.ID})
			if err != nil {
				return nil, err
			}
			records = append(records, corpus.Record{Table: KeySecrets, ID: id, Body: body})
		}
	}
	return records, nil
}

// opensWith reports whether the secret with this hash is one of the key's that works at a time.
func (k Key) opensWith(hash string, now time.Time) bool { // both are hashes: comparing them in constant time would hide nothing
	return k.Hash == hash || k.OldHash == hash && now.Before(k.OldUntil)
}

// Expired reports whether the key's time is over.
func (k Key) Expired(now time.Time) bool { return !k.Expires.IsZero() && !now.Before(k.Expires) }

// KeyOf returns the stored key with this secret; an error of code Unauthorized where none is opened by it now.
func KeyOf(store *corpus.Store, secret string, now time.Time) (Key, error) {
	unknown := corpus.Errorf(corpus.Unauthorized, "the key is not known")
	unknown.Fix = "send Authorization: Bearer dj_... with a key that was not removed, or no such header"
	id, hash := hashOf(secret)
	var lead secretOf
	err := readRecord(store, KeySecrets, id, &lead)
	if corpus.CodeOf(err) == corpus.NotFound {
		lead.Key, err = id, nil
	}
	var k Key
	if err == nil {
		err = readRecord(store, Keys, lead.Key, &k)
	}
	switch {
	case corpus.CodeOf(err) == corpus.NotFound:
		return Key{}, unknown
	case err != nil:
		return Key{}, err
	case !k.opensWith(hash, now):
		return Key{}, unknown
	case k.Expired(now):
		unknown.Message = "the key has expired"
		return Key{}, unknown
	}
	return k, nil
}

// readRecord reads a record's body into v; an error of code NotFound where there is none.
func readRecord(store *corpus.Store, table, id string, v any) error {
	r, err := store.Record(table, id)
	if err != nil {
		return err
	}
	return json.Unmarshal(r.Body, v)
}

func hashOf(secret string) (id, hash string) {
	sum := sha256.Sum256([]byte(secret))
	hash = hex.EncodeToString(sum[:])
	return hash[:16], hash
}

// random returns n characters, each of the 62 equally likely.
func random(n int) string {
	out := make([]byte, 0, n)
	for buf := make([]byte, n); len(out) < n; {
		rand.Read(buf) // never fails
		for _, b := range buf {
			if int(b) < 256/len(base62)*len(base62) && len(out) < n {
				out = append(out, base62[int(b)%len(base62)])
			}
		}
	}
	return string(out)
}

func invalid(field, fix, format string, args ...any) *corpus.Error {
	e := corpus.Errorf(corpus.Invalid, format, args...)
	e.Field, e.Fix = field, fix
	return e
}
