package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"duijie/corpus"
	"duijie/corpus/market"
)

// siteKeyRoutes are those of the keys that stand in other sites' pages.
func siteKeyRoutes() []route {
	return []route{
		{method: "GET", path: "/v1/site-keys", id: "list-site-keys", tag: "keys", summary: "All site keys, for widgets in other sites' pages", right: "site_keys list", add: handle((*Service).listSiteKeys)},
		{method: "POST", path: "/v1/site-keys", id: "create-site-key", tag: "keys", summary: "Make a site key, bound to origins", right: "site_keys create", status: http.StatusCreated, add: handle((*Service).createSiteKey)},
		{method: "PATCH", path: "/v1/site-keys/{id}", id: "patch-site-key", tag: "keys", summary: "Change what a site key may do (JSON merge patch, RFC 7396)", right: "site_keys update", problems: []corpus.Code{corpus.Conflict, stalePrecond}, add: handle((*Service).patchSiteKey)},
		{method: "DELETE", path: "/v1/site-keys/{id}", id: "delete-site-key", tag: "keys", summary: "Remove a site key; it stops working at once", right: "site_keys delete", add: handle((*Service).deleteSiteKey)},
	}
}

// A SiteKeyInfo is what is shown of a site key: all of it, for it is no secret.
type SiteKeyInfo struct {
	market.SiteKey
	Version  uint64    `json:"version" doc:"of what is said of it, for If-Match"`
	LastUsed time.Time `json:"last_used,omitzero" doc:"none: never"`
}

// SiteKeys returns all site keys, by id.
func (s *Service) SiteKeys(ctx context.Context, c Caller) ([]SiteKeyInfo, error) {
	if err := c.may(market.SiteKeys, "list"); err != nil {
		return nil, err
	}
	infos := []SiteKeyInfo{}
	for r, err := range s.Store.Records(market.SiteKeys) {
		if err != nil {
			return nil, err
		}
		info := SiteKeyInfo{Version: r.Version}
		if err := json.Unmarshal(r.Body, &info.SiteKey); err != nil {
			return nil, fmt.Errorf("site key %s: %w", r.ID, err)
		}
		if info.LastUsed, err = s.lastUse(market.SiteKeys, r.ID); err != nil {
			return nil, err
		}
		infos = append(infos, info)
	}
	return infos, nil
}

// CreateSiteKey makes a site key of what is said of it; ID, Key and Created are made here.
func (s *Service) CreateSiteKey(ctx context.Context, c Caller, said market.SiteKey) (market.SiteKey, error) {
	if err := c.may(market.SiteKeys, "create"); err != nil {
		return market.SiteKey{}, err
	}
	k, err := market.MakeSiteKey(said, s.now())
	if err == nil {
		err = checkCodes(&k)
	}
	if err != nil {
		return market.SiteKey{}, err
	}
	return k, s.putRecord(ctx, c, "create site key "+k.ID, market.SiteKeys, k.ID, k, 0)
}

// PatchSiteKey changes a site key by a JSON merge patch and returns it with its new version. Its key stays. An error of code
// Conflict says that it is not at ifVersion, 0 being any, or was changed in the same moment.
func (s *Service) PatchSiteKey(ctx context.Context, c Caller, id string, patch json.RawMessage, ifVersion uint64) (market.SiteKey, uint64, error) {
	if err := c.may(market.SiteKeys, "update"); err != nil {
		return market.SiteKey{}, 0, err
	}
	var old market.SiteKey
	r, err := s.Store.Record(market.SiteKeys, id)
	if corpus.CodeOf(err) == corpus.NotFound {
		err = missingSiteKey(id)
	}
	if err == nil {
		err = json.Unmarshal(r.Body, &old)
	}
	if err == nil && ifVersion != 0 && ifVersion != r.Version {
		err = corpus.Errorf(corpus.Conflict, "site key %q is at version %d, not %d", id, r.Version, ifVersion)
	}
	if err != nil {
		return old, 0, versionConflict(err)
	}
	k, err := mergePatch(old, patch)
	if err != nil {
		return old, 0, err
	}
	if k.ID != old.ID || k.Key != old.Key || !k.Created.Equal(old.Created) {
		e := corpus.Errorf(corpus.Invalid, "id, key and created of a site key can't be changed")
		e.Fix = "leave them out, or make another site key"
		return old, 0, e
	}
	now := s.now()
	if k.Expires.Equal(old.Expires) {
		now = time.Time{} // an expired key may get other settings
	}
	if k, err = k.Check(now); err == nil {
		err = checkCodes(&k)
	}
	if err != nil {
		return old, 0, err
	}
	return k, r.Version + 1, versionConflict(s.putRecord(ctx, c, "change site key "+id, market.SiteKeys, id, k, r.Version))
}

