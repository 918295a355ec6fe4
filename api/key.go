package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// keyRoutes are those of API keys.
func keyRoutes() []route {
	return []route{
		{method: "GET", path: "/v1/keys", id: "list-keys", tag: "keys", summary: "All API keys, without their secrets", right: "keys list", add: handle((*Service).listKeys)},
		{method: "POST", path: "/v1/keys", id: "create-key", tag: "keys", summary: "Make an API key; its secret is shown this once", right: "keys create", secret: true, status: http.StatusCreated, add: handle((*Service).createKey)},
		{method: "POST", path: "/v1/keys/{id}/rotate", id: "rotate-key", tag: "keys", summary: "Give an API key a new secret, shown this once; the old one works on for a while", right: "keys rotate", secret: true, problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).rotateKey)},
		{method: "DELETE", path: "/v1/keys/{id}", id: "delete-key", tag: "keys", summary: "Remove an API key; it stops working at once", right: "keys delete", add: handle((*Service).deleteKey)},
	}
}

// A KeyInfo is what is shown of an API key.
type KeyInfo struct {
	ID           string      `json:"id"`
	Name         string      `json:"name"`
	Role         market.Role `json:"role" enum:"admin,reviewer,county,broker,firm,holder,read"`
	Organisation string      `json:"organisation,omitempty" doc:"id of the organisation whose records it shares"`
	Territory    []string    `json:"territory,omitempty" doc:"of a county: codes of GB/T 2260 whose records it sees"`
	Created      time.Time   `json:"created"`
	Expires      time.Time   `json:"expires,omitzero" doc:"none: never"`
	Rotated      time.Time   `json:"rotated,omitzero" doc:"when it got its present secret, unless it has the first"`
	OldUntil     time.Time   `json:"old_until,omitzero" doc:"until when the secret before works too"`
	LastUsed     time.Time   `json:"last_used,omitzero" doc:"none: never"`
}

// A NewKey is a key just made, or one with a new secret.
type NewKey struct {
	KeyInfo
	Key string `json:"key" doc:"the secret; shown this once"`
}

func (s *Service) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// CreateKey makes an API key that works until expires; the zero time: always. Only its hash is kept: the answer is the one
// place where the secret stands. A key of a county has a territory, see market.ParseTerritory.
func (s *Service) CreateKey(ctx context.Context, c Caller, name string, role market.Role, expires time.Time, territory ...string) (NewKey, error) {
	return s.CreateKeyOf(ctx, c, name, role, "", expires, territory...)
}

// CreateKeyOf is CreateKey for an organisation, by its id or credit code; "": none.
func (s *Service) CreateKeyOf(ctx context.Context, c Caller, name string, role market.Role, organisation string, expires time.Time, territory ...string) (NewKey, error) {
	if err := c.may(market.Keys, "create"); err != nil {
		return NewKey{}, err
	}
	k, secret, err := market.MakeKey(name, role, expires, s.now())
	if err == nil {
		k.Territory, err = market.ParseTerritory(role, territory)
	}
	if err != nil {
		return NewKey{}, err
	}
	if k.Organisation, err = s.organisationID(organisation); err != nil {
		return NewKey{}, err
	}
	return NewKey{KeyInfo: infoOf(k), Key: secret}, s.putKey(ctx, c, "create key "+k.ID, k, market.Key{}, 0)
}

// RotateKey gives a key a new secret. The one until now works on for overlap, 0 to market.MaxOverlap.
func (s *Service) RotateKey(ctx context.Context, c Caller, id string, overlap time.Duration) (NewKey, error) {
	if err := c.may(market.Keys, "rotate"); err != nil {
		return NewKey{}, err
	}
	old, version, err := s.key(id)
	if err != nil {
		return NewKey{}, err
	}
	k, secret, err := old.Rotate(overlap, s.now())
	if err != nil {
		return NewKey{}, err
	}
	return NewKey{KeyInfo: infoOf(k), Key: secret}, s.putKey(ctx, c, "rotate key "+id, k, old, version)
}

// DeleteKey makes a key worthless at once.
func (s *Service) DeleteKey(ctx context.Context, c Caller, id string) error {
	if err := c.may(market.Keys, "delete"); err != nil {
		return err
	}
	old, version, err := s.key(id)
	if err != nil {
		return err
	}
	return s.putKey(ctx, c, "delete key "+id, market.Key{}, old, version)
}

