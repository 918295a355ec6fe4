package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"duijie/corpus"
)

type outgoingInput struct {
	All             bool   `query:"all" doc:"with what came from feeds itself; two servers that both fetch so from each other go round in circles"`
	IfNoneMatch     string `header:"If-None-Match"`
	IfModifiedSince string `header:"If-Modified-Since"`
}

// outgoingOf is the route of one kind for other servers.
func outgoingOf(k corpus.Kind) adder {
	return func(api huma.API, op huma.Operation, s *Service) {
		op.Responses = map[string]*huma.Response{
			"200": {Description: "a document a line, as the public may read it; source_id is its id here", Content: map[string]*huma.MediaType{
				mediaTypes[corpus.JSONL]: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}},
			"304": {Description: "nothing was written since"},
		}
		handle(func(s *Service, ctx context.Context, in *outgoingInput) (*streamOutput, error) {
			return s.outgoing(ctx, k, in)
		})(api, op, s)
	}
}

func (s *Service) outgoing(ctx context.Context, k corpus.Kind, in *outgoingInput) (*streamOutput, error) {
	last, at, err := s.Store.LastDocument() // before any document is read: what is written meanwhile changes the tag
	if err != nil {
		return nil, err
	}
	feeds, err := s.allFeeds()
	if err != nil {
		return nil, err
	}
	fetched := map[string]bool{}
	about := sha256.New()
	fmt.Fprintln(about, s.Version, in.All, last.Seq, last.Nonce)
	for _, f := range feeds {
		fetched[f.Name] = !in.All
		fmt.Fprintln(about, f.Name)
	}
	tag := `"` + hex.EncodeToString(about.Sum(nil)[:16]) + `"`
	return &streamOutput{func(hc huma.Context) {
		g := humagin.Unwrap(hc)
		g.Header("ETag", tag)
		if !at.IsZero() {
			g.Header("Last-Modified", at.UTC().Format(http.TimeFormat))
		}
		if in.unchanged(tag, at) {
			g.Writer.WriteHeader(http.StatusNotModified)
			g.Writer.WriteHeaderNow()
			return
		}
		g.Header("Content-Type", mediaTypes[corpus.JSONL])
		s.stream(ctx, g, func() error {
			_, err := corpus.Export(g.Writer, s.given(ctx, k, fetched), corpus.ExportOptions{Format: corpus.JSONL})
			return err
		})
	}}, nil
}

// unchanged reports whether the caller has what there is; a tag goes before a time.
func (in *outgoingInput) unchanged(tag string, at time.Time) bool {
	if in.IfNoneMatch != "" {
		return strings.Contains(in.IfNoneMatch, tag)
	}
	since, err := http.ParseTime(in.IfModifiedSince)
	return err == nil && !at.After(since)
}

// given yields the published documents of a kind as the public may read them, each with its id here for its source id,
// and without those whose source is in fetched.
func (s *Service) given(ctx context.Context, k corpus.Kind, fetched map[string]bool) iter.Seq2[corpus.Doc, error] {
	return func(yield func(corpus.Doc, error) bool) {
		for d, err := range s.Store.Each(k, 0) {
			if err == nil {
				err = ctx.Err()
			}
			ok := !fetched[d.Source]
			if err == nil && ok {
				d, ok, err = s.visible(Caller{}, d)
			}
			if err != nil {
				yield(corpus.Doc{}, err)
				return
			}
			d.Source, d.SourceID = "", d.ID
			if ok && !yield(d, nil) {
				return
			}
		}
	}
}
