package market

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"duijie/corpus"
)

// Feeds is the record table of feeds.
const Feeds = "feeds"

const (
	maxLicence   = 200 // characters
	leastBetween = 10  // minutes between two fetches
	mostBetween  = 366 * 24 * 60
	oneDay       = 24 * 60
)

// FeedSettings say where a source publishes and how that is read.
type FeedSettings struct {
	URL      string      `json:"url" doc:"http or https, without user and password" example:"https://www.example.gov.cn/v1/feed/needs.jsonl"`
	Kind     corpus.Kind `json:"kind,omitempty" enum:"achievement,need,expert,project" doc:"of rows that name none"`
	Map      string      `json:"map,omitempty" doc:"name of a saved map; default: the one with the name of the feed, where there is one"`
	Every    int         `json:"every_minutes,omitempty" minimum:"10" maximum:"527040" default:"1440" doc:"between two fetches"`
	Licence  string      `json:"licence,omitempty" doc:"under which the source publishes; pages of its documents show it"`
	Link     string      `json:"link,omitempty" doc:"address of the publisher, for people"`
	Paused   bool        `json:"paused,omitempty" doc:"fetched when asked for only"`
	Withdraw bool        `json:"withdraw,omitempty" doc:"what the source no longer has is taken down until it comes back; else it is marked with gone"`
}

// A FeedOutcome says how a fetch ended.
type FeedOutcome string

const (
	FeedChanged   FeedOutcome = "changed"
	FeedUnchanged FeedOutcome = "unchanged"
	FeedFailed    FeedOutcome = "failed"
)

// A Fetch tells of the last fetch of a feed. ETag, Modified and Hash are of the last one that was read to its end.
type Fetch struct {
	At       time.Time   `json:"at,omitzero"`
	Outcome  FeedOutcome `json:"outcome,omitempty" enum:"changed,unchanged,failed"`
	Import   string      `json:"import,omitempty" doc:"id of the import that the last changes came by; it has the counts"`
	Error    string      `json:"error,omitempty" doc:"why it failed"`
	Failures int         `json:"failures,omitempty" doc:"in a row"`
	ETag     string      `json:"etag,omitempty"`
	Modified string      `json:"last_modified,omitempty"`
	Hash     string      `json:"hash,omitempty" doc:"SHA-256 of what was read, hex"`
	Faults   []RowFault  `json:"faults,omitempty" doc:"the first 20 rows of the file that were not taken"`
}

// A RowFault says what is wrong with a row of a feed.
type RowFault struct {
	Row   int    `json:"row" doc:"place in the file, from 1"`
	Fault string `json:"fault"`
}

// faultsKept bounds the rows that a feed remembers, and faultLength what it says of each, in characters.
const faultsKept, faultLength = 20, 200

// Refused notes a row that was not taken; others are none of its business.
func (l *Fetch) Refused(r corpus.Row) {
	if !r.Bad() || len(l.Faults) == faultsKept {
		return
	}
	var said []string
	for _, e := range r.Problems {
		said = append(said, strings.TrimPrefix(e.Field+"："+e.Message, "："))
	}
	text := []rune(strings.Join(said, "；"))
	l.Faults = append(l.Faults, RowFault{r.Line, string(text[:min(len(text), faultLength)])})
}

// A Feed is a source that is fetched from its address again and again. Its name is the source of its rows.
type Feed struct {
	Name string `json:"name"`
	FeedSettings
	Last Fetch     `json:"last"`
	Next time.Time `json:"next" doc:"when it is fetched next"`
	// Removed ones are remembered: what came from them is not given out as the server's own.
	Removed bool `json:"removed,omitempty"`
}

// Set returns the feed with other settings, to be read in full at once. An error has code Invalid and names the field.
// Sources that documents of one's own have can't be feeds.
func (f Feed) Set(name string, s FeedSettings, now time.Time) (Feed, error) {
	if n := utf8.RuneCountInString(name); n == 0 || n > maxMapName || name != strings.TrimSpace(name) || name == corpus.DefaultSource || name == "paste" ||
		strings.ContainsFunc(name, func(r rune) bool { return r == '/' || unicode.IsControl(r) }) {
		return f, invalid("name", "use 1 to 64 characters without a slash; import and paste are taken", "%q is no name of a feed", name)
	}
	if err := CheckFeedURL(s.URL); err != nil {
		return f, err
	}
	if u, err := url.Parse(s.Link); s.Link != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(s.Link) > corpus.MaxName) {
		return f, invalid("link", "write http://HOST or https://HOST", "%q is no address of a page", s.Link)
	}
	if s.Kind != "" && !slices.Contains(corpus.Kinds, s.Kind) {
		return f, invalid("kind", "use achievement, need, expert or project", "unknown kind %q", s.Kind)
	}
	if s.Every == 0 {
		s.Every = oneDay
	}
	if s.Every < leastBetween || s.Every > mostBetween {
		return f, invalid("every_minutes", "use 10 minutes to 366 days", "%d minutes lie between two fetches", s.Every)
	}
	if n := utf8.RuneCountInString(s.Licence); n > maxLicence {
		return f, invalid("licence", "use 200 characters at most", "the licence has %d characters", n)
	}
	f.Name, f.FeedSettings, f.Removed, f.Next = name, s, false, now.UTC().Truncate(time.Second)
	f.Last.ETag, f.Last.Modified, f.Last.Hash, f.Last.Failures = "", "", "", 0
	return f, nil
}

// CheckFeedURL says what is wrong with the address of a feed, which a redirect may have given.
func CheckFeedURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || len(address) > corpus.MaxName:
		return invalid("url", "write http://HOST/PATH or https://HOST/PATH", "this is no address of a feed")
	case u.User != nil:
		return invalid("url", "leave user and password out", "the address holds a secret")
	}
	return nil
}

// Due reports whether the feed is to be fetched by itself.
func (f Feed) Due(now time.Time) bool { return !f.Paused && !f.Removed && !now.Before(f.Next) }

// Fetched returns the feed after a fetch that ended now, with an error in words where it failed. The next one comes after
// Every, after a failure in 10 minutes, after each further one in twice the time up to a day; jitter, in [0, 1), adds up to
// a tenth, so that those who began at once don't go on so.
func (f Feed) Fetched(l Fetch, failure string, now time.Time, jitter float64) Feed {
	wait := time.Duration(f.Every) * time.Minute
	if failure != "" {
		imported, faults := l.Import, l.Faults
		l = f.Last
		l.Outcome, l.Error = FeedFailed, failure
		l.Failures++
		if imported != "" {
			l.Import, l.Faults = imported, faults
		}
		wait = min(leastBetween*time.Minute<<min(l.Failures-1, 8), oneDay*time.Minute)
	}
	l.At = now.UTC().Truncate(time.Second)
	f.Last, f.Next = l, l.At.Add(wait+time.Duration(jitter*float64(wait)/10))
	return f
}
