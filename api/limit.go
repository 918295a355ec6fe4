package api

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// maxLimits bounds what is remembered of rates; who was seen least recently is forgotten first.
const maxLimits = 20_000

// limits are how much of what they may each one has done, by name. The zero value is ready.
type limits struct {
	sync.Mutex
	by *lru.Cache[string, *rate.Limiter]
}

// take takes n of what name may do: burst at once, and after that as many a minute as perMinute says. Where that is too much
// nothing is taken, and wait, 0 otherwise, says when it will do. giveBack returns what was taken at the same moment.
func (l *limits) take(name string, perMinute float64, burst, n int, now time.Time) (wait time.Duration, giveBack func()) {
	l.Lock()
	if l.by == nil {
		l.by, _ = lru.New[string, *rate.Limiter](maxLimits) // fails for sizes below 1 only
	}
	lim, ok := l.by.Get(name)
	if !ok || lim.Burst() != burst {
		lim = rate.NewLimiter(rate.Limit(perMinute/60), burst)
		l.by.Add(name, lim)
	}
	l.Unlock()
	r := lim.ReserveN(now, n)
	if !r.OK() {
		return time.Minute, func() {}
	}
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
	}
	return wait, func() { r.CancelAt(now) }
}

// knows reports whether something was taken of name, 0 included, that is still remembered.
func (l *limits) knows(name string) bool {
	l.Lock()
	defer l.Unlock()
	return l.by != nil && l.by.Contains(name)
}
