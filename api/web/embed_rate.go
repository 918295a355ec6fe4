package web

import (
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"duijie/corpus/market"
)

// What visitors may leave, beside the rate of the site key: leads a minute through one key, and from one address, which
// behind a portal's proxy is that of all its visitors.
const siteLeads, addressLeads = 20, 5

// embedRates bound what comes through site keys; they begin anew with the program.
type embedRates struct {
	sync.Mutex
	requests, leads map[string]*rate.Limiter // by site key
	addresses       map[string]*rate.Limiter
}

// request reports whether the key has a request left at this time.
func (e *embedRates) request(k market.SiteKey, now time.Time) bool {
	e.Lock()
	defer e.Unlock()
	return allowed(&e.requests, k.ID, k.PerMinute, now)
}

// lead reports whether a lead may be left at this time.
func (e *embedRates) lead(k market.SiteKey, r *http.Request, now time.Time) bool {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	e.Lock()
	defer e.Unlock()
	return allowed(&e.addresses, address, addressLeads, now) && allowed(&e.leads, k.ID, siteLeads, now)
}

func allowed(all *map[string]*rate.Limiter, name string, perMinute int, now time.Time) bool {
	if *all == nil || len(*all) >= maxAddresses {
		*all = map[string]*rate.Limiter{}
	}
	l := (*all)[name]
	if l == nil || l.Burst() != perMinute {
		l = rate.NewLimiter(rate.Limit(perMinute)/60, perMinute)
		(*all)[name] = l
	}
	return l.AllowN(now, 1)
}
