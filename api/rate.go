package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"duijie/corpus"
)

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
	perSecond, bucket := float64(quota)/60, l.bucket(name, quota)
	allowed := bucket.Allow()
	left := max(bucket.Tokens(), 0)
	h.Set("RateLimit-Policy", fmt.Sprintf(`"%s";q=%d;w=60`, policy, quota))
	h.Set("RateLimit", remaining(policy, quota, left))
	if allowed {
		return nil
	}
	h.Set("Retry-After", fmt.Sprint(int(math.Ceil((1-left)/perSecond))))
	e := corpus.Errorf(tooMany, "more than %d requests came in a minute from one %s (rate_per_%s)", quota, policy, policy)
	e.Fix = "wait as long as Retry-After says; a key may ask more often"
	return e
}

// remaining is what the header RateLimit says where left of quota requests may still be made.
func remaining(policy string, quota int, left float64) string {
	return fmt.Sprintf(`"%s";r=%d;t=%d`, policy, int(left), int(math.Ceil((float64(quota)-left)*60/float64(quota))))
}

func (l *limiter) bucket(name string, quota int) *rate.Limiter {
	bucket, ok := l.buckets.Get(name)
	if !ok {
		bucket = rate.NewLimiter(rate.Limit(float64(quota)/60), quota)
		if known, there, _ := l.buckets.PeekOrAdd(name, bucket); there {
			bucket = known
		}
	}
	return bucket
}

// charge counts what c, who shows a key, asks in one request as n more, and returns what RateLimit says then, "" where nothing
// is counted; a *Problem of status 429 where these are too many.
func (s *Service) charge(ctx context.Context, c Caller, n int) (string, error) {
	if s.requests == nil || s.requests.limits.PerKey <= 0 || !c.Key || c.Admin {
		return "", nil
	}
	quota, now := s.requests.limits.PerKey, time.Now()
	bucket := s.requests.bucket(c.Name, quota)
	r := bucket.ReserveN(now, n)
	if !r.OK() {
		return "", newProblem(ctx, tooMany, fmt.Sprintf("more at once than the %d requests that a key has in a minute (rate_per_key)", quota), "ask in several requests")
	}
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
		return "", tooOften(ctx, wait)
	}
	return remaining("key", quota, max(bucket.Tokens(), 0)), nil
}