// DeleteSiteKey makes a site key worthless at once.
func (s *Service) DeleteSiteKey(ctx context.Context, c Caller, id string) error {
	if err := c.may(market.SiteKeys, "delete"); err != nil {
		return err
	}
	_, err := s.Store.Write(ctx, corpus.Batch{Actor: c.Name, Action: "delete site key " + id, Records: []corpus.Record{{Table: market.SiteKeys, ID: id, Deleted: true}}})
	if corpus.CodeOf(err) == corpus.NotFound {
		err = missingSiteKey(id)
	}
	return err
}

func missingSiteKey(id string) error {
	e := corpus.Errorf(corpus.NotFound, "there is no site key %q", id)
	e.Fix = "look its id up with: duijie key list"
	return e
}

// checkCodes checks the codes of k and writes former regions as those that took over.
func checkCodes(k *market.SiteKey) error {
	f, err := Filter{Field: k.Fields, Region: k.Regions}.Parse()
	k.Fields, k.Regions = slices.Compact(f.Field), slices.Compact(f.Region)
	return err
}

type siteKeysOutput struct {
	Body struct {
		Keys []SiteKeyInfo `json:"keys"`
	}
}

func (s *Service) listSiteKeys(ctx context.Context, _ *struct{}) (*siteKeysOutput, error) {
	keys, err := s.SiteKeys(ctx, CallerOf(ctx))
	out := &siteKeysOutput{}
	out.Body.Keys = keys
	return out, err
}

type createSiteKeyInput struct {
	Body struct {
		Name      string        `json:"name" maxLength:"100" doc:"whose site it is" example:"市科技局门户"`
		Origins   []string      `json:"origins" minItems:"1" maxItems:"50" doc:"that may show it: https://www.example.cn, or https://*.example.cn for all hosts below" example:"[\"https://www.example.cn\"]"`
		Kinds     []corpus.Kind `json:"kinds,omitempty" maxItems:"4" enum:"achievement,need,expert,project" doc:"that it may read; none: all"`
		Fields    []string      `json:"fields,omitempty" maxItems:"100" doc:"GB/T 4754-2017 codes it is confined to; none: all" example:"[\"C\"]"`
		Regions   []string      `json:"regions,omitempty" maxItems:"100" doc:"GB/T 2260 codes it is confined to; none: all" example:"[\"1505\"]"`
		PerMinute int           `json:"per_minute,omitempty" minimum:"1" maximum:"60000" default:"600" doc:"requests it may make, half of them from one address"`
		Expires   time.Time     `json:"expires,omitzero" doc:"when it stops working; none: never"`
	}
}

type newSiteKeyOutput struct {
	ETag     string `header:"ETag" doc:"the version, for If-Match" example:"\"1\""`
	Location string `header:"Location"`
	Body     market.SiteKey
}

func (s *Service) createSiteKey(ctx context.Context, in *createSiteKeyInput) (*newSiteKeyOutput, error) {
	b := in.Body
	k, err := s.CreateSiteKey(ctx, CallerOf(ctx), market.SiteKey{Name: b.Name, Origins: b.Origins, Kinds: b.Kinds, Fields: b.Fields, Regions: b.Regions,
		PerMinute: b.PerMinute, Expires: b.Expires})
	return &newSiteKeyOutput{tagOf(1), "/v1/site-keys/" + k.ID, k}, err
}

// A SiteKeyPatch is the body of PATCH for site keys.
type SiteKeyPatch struct{ json.RawMessage }

// Schema is part of huma.SchemaProvider.
func (SiteKeyPatch) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "members of SiteKey to change; null removes one",
		Examples: []any{map[string]any{"origins": []any{"https://*.example.cn"}, "expires": nil}}}
	s.PrecomputeMessages()
	return s
}

type patchSiteKeyInput struct {
	IfMatchParams
	Body SiteKeyPatch `contentType:"application/merge-patch+json"`
}

type siteKeyOutput struct {
	ETag string `header:"ETag" doc:"the new version, for If-Match" example:"\"2\""`
	Body market.SiteKey
}

func (s *Service) patchSiteKey(ctx context.Context, in *patchSiteKeyInput) (*siteKeyOutput, error) {
	want, err := in.version("site key")
	if err != nil {
		return nil, err
	}
	k, version, err := s.PatchSiteKey(ctx, CallerOf(ctx), in.ID, in.Body.RawMessage, want)
	return &siteKeyOutput{tagOf(version), k}, in.failed(err)
}

func (s *Service) deleteSiteKey(ctx context.Context, in *IDParam) (*struct{}, error) {
	return nil, s.DeleteSiteKey(ctx, CallerOf(ctx), in.ID)
}
