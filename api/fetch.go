package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/netip"
	"runtime/debug"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/corpus/sheet"
)

const (
	fetchTime    = 10 * time.Minute // from the request to the last byte
	maxFetch     = 1 << 30          // bytes
	maxRedirects = 5
	dialTime     = 30 * time.Second
)

// errFetchPanic says that a feed was more than its reader could take.
var errFetchPanic = errors.New("panic")

// fetch reads a feed where it has changed, and imports it. What was read to its end only is taken for all that the source
// has. An id of an import may come with an error.
func (s *Service) fetch(ctx context.Context, actor string, f market.Feed) (got market.Fetch, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: %v\n%s", errFetchPanic, cause, debug.Stack())
		}
	}()
	down, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	client := s.feedClient()
	defer client.CloseIdleConnections()
	res, err := s.askFeed(down, client, f)
	if err != nil {
		return got, err
	}
	defer res.Body.Close()
	got = f.Last
	got.Outcome, got.Error, got.Failures = market.FeedUnchanged, "", 0
	if res.StatusCode == http.StatusNotModified {
		return got, nil
	}
	sum := sha256.New()
	file, remove, err := sheet.Spool(io.TeeReader(res.Body, sum), maxFetch, "请来源分成几个文件")
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return got, err
	}
	got.ETag, got.Modified, got.Hash = res.Header.Get("ETag"), res.Header.Get("Last-Modified"), hex.EncodeToString(sum.Sum(nil))
	if got.Hash == f.Last.Hash {
		return got, nil
	}
	o := corpus.ReadOptions{Kind: f.Kind, Source: f.Name, Split: s.split, Format: lineFormat(res)}
	if _, err := s.useMap(f.Map, &o); err != nil {
		return got, err
	}
	o.Source, got.Faults = "", nil
	id := corpus.NewImportID(s.now())
	counts, err := corpus.Import(ctx, s.Store, corpus.Adopt(corpus.Read(file, f.Name, o), f.Name), corpus.ImportOptions{
		Actor: actor, File: f.URL, Source: f.Name, Kind: f.Kind, ID: id, KeepStatus: true, Whole: endKnown(res), Withdraw: f.Withdraw, Report: got.Refused})
	s.settle(ctx)
	if err == nil && counts.Read > 0 && counts.Read == counts.Bad {
		err = &corpus.Error{Code: corpus.Invalid, Message: "没有一行可以读入", Fix: "看导入 " + id}
	}
	if counts.Created+counts.Updated+counts.Gone > 0 || err != nil {
		got.Import, got.Outcome = id, market.FeedChanged
	}
	return got, err
}

// askFeed asks for a feed, or whether it has changed; the answer has status 200 or 304.
func (s *Service) askFeed(ctx context.Context, client *http.Client, f market.Feed) (*http.Response, error) {
	if err := market.CheckFeedURL(f.URL); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "duijie/"+s.Version)
	for name, value := range map[string]string{"If-None-Match": f.Last.ETag, "If-Modified-Since": f.Last.Modified} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode == http.StatusOK || res.StatusCode == http.StatusNotModified && f.Last.Hash != "" {
		return res, nil
	}
	res.Body.Close()
	return nil, &corpus.Error{Code: corpus.Unavailable, Message: "来源答复 " + res.Status, Fix: "检查地址，或问来源"}
}

// lineFormat is JSONL where the answer says so: an empty one can't be told by its content.
func lineFormat(res *http.Response) corpus.Format {
	switch media, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); media {
	case mediaTypes[corpus.JSONL], "application/jsonl", "application/json-lines":
		return corpus.JSONL
	}
	return ""
}

// endKnown reports whether a body that was cut off would have been an error.
func endKnown(res *http.Response) bool {
	return res.ContentLength >= 0 || len(res.TransferEncoding) > 0 || res.Uncompressed || res.ProtoMajor > 1
}

// feedClient connects to public addresses only and to those that PrivateFeeds has. It uses no proxy, which would connect in
// its place.
func (s *Service) feedClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext: s.PrivateFeeds.dial(func(a netip.Addr) error {
				return &corpus.Error{Code: corpus.Forbidden, Message: "来源在内部地址 " + a.String(), Fix: "确要读取时，在设置 allow_private_feeds 中列出"}
			}),
			TLSHandshakeTimeout: dialTime, ResponseHeaderTimeout: 2 * time.Minute, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return &corpus.Error{Code: corpus.Invalid, Message: fmt.Sprintf("来源转向超过 %d 次", maxRedirects), Fix: "改用最后的地址"}
			}
			req.Header.Del("Referer") // the address may be nobody else's business
			return market.CheckFeedURL(req.URL.String())
		},
	}
}
