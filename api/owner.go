package api

import (
	"encoding/json"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

// gone reports whether a key or an account that made something was removed, has expired or is disabled.
func (s *Service) gone(by string) (bool, error) {
	sort, id, _ := strings.Cut(by, ":")
	var over bool
	var err error
	switch sort {
	case "key":
		var r corpus.Record
		var k market.Key
		if r, err = s.Store.Record(market.Keys, id); err == nil {
			err = json.Unmarshal(r.Body, &k)
		}
		over = k.Expired(s.now())
	case "account":
		var a market.Account
		a, _, err = market.AccountOf(s.Store, id)
		over = a.Disabled
	}
	if corpus.CodeOf(err) == corpus.NotFound {
		return true, nil
	}
	return over, err
}
