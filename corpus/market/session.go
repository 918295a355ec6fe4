package market

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
	"time"

	"duijie/corpus"
)

// Sessions is the record table of sessions.
const Sessions = "sessions"

// SessionTime is how long a session lasts from signing in, whatever is done in it: a working day.
const SessionTime = 12 * time.Hour

// A Session is somebody signed in with a browser, by an account or by a key. Of the secret in the cookie only the hash is
// kept.
type Session struct {
	ID      string    `json:"id" doc:"first 16 hex digits of hash"`
	Hash    string    `json:"hash" doc:"SHA-256 of the cookie's secret, hex"`
	Account string    `json:"account,omitempty" doc:"id of the account"`
	Key     string    `json:"key,omitempty" doc:"id of the key, where no account signed in"`
	KeyHash string    `json:"key_hash,omitempty" doc:"SHA-256 of the key's secret that was shown, hex: the session ends with it"`
	Agent   string    `json:"agent,omitempty" doc:"what the browser says it is"`
	Created time.Time `json:"created"`
	Until   time.Time `json:"until"`
}

// maxAgent is how many bytes of a browser's name are kept.
const maxAgent = 200

// MakeSession returns a new session of an account or a key, and the secret of its cookie.
func MakeSession(account, key, agent string, now time.Time) (Session, string) {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	token := base64.RawURLEncoding.EncodeToString(secret)
	id, hash := hashOf(token)
	if len(agent) > maxAgent {
		agent = agent[:maxAgent]
	}
	now = now.UTC().Truncate(time.Second)
	return Session{ID: id, Hash: hash, Account: account, Key: key, Agent: strings.ToValidUTF8(agent, ""), Created: now, Until: now.Add(SessionTime)}, token
}

// Session returns a new session of the key, begun with one of its secrets, and the secret of its cookie.
func (k Key) Session(secret, agent string, now time.Time) (Session, string) {
	s, token := MakeSession("", k.ID, agent, now)
	_, s.KeyHash = hashOf(secret)
	return s, token
}

// Holds reports whether the secret with which a session was begun still opens the key.
func (k Key) Holds(s Session, now time.Time) bool {
	return k.opensWith(s.KeyHash, now) && !k.Expired(now)
}

// Over reports whether the session's time is over.
func (s Session) Over(now time.Time) bool { return !now.Before(s.Until) }

// SessionOf returns the session whose cookie holds a secret; an error of code Unauthorized where there is none, or none any
// more.
func SessionOf(store *corpus.Store, token string, now time.Time) (Session, error) {
	var s Session
	id, hash := hashOf(token)
	err := readRecord(store, Sessions, id, &s)
	if corpus.CodeOf(err) == corpus.NotFound || err == nil && (s.Hash != hash || s.Over(now)) {
		return Session{}, corpus.Errorf(corpus.Unauthorized, "the session has ended")
	}
	return s, err
}
