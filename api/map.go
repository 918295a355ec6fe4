package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Maps returns all saved maps, by name.
func (s *Service) Maps(ctx context.Context, c Caller) ([]market.Map, error) {
	if err := c.may("maps", "list"); err != nil {
		return nil, err
	}
	all := []market.Map{}
	for r, err := range s.Store.Records(market.Maps) {
		if err != nil {
			return nil, err
		}
		m, err := mapOf(r)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// SaveMap keeps m under its name, in the place of what is there.
func (s *Service) SaveMap(ctx context.Context, c Caller, m market.Map) error {
	if err := c.may("maps", "update"); err != nil {
		return err
	}
	m, err := market.MakeMap(m.Name, m.Columns, c.Name, s.now())
	if err != nil {
		return err
	}
	return s.putRecord(ctx, c, "save map "+m.Name, market.Maps, m.Name, m, 0)
}

// DeleteMap forgets a saved map.
func (s *Service) DeleteMap(ctx context.Context, c Caller, name string) error {
	if err := c.may("maps", "delete"); err != nil {
		return err
	}
	return s.write(ctx, c, corpus.Batch{Action: "delete map " + name, Records: []corpus.Record{{Table: market.Maps, ID: name, Deleted: true}}}, nil)
}

func mapOf(r corpus.Record) (market.Map, error) {
	var m market.Map
	if err := json.Unmarshal(r.Body, &m); err != nil {
		return m, fmt.Errorf("map %s: %w", r.ID, err)
	}
	return m, nil
}

// useMap makes o read columns as a saved map says: the named one or, where none is named, the one of o's source. It
// returns the name of the map that is used.
func (s *Service) useMap(name string, o *corpus.ReadOptions) (string, error) {
	named := name != ""
	if !named {
		name = o.Source
	}
	if name == "" {
		return "", nil
	}
	r, err := s.Store.Record(market.Maps, name)
	if corpus.CodeOf(err) == corpus.NotFound {
		if !named {
			return "", nil
		}
		return "", faults{wrong("use_map", name, "use the name of a saved map: duijie maps, GET /v1/maps")}
	}
	if err != nil {
		return "", err
	}
	m, err := mapOf(r)
	o.Saved = m.Columns
	return name, err
}

// mapToSave is the map that an import saves under a name at its end; nil where that is "".
func (s *Service) mapToSave(c Caller, name string, o corpus.ReadOptions) (*market.Map, error) {
	if name == "" {
		return nil, nil
	}
	columns := maps.Clone(o.Map)
	for header, field := range o.Saved {
		if _, ok := columns[header]; !ok {
			columns[header] = field
		}
	}
	m, err := market.MakeMap(name, columns, c.Name, s.now())
	if e, ok := err.(*corpus.Error); ok && e.Field == "name" {
		e.Field = "save_map"
	}
	return &m, err
}

type mapsOutput struct {
	Body struct {
		Maps []market.Map `json:"maps"`
	}
}

func (s *Service) listMaps(ctx context.Context, _ *struct{}) (*mapsOutput, error) {
	all, err := s.Maps(ctx, CallerOf(ctx))
	out := &mapsOutput{}
	out.Body.Maps = all
	return out, err
}

type mapParam struct {
	Name string `path:"name" maxLength:"64"`
}

func (s *Service) deleteMap(ctx context.Context, in *mapParam) (*struct{}, error) {
	return nil, s.DeleteMap(ctx, CallerOf(ctx), in.Name)
}