// putKey writes k in the place of old: see market.Key.Records.
func (s *Service) putKey(ctx context.Context, c Caller, action string, k, old market.Key, version uint64) error {
	records, err := k.Records(old, version)
	if err != nil {
		return err
	}
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: action, Records: records})
	return err
}

// key returns a key with the version of its record; an error of code NotFound where there is none.
func (s *Service) key(id string) (k market.Key, version uint64, err error) {
	r, err := s.Store.Record(market.Keys, id)
	if corpus.CodeOf(err) == corpus.NotFound {
		e := corpus.Errorf(corpus.NotFound, "there is no key %q", id)
		e.Fix = "look its id up with: duijie key list"
		return k, 0, e
	}
	if err == nil {
		err = json.Unmarshal(r.Body, &k)
	}
	return k, r.Version, err
}

// Keys returns all keys, by id.
func (s *Service) Keys(ctx context.Context, c Caller) ([]KeyInfo, error) {
	if err := c.may(market.Keys, "list"); err != nil {
		return nil, err
	}
	infos := []KeyInfo{}
	for r, err := range s.Store.Records(market.Keys) {
		if err != nil {
			return nil, err
		}
		var k market.Key
		if err := json.Unmarshal(r.Body, &k); err != nil {
			return nil, fmt.Errorf("key %s: %w", r.ID, err)
		}
		info := infoOf(k)
		if info.LastUsed, err = s.lastUse(market.Keys, k.ID); err != nil {
			return nil, err
		}
		if !s.now().Before(info.OldUntil) {
			info.OldUntil = time.Time{}
		}
		infos = append(infos, info)
	}
	return infos, nil
}

func infoOf(k market.Key) KeyInfo {
	return KeyInfo{ID: k.ID, Name: k.Name, Role: k.Role, Organisation: k.Organisation, Territory: k.Territory, Created: k.Created, Expires: k.Expires, Rotated: k.Rotated, OldUntil: k.OldUntil}
}

type keysOutput struct {
	Body struct {
		Keys []KeyInfo `json:"keys"`
	}
}

func (s *Service) listKeys(ctx context.Context, _ *struct{}) (*keysOutput, error) {
	keys, err := s.Keys(ctx, CallerOf(ctx))
	out := &keysOutput{}
	out.Body.Keys = keys
	return out, err
}

type createKeyInput struct {
	Body struct {
		Name         string      `json:"name" maxLength:"100" doc:"who will have it" example:"县科技局"`
		Role         market.Role `json:"role" enum:"admin,reviewer,county,broker,firm,holder,read"`
		Organisation string      `json:"organisation,omitempty" maxLength:"64" doc:"id or credit code of the organisation whose records it shares" example:"019ac2f1b3e0q7Rk2ZpX"`
		Territory    []string    `json:"territory,omitempty" maxItems:"100" doc:"codes or names of GB/T 2260 whose records a county sees; of the role county only, which needs one" example:"[\"150502\"]"`
		Expires      time.Time   `json:"expires,omitzero" doc:"when it stops working; none: never"`
	}
}

type newKeyOutput struct {
	Location string `header:"Location"`
	Body     NewKey
}

func (s *Service) createKey(ctx context.Context, in *createKeyInput) (*newKeyOutput, error) {
	k, err := s.CreateKeyOf(ctx, CallerOf(ctx), in.Body.Name, in.Body.Role, in.Body.Organisation, in.Body.Expires, in.Body.Territory...)
	return &newKeyOutput{"/v1/keys/" + k.ID, k}, err
}

type rotateKeyInput struct {
	IDParam
	Overlap int `query:"overlap_hours" minimum:"0" maximum:"720" default:"24" doc:"for how long the secret until now works on"`
}

type rotatedKeyOutput struct{ Body NewKey }

func (s *Service) rotateKey(ctx context.Context, in *rotateKeyInput) (*rotatedKeyOutput, error) {
	k, err := s.RotateKey(ctx, CallerOf(ctx), in.ID, time.Duration(in.Overlap)*time.Hour)
	return &rotatedKeyOutput{k}, err
}

func (s *Service) deleteKey(ctx context.Context, in *IDParam) (*struct{}, error) {
	return nil, s.DeleteKey(ctx, CallerOf(ctx), in.ID)
}
