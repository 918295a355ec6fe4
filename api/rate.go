package api

import (
	"fmt"
	"math"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"duijie/corpus"
)

// Limits say how many requests a minute are answered. Admins and the socket are not limited, nor programs on this machine.
type Limits struct {
	PerAddress int            // without a key; an IPv6 network of 64 bits is one address; 0: any number
	PerKey     int            // of one key; 0: any number
	Proxies    []netip.Prefix // whose X-Forwarded-For is believed, beside those on this machine
}

// ParseNetworks reads networks (10.1.0.0/16) and addresses with commas or blanks between them.
func ParseNetworks(list string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if a, err := netip.ParseAddr(name); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(name)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// remembered is how many addresses and keys are counted at a time; the ones seen least recently are forgotten.
const remembered = 1 << 16

// A limiter counts requests by address and key.
type limiter struct {
	limits  Limits
	buckets *lru.Cache[string, *rate.Limiter]
}

func newLimiter(l Limits) *limiter {
	buckets, _ := lru.New[string, *rate.Limiter](remembered) // fails for sizes below 1 only
	return &limiter{l, buckets}
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
		a := l.address(r)
		if !a.IsValid() || a.IsLoopback() {
			return nil
		}
		if a.Is6() {
			a = netip.PrefixFrom(a, 64).Masked().Addr()
		}
		name = a.String()
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

// address is where a request comes from: the last address in X-Forwarded-For that is no proxy's of ours, if a proxy of
// ours sent it.
func (l *limiter) address(r *http.Request) netip.Addr {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		a = a.Unmap()
		if !a.IsLoopback() && !slices.ContainsFunc(l.limits.Proxies, func(p netip.Prefix) bool { return p.Contains(a) }) {
			break
		}
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		a = next
	}
	return a.Unmap().WithZone("")
}
