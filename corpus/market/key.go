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

// A Key lets a program or a person in. The secret itself is never stored; 190 random bits need no slow hash.
type Key struct {
	ID      string    `json:"id" doc:"first 16 hex digits of hash"`
	Hash    string    `json:"hash" doc:"SHA-256 of the secret, hex"`
	Name    string    `json:"name" doc:"who has it"`
	Role    Role      `json:"role" enum:"admin,broker,firm,holder,read"`
	Created time.Time `json:"created"`
}

const (
	secretPrefix = "dj_"
	secretRunes  = 32
	base62       = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// MakeKey returns a new key and its secret, "dj_" and 32 random letters and digits, which is to be shown once.
func MakeKey(name string, role Role, now time.Time) (Key, string, error) {
	name, err := checkName(name, "who will have the key")
	if err != nil {
		return Key{}, "", err
	}
	if err := checkRole(role); err != nil {
		return Key{}, "", err
	}
	secret := secretPrefix + random(secretRunes)
	id, hash := hashOf(secret)
	return Key{ID: id, Hash: hash, Name: name, Role: role, Created: now.UTC().Truncate(time.Second)}, secret, nil
}

// KeyOf returns the stored key with this secret; an error of code Unauthorized where there is none.
func KeyOf(store *corpus.Store, secret string) (Key, error) {
	unknown := corpus.Errorf(corpus.Unauthorized, "the key is not known")
	unknown.Fix = "send Authorization: Bearer dj_... with a key that was not removed, or no such header"
	id, hash := hashOf(secret)
	r, err := store.Record(Keys, id)
	if err != nil && corpus.CodeOf(err) == corpus.NotFound {
		return Key{}, unknown
	}
	if err != nil {
		return Key{}, err
	}
	var k Key
	if err := json.Unmarshal(r.Body, &k); err != nil {
		return Key{}, err
	}
	if k.Hash != hash { // both are hashes: comparing them in constant time would hide nothing
		return Key{}, unknown
	}
	return k, nil
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
