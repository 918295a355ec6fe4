package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A KeyInfo is what is shown of an API key.
type KeyInfo struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	Role    market.Role `json:"role" enum:"admin,broker,firm,holder,read"`
	Created time.Time   `json:"created"`
}

// A NewKey is a key just made.
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

// CreateKey makes an API key. Only its hash is kept: the answer is the one place where the secret stands.
func (s *Service) CreateKey(ctx context.Context, c Caller, name string, role market.Role) (NewKey, error) {
	if err := mayWrite(c); err != nil {
		return NewKey{}, err
	}
	k, secret, err := market.MakeKey(name, role, s.now())
	if err != nil {
		return NewKey{}, err
	}
	if err := s.putRecord(ctx, c, "create key "+k.ID, market.Keys, k.ID, k, 0); err != nil {
		return NewKey{}, err
	}
	return NewKey{infoOf(k), secret}, nil
}

// Keys returns all keys, by id.
func (s *Service) Keys(ctx context.Context, c Caller) ([]KeyInfo, error) {
	if err := mayWrite(c); err != nil {
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
		infos = append(infos, infoOf(k))
	}
	return infos, nil
}

// DeleteKey makes a key worthless at once.
func (s *Service) DeleteKey(ctx context.Context, c Caller, id string) error {
	return s.write(ctx, c, corpus.Batch{Action: "delete key " + id, Records: []corpus.Record{{Table: market.Keys, ID: id, Deleted: true}}}, nil)
}

func infoOf(k market.Key) KeyInfo { return KeyInfo{k.ID, k.Name, k.Role, k.Created} }

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
		Name string      `json:"name" maxLength:"100" doc:"who will have it" example:"县科技局"`
		Role market.Role `json:"role" enum:"admin,broker,firm,holder,read"`
	}
}

type newKeyOutput struct {
	Location string `header:"Location"`
	Body     NewKey
}

func (s *Service) createKey(ctx context.Context, in *createKeyInput) (*newKeyOutput, error) {
	k, err := s.CreateKey(ctx, CallerOf(ctx), in.Body.Name, in.Body.Role)
	return &newKeyOutput{"/v1/keys/" + k.ID, k}, err
}

func (s *Service) deleteKey(ctx context.Context, in *IDParam) (*struct{}, error) {
	return nil, s.DeleteKey(ctx, CallerOf(ctx), in.ID)
}
