package api

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/cors"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
)

// A site key comes as the parameter siteKeyParam or in the header siteKeyHeader.
const (
	siteKeyParam  = "key"
	siteKeyHeader = "X-Duijie-Site-Key"
)

// leadCost is how many requests a lead counts for in a site key's rate: people write few.
const leadCost = 10

// siteKey is the site key that a request shows, "" where it shows none.
func siteKey(r *http.Request) string {
	if key := r.Header.Get(siteKeyHeader); key != "" {
		return key
	}
	return r.URL.Query().Get(siteKeyParam)
}

// withoutSiteKey is r without the parameter, which no route knows.
func withoutSiteKey(r *http.Request) *http.Request {
	q := r.URL.Query()
	q.Del(siteKeyParam)
	r = r.WithContext(r.Context())
	r.URL = &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: q.Encode()}
	return r
}

// identifySite finds out whether a site key lets a request in: by its origin, where a browser tells one, and its rates. Half
// of the key's rate is for one address, so that none uses it up for all.
func (s *Service) identifySite(r *http.Request, key string) (Caller, error) {
	unknown := Caller{Name: "unknown"}
	k, err := market.SiteKeyOf(s.Store, key, s.now())
	if err != nil {
		return unknown, err
	}
	if origin := r.Header.Get("Origin"); origin != "" && !k.AllowsOrigin(origin) && !sameOrigin(r, origin) {
		e := corpus.Errorf(corpus.Forbidden, "the site key is not for pages of this origin")
		e.Fix = "use the key of the site, or add its origin to the key: " + strings.Join(k.Origins, ", ") + " may show it"
		return unknown, e
	}
	n := 1
	if r.Method == http.MethodPost && r.URL.Path == "/v1/leads" {
		n = leadCost
	}
	now, half := s.now(), max(k.PerMinute/2, leadCost)
	wait, giveBack := s.limits.take("site "+k.ID+" "+s.Proxies.Asker(r), float64(half), half, n, now)
	if wait == 0 {
		if wait, _ = s.limits.take("site "+k.ID, float64(k.PerMinute), max(k.PerMinute, leadCost), n, now); wait > 0 {
			giveBack()
		}
	}
	if wait > 0 {
		return unknown, tooOften(r.Context(), wait)
	}
	s.used(market.SiteKeys, k.ID)
	return Caller{Name: "site:" + k.ID, Site: &k}, nil
}

// tooOften is the problem for who asks more often than allowed.
func tooOften(ctx context.Context, wait time.Duration) *Problem {
	p := newProblem(ctx, tooMany, "more requests than are allowed", "wait as long as Retry-After says")
	p.wait = int(math.Ceil(wait.Seconds()))
	return p
}

