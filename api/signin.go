package api

import (
	"encoding/json"

	"duijie/corpus"
	"duijie/corpus/market"
)

// SignIn returns the key of an admin by its secret; an error of code Unauthorized for others, which does not say what is
// wrong with them.
func (s *Service) SignIn(secret string) (market.Key, error) {
	k, err := market.KeyOf(s.Store, secret, s.now())
	if err == nil && k.Role != market.Admin {
		err = corpus.Errorf(corpus.Unauthorized, "the key is not that of an admin")
	}
	return k, err
}

// SignedIn returns who signed in with k; an error of code Unauthorized once the key is removed.
func (s *Service) SignedIn(k market.Key) (Caller, error) {
	r, err := s.Store.Record(market.Keys, k.ID)
	var now market.Key
	if err == nil {
		err = json.Unmarshal(r.Body, &now)
	}
	if corpus.CodeOf(err) == corpus.NotFound || err == nil && (now.Hash != k.Hash || now.Role != market.Admin) {
		return Caller{}, corpus.Errorf(corpus.Unauthorized, "the key was removed")
	}
	if err != nil {
		return Caller{}, err
	}
	return Caller{Name: "key:" + k.ID, Role: market.Admin, Key: true, Admin: true}, nil
}
