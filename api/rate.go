package api

import (
	"fmt"
	"math"
	"net/http"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"duijie/corpus"
)

// Limits say how many requests a minute are answered. Admins and the socket are not limited, nor programs on this machine.
type Limits struct {
	PerAddress int // without a key; an IPv6 network of 64 bits is one address; 0: any number
	PerKey     int // of one key; 0: any number
}

// remembered is how many addresses and keys are counted at a time; the ones seen least recently are forgotten.
const remembered = 1 << 16

// A limiter counts requests by address and key.
type limiter struct {
	limits  Limits
	proxies Proxies
	buckets *lru.Cache[string, *rate.Limiter]
}

func newLimiter(l Limits, p Proxies) *limiter {
	buckets, _ := lru.New[string, *rate.Limiter](remembered) // fails for sizes below 1 only
	return &limiter{l, p, buckets}
}

// admits counts a request of c's and says in the answer's headers how many are left; what it returns is not nil where
// none is.
func (l *limiter) admits(h http.Header, r *http.Request, c Caller) error {
	policy, name, quota := "address", "", l.limits.PerAddress
	switch {
	case c.Admin:
		return nil
	case c.Key:
		policy, name, quota = "key", c.Name, l.limits.PerKey
	default:
		if a := l.proxies.address(r); !a.IsValid() || a.IsLoopback() {
			return nil
		}
		name = l.proxies.Asker(r)
	}
	if quota <= 0 || r.URL.Path == "/livez" || r.URL.Path == "/readyz" || strings.HasPrefix(r.URL.Path, "/assets/") {
		return nil
	}
	perSecond := float64(quota) / 60
	bucket, ok := l.buckets.Get(name)
	if !ok {
		bucket = rate.NewLimiter(rate.Limit(perSecond), quota)
		if known, there, _ := l.buckets.PeekOrAdd(name, bucket); there {
			bucket = known
		}
	}
	allowed := bucket.Allow()
	left := max(bucket.Tokens(), 0)
	h.Set("RateLimit-Policy", fmt.Sprintf(`"%s";q=%d;w=60`, policy, quota))
	h.Set("RateLimit", fmt.Sprintf(`"%s";r=%d;t=%d`, policy, int(left), int(math.Ceil((float64(quota)-left)/perSecond))))
	if allowed {
		return nil
	}
	h.Set("Retry-After", fmt.Sprint(int(math.Ceil((1-left)/perSecond))))
	e := corpus.Errorf(tooMany, "more than %d requests came in a minute from one %s", quota, policy)
	e.Fix = "wait as long as Retry-After says; a key may ask more often"
	return e
}