// sameOrigin reports whether a page of ours asks. A proxy may speak TLS for us, so the scheme says nothing.
func sameOrigin(r *http.Request, origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// newCORS lets the scripts of sites read what a site key of theirs asks for. Keys of the API are not for browsers.
func newCORS(s *Service) *cors.Cors {
	return cors.New(cors.Options{
		AllowOriginVaryRequestFunc: func(r *http.Request, origin string) (bool, []string) {
			return s.allowsOrigin(r, origin), []string{siteKeyHeader}
		},
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders: []string{"Accept", "Content-Type", "If-None-Match", "Idempotency-Key", "X-Request-Id", siteKeyHeader},
		ExposedHeaders: []string{"ETag", "Location", "Retry-After", "X-Request-Id"},
		MaxAge:         int((2 * time.Hour).Seconds()), // as long as browsers keep it at most
	})
}

// allowsOrigin reports whether an origin may read the answer to a request. Before a request with the key in a header comes
// one that only names the header: then any site key's origins will do.
func (s *Service) allowsOrigin(r *http.Request, origin string) bool {
	if key := siteKey(r); key != "" {
		k, err := market.SiteKeyOf(s.Store, key, s.now())
		return err == nil && k.AllowsOrigin(origin)
	}
	if r.Method != http.MethodOptions {
		return false
	}
	return slices.ContainsFunc(s.recentSiteKeys(r.Context()), func(k SiteKeyInfo) bool { return !k.Expired(s.now()) && k.AllowsOrigin(origin) })
}

// preflightTime is how old site keys may be that answer a preflight: no rate counts these.
const preflightTime = 5 * time.Second

// preflights are the site keys as they were read last. The zero value is ready.
type preflights struct {
	sync.Mutex
	keys []SiteKeyInfo
	read time.Time
}

func (s *Service) recentSiteKeys(ctx context.Context) []SiteKeyInfo {
	p := &s.origins
	p.Lock()
	defer p.Unlock()
	now := s.now()
	if now.Before(p.read.Add(preflightTime)) {
		return p.keys
	}
	keys, err := s.SiteKeys(context.WithoutCancel(ctx), Caller{Role: market.Admin})
	if err != nil {
		s.Log.Error("site keys can't be read", "error", err)
	}
	p.keys, p.read = keys, now
	return p.keys
}

// reads returns nil where c may get answers of a kind.
func (c Caller) reads(k corpus.Kind) error {
	if c.Site == nil || len(c.Site.Kinds) == 0 || slices.Contains(c.Site.Kinds, k) {
		return nil
	}
	e := corpus.Errorf(corpus.Forbidden, "this site key does not read %s", k.Plural())
	e.Fix = "add the kind to the site key, or use another"
	return e
}

// unconfined is c as to what a list is for: a widget beside a need of any region shows what its key reads.
func (c Caller) unconfined() Caller {
	c.Site = nil
	return c
}

// confine narrows a filter to what c may read.
func (c Caller) confine(f indexer.Filter) (indexer.Filter, error) {
	if c.Site == nil {
		return f, nil
	}
	if len(f.Kinds) == 0 {
		f.Kinds = c.Site.Kinds
	}
	for _, k := range f.Kinds {
		if err := c.reads(k); err != nil {
			return f, err
		}
	}
	f.Field = narrowed(f.Field, c.Site.Fields, indexer.FieldIn)
	f.Region = narrowed(f.Region, c.Site.Regions, indexer.RegionIn)
	return f, nil
}

// narrowed are the codes that lie in asked and in allowed, where none stands for all.
func narrowed(asked, allowed []string, in func(code, wanted string) bool) []string {
	if len(allowed) == 0 {
		return asked
	}
	if len(asked) == 0 {
		return allowed
	}
	out := []string{}
	for _, a := range asked {
		for _, b := range allowed {
			if in(a, b) {
				out = append(out, a)
			} else if in(b, a) {
				out = append(out, b)
			}
		}
	}
	if len(out) == 0 {
		return []string{"-"} // no code: nothing passes
	}
	return out
}

// admits reports whether c's site key reads a document.
func (c Caller) admits(d *corpus.Doc) bool {
	if c.Site == nil {
		return true
	}
	anyIn := func(codes, allowed []string, in func(code, wanted string) bool) bool {
		return len(allowed) == 0 || slices.ContainsFunc(codes, func(code string) bool {
			return slices.ContainsFunc(allowed, func(a string) bool { return in(code, a) })
		})
	}
	return c.reads(d.Kind) == nil && anyIn(d.Field, c.Site.Fields, indexer.FieldIn) && anyIn([]string{d.Region}, c.Site.Regions, indexer.RegionIn)
}

// facets leaves out the values that c's site key does not read: a facet is counted as if its own filter were not there.
func (c Caller) facets(all []indexer.Facet) []indexer.Facet {
	if c.Site == nil {
		return all
	}
	for i, f := range all {
		all[i].Values = slices.DeleteFunc(f.Values, func(v indexer.FacetValue) bool {
			switch f.Name {
			case "kind":
				return c.reads(corpus.Kind(v.Value)) != nil
			case "field":
				return len(c.Site.Fields) > 0 && narrowed([]string{v.Value}, c.Site.Fields, indexer.FieldIn)[0] == "-"
			case "region":
				return len(c.Site.Regions) > 0 && narrowed([]string{v.Value}, c.Site.Regions, indexer.RegionIn)[0] == "-"
			}
			return false
		})
	}
	return all
}
