package api

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Export writes the documents of some kinds, none meaning all, as c may read them, and returns how many.
func (s *Service) Export(ctx context.Context, c Caller, w io.Writer, kinds []corpus.Kind, o corpus.ExportOptions) (int, error) {
	if len(kinds) == 0 {
		kinds = corpus.Kinds
	}
	return corpus.Export(w, s.each(ctx, c, kinds), o)
}

// each yields what c may read of all documents of the kinds.
func (s *Service) each(ctx context.Context, c Caller, kinds []corpus.Kind) iter.Seq2[corpus.Doc, error] {
	return func(yield func(corpus.Doc, error) bool) {
		for _, k := range kinds {
			for d, err := range s.Store.Each(k, 0) {
				if err == nil {
					err = ctx.Err()
				}
				ok := true
				if err == nil {
					d, ok, err = s.visible(c, d)
				}
				if err != nil {
					yield(corpus.Doc{}, err)
					return
				}
				if ok && !yield(d, nil) {
					return
				}
			}
		}
	}
}

// maxOpenExports is how many callers without a key may export at a time: each reads the whole store.
const maxOpenExports = 2

type exportInput struct {
	Kind     []string `query:"kind,explode" doc:"achievement, need, expert, project; default: all"`
	Format   string   `query:"format" enum:"csv,xlsx,jsonl" default:"csv"`
	Encoding string   `query:"encoding" enum:"utf-8,gb18030" default:"utf-8" doc:"of CSV"`
}

var mediaTypes = map[corpus.Format]string{
	corpus.CSV:   "text/csv",
	corpus.XLSX:  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	corpus.JSONL: "application/x-ndjson",
}

// exportRoute describes the files that huma can't see.
func exportRoute(api huma.API, op huma.Operation, s *Service) {
	content := map[string]*huma.MediaType{}
	for _, m := range mediaTypes {
		content[m] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	op.Responses = map[string]*huma.Response{"200": {Description: "a file that import takes back", Content: content}}
	handle((*Service).export)(api, op, s)
}

func (s *Service) export(ctx context.Context, in *exportInput) (*streamOutput, error) {
	kinds, err := ParseKinds(in.Kind)
	if err != nil {
		return nil, err
	}
	format, name := corpus.Format(in.Format), "documents"
	if len(kinds) == 1 {
		name = kinds[0].Plural()
	}
	return &streamOutput{func(hc huma.Context) {
		g := humagin.Unwrap(hc)
		media := mediaTypes[format]
		if format == corpus.CSV {
			media += "; charset=" + in.Encoding
		}
		g.Header("Content-Type", media)
		g.Header("Content-Disposition", fmt.Sprintf("attachment; filename=%s-%s.%s", name, s.now().Format(time.DateOnly), format))
		s.stream(ctx, g, func() error {
			_, err := s.Export(ctx, CallerOf(ctx), g.Writer, kinds, corpus.ExportOptions{Format: format, Encoding: in.Encoding})
			return err
		})
	}}, nil
}

// stream lets write answer with all of the store. Callers without a key take turns. What fails before its first byte is a
// problem, without the headers of a file.
func (s *Service) stream(ctx context.Context, g *gin.Context, write func() error) {
	err := func() error {
		if c := CallerOf(ctx); c.role() == market.Nobody {
			defer s.exports.Add(-1)
			if s.exports.Add(1) > maxOpenExports {
				g.Header("Retry-After", "10")
				e := corpus.Errorf(corpus.Unavailable, "others are exporting at this moment")
				e.Fix = "try again in a while, or use a key"
				return e
			}
		}
		return write()
	}()
	switch {
	case err == nil:
	case !g.Writer.Written():
		for _, name := range []string{"Content-Disposition", "ETag", "Last-Modified"} {
			g.Header(name, "") // removes it
		}
		writeProblem(g.Writer, problemOf(ctx, s.Log, err))
	default:
		s.Log.WarnContext(ctx, "an export broke off", "error", err)
		panic(http.ErrAbortHandler) // so that the part is not taken for the whole
	}
}
