package market

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"duijie/corpus"
)

// SiteKeys is the record table of site keys.
const SiteKeys = "site_keys"

// A SiteKey lets the pages of other sites read and open leads. It stands in their source and is no secret: what bounds it
// are its origins, what it may read, and its rate.
type SiteKey struct {
	ID        string        `json:"id"`
	Key       string        `json:"key" doc:"djs_ and 24 characters; public by nature"`
	Name      string        `json:"name" doc:"whose site it is"`
	Origins   []string      `json:"origins" doc:"that may show it: https://www.example.cn, or https://*.example.cn for all hosts below"`
	Kinds     []corpus.Kind `json:"kinds,omitempty" enum:"achievement,need,expert,project" doc:"that it may read; none: all"`
	Fields    []string      `json:"fields,omitempty" doc:"GB/T 4754-2017 codes it is confined to; none: all"`
	Regions   []string      `json:"regions,omitempty" doc:"GB/T 2260 codes it is confined to; none: all"`
	PerMinute int           `json:"per_minute" doc:"requests it may make"`
	Created   time.Time     `json:"created"`
	Expires   time.Time     `json:"expires,omitzero" doc:"none: never"`
}

const (
	siteKeyPrefix = "djs_"
	siteKeyRunes  = 24
	// SiteKeyPerMinute is the rate of a site key that names none, and MaxPerMinute the highest.
	SiteKeyPerMinute = 600
	MaxPerMinute     = 60_000
	maxOrigins       = 50
)

// MakeSiteKey completes what an admin says of a new site key: all but ID, Key and Created. Its error has code Invalid.
func MakeSiteKey(k SiteKey, now time.Time) (SiteKey, error) {
	k.Key = siteKeyPrefix + random(siteKeyRunes)
	k.ID, _ = hashOf(k.Key)
	k.Created = now.UTC().Truncate(time.Second)
	return k.Check(now)
}

// Check returns k with its origins as browsers write them; an error of code Invalid where it says what can't be.
func (k SiteKey) Check(now time.Time) (SiteKey, error) {
	var err error
	if k.Name, err = checkName(k.Name, "whose site it is"); err != nil {
		return SiteKey{}, err
	}
	if len(k.Origins) == 0 || len(k.Origins) > maxOrigins {
		return SiteKey{}, invalid("origins", "name the sites that may show it, such as https://www.example.cn", "%d origins where 1 to %d are right", len(k.Origins), maxOrigins)
	}
	origins := make([]string, 0, len(k.Origins))
	for _, o := range k.Origins {
		origin, err := parseOrigin(o)
		if err != nil {
			return SiteKey{}, err
		}
		origins = append(origins, origin)
	}
	slices.Sort(origins)
	k.Origins = slices.Compact(origins)
	for _, kind := range k.Kinds {
		if !slices.Contains(corpus.Kinds, kind) {
			return SiteKey{}, invalid("kinds", "use one of "+list(corpus.Kinds), "unknown kind %q", kind)
		}
	}
	if k.PerMinute == 0 {
		k.PerMinute = SiteKeyPerMinute
	}
	if k.PerMinute < 1 || k.PerMinute > MaxPerMinute {
		return SiteKey{}, invalid("per_minute", "use 1 to 60000", "a rate of %d a minute", k.PerMinute)
	}
	if k.Expires, err = checkExpiry(k.Expires, now); err != nil {
		return SiteKey{}, err
	}
	return k, nil
}

// checkExpiry returns until to the second; an error of code Invalid where that has passed.
func checkExpiry(until, now time.Time) (time.Time, error) {
	if !until.IsZero() && !until.After(now) {
		return time.Time{}, invalid("expires", "name a time to come, or none", "%s has passed", until.Format(time.RFC3339))
	}
	return until.UTC().Truncate(time.Second), nil
}

// parseOrigin returns an origin as browsers send it: scheme, host in lower case and ASCII, and the port unless it is the
// scheme's own. The host may begin with "*." where that stays below a name that one owner has.
func parseOrigin(s string) (string, error) {
	wrong := func(why string) error {
		return invalid("origins", "write a scheme and a host, such as https://www.example.cn or https://*.example.cn", "%q %s", s, why)
	}
	u, err := url.Parse(strings.TrimSuffix(strings.TrimSpace(s), "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", wrong("is no origin")
	}
	if u.User != nil || u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return "", wrong("has more than scheme, host and port")
	}
	host, wild := strings.CutPrefix(u.Hostname(), "*.")
	if ip := net.ParseIP(host); ip != nil {
		if wild {
			return "", wrong("has a * before an address")
		}
		host = ip.String()
		if ip.To4() == nil {
			host = "[" + host + "]"
		}
	} else if host, err = idna.Lookup.ToASCII(host); err != nil || host == "" {
		return "", wrong("has no right host")
	}
	if suffix, _ := publicsuffix.PublicSuffix(host); wild && suffix == host {
		return "", wrong("is of many owners")
	}
	if wild {
		host = "*." + host
	}
	if p := u.Port(); p != "" && !(u.Scheme == "http" && p == "80") && !(u.Scheme == "https" && p == "443") {
		host += ":" + p
	}
	return u.Scheme + "://" + host, nil
}

// AllowsOrigin reports whether pages of this origin, as a browser writes it in the Origin header, may show the key. Scheme,
// host and port must be the same; "*." stands for one label or more, not for none.
func (k SiteKey) AllowsOrigin(origin string) bool {
	origin = strings.ToLower(origin)
	return slices.ContainsFunc(k.Origins, func(allowed string) bool {
		scheme, rest, wild := strings.Cut(allowed, "*.")
		if !wild {
			return origin == allowed
		}
		label, ok := strings.CutPrefix(origin, scheme)
		label, below := strings.CutSuffix(label, "."+rest)
		return ok && below && label != "" && !strings.ContainsAny(label, "/:@?#* ")
	})
}

// Expired reports whether the key's time is over.
func (k SiteKey) Expired(now time.Time) bool { return !k.Expires.IsZero() && !now.Before(k.Expires) }

// SiteKeyOf returns the site key that stands in a page; an error of code Unauthorized where there is none, or none any more.
func SiteKeyOf(store *corpus.Store, key string, now time.Time) (SiteKey, error) {
	unknown := corpus.Errorf(corpus.Unauthorized, "the site key is not known")
	unknown.Fix = "use a key of: duijie key create --site, that was not removed and has not expired"
	if !strings.HasPrefix(key, siteKeyPrefix) {
		return SiteKey{}, unknown
	}
	id, _ := hashOf(key)
	var k SiteKey
	err := readRecord(store, SiteKeys, id, &k)
	if corpus.CodeOf(err) == corpus.NotFound || err == nil && (k.Key != key || k.Expired(now)) {
		return SiteKey{}, unknown
	}
	return k, err
}
