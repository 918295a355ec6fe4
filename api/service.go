// Package api answers: how does the world ask? JSON over HTTP, described by an OpenAPI document made from the code. Pages
// (package web) and the command line stand on the same Service.
package api

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
)

// A Service is what routes, pages and the command line call. Its methods may be called concurrently. Without a Generation
// it only writes.
type Service struct {
	Store   *corpus.Store
	Log     *slog.Logger
	Now     func() time.Time // nil: time.Now
	Version string           // of the program
	Rules   market.Rules     // how often holders are asked
	BaseURL string           // under which others reach the pages, https://HOST/PATH; "" is not known
	Uploads string           // folder of files that are given to the pages; "": they take none
	// Attachments is the folder of files beside remarks; "": none are taken.
	Attachments string
	// Templates is the folder of the operator's templates, such as report.docx; what is not there is built in, and "" has none.
	Templates string
	// PrivateFeeds are those beside the public internet that feeds may be fetched from.
	PrivateFeeds PrivateHosts
	// PrivateWebhooks are those that alerts may be posted to.
	PrivateWebhooks PrivateHosts
	OIDC            *OIDC           // nil: people sign in with login and password, or a key
	Mail            *MailServer     // nil: no mail goes out
	Channels        Outlets         // by which people are told beside mail
	Texts           *Texts          // of events; nil: those built in
	Lang            string          // of mail: zh or en; "" is zh
	RetryWaits      []time.Duration // between the tries of a delivery; nil: market.RetryWaits
	Proxies         Proxies         // that tell who asks

	Reward *market.RewardRule // of brokers and agencies; nil: no reward is computed
	// ReviewLevels is how many people pass a submission, one after another, before it is published, 1 to market.MaxReviewLevels;
	// 0 is 1.
	ReviewLevels int

	Limits  Limits   // on requests over TCP
	Metrics *Metrics // nil: nothing is counted

	requests  *limiter // of Handler; nil where there is none
	serving   atomic.Pointer[Generation]
	swapping  sync.RWMutex // held by Swap while it brings the next generation level
	twins     twins
	uploads   uploads
	exports   atomic.Int32 // at work for callers without a key
	pastes    atomic.Int32 // at work
	life      lives
	fetching  sync.Mutex // held while a feed is fetched
	origins   preflights
	uses      uses
	limits    limits     // of site keys
	tries     limits     // to sign in
	cameIn    limits     // tries of a login from an address from which it came in before
	people    sync.Mutex // held while a login is taken
	atWork    atWork
	waits     waits
	feedQueue feedQueue
	webhooks  webhooks
	mailing   mailing

	completions completions
}

// A Caller is who asks.
type Caller struct {
	Name    string      // for the audit and as author: "key:ID", "account:ID", "site:ID", "socket", "anyone"
	Role    market.Role // "": nobody
	Admin   bool        // has the role admin
	Key     bool        // has a valid key, or signed in
	Account string      // id of the account; "" for keys and the socket
	Session string      // id of the session that asks; "" for others
	// Organisation is the id of the verified organisation that the account or key belongs to, whose records it shares; "": none.
	Organisation string
	Lead         bool            // leads it
	Member       string          // id of the organisation that it belongs to, verified or not
	Territory    []string        // codes of GB/T 2260 that a county sees
	Site         *market.SiteKey // of a widget that asks, which has no role beside it; nil otherwise

	promised bool // reads what takes a promise: set for one posting, by Reading
}

// Level returns the highest disclosure level that c may read.
func (c Caller) Level() corpus.Level {
	switch {
	case c.Admin:
		return corpus.Confidential
	case c.promised:
		return corpus.Promised
	case c.role() != market.Nobody && c.Site == nil:
		return corpus.SignedIn
	}
	return corpus.Public
}

// A SearchAnswer is one page of search results.
type SearchAnswer struct {
	Results []SearchResult  `json:"results"`
	Total   int             `json:"total" doc:"exact"`
	Next    string          `json:"next,omitempty" doc:"cursor of the next page"`
	Facets  []indexer.Facet `json:"facets,omitempty" doc:"each counted as if it were not filtered itself"`
}

// A SearchResult is one row: enough to show it, with what matched.
type SearchResult struct {
	Kind      corpus.Kind    `json:"kind" enum:"achievement,need,expert,project"`
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	TitleHits []indexer.Span `json:"title_hits,omitempty" doc:"where the query's words stand in title, in bytes"`
	Snippet   string         `json:"snippet" doc:"the densest part of the text"`
	Hits      []indexer.Span `json:"hits,omitempty" doc:"where the query's words stand in snippet, in bytes"`
	Score     float64        `json:"score"`
	corpus.Brief
	Life  *market.Life `json:"life,omitempty" doc:"of achievements and needs"`
	Codes *NamedCodes  `json:"codes,omitempty" doc:"its codes with their names"`
}
