package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"duijie/corpus"
)

// later reports whether a caller asks for an answer before the work is done (RFC 7240).
func later(prefer string) bool {
	for p := range strings.SplitSeq(prefer, ",") {
		if strings.EqualFold(strings.TrimSpace(p), "respond-async") {
			return true
		}
	}
	return false
}

// importLater keeps the file, answers 202 with the address of the import, and imports it when its turn comes.
func (s *Service) importLater(ctx context.Context, in *importInput, o corpus.ReadOptions) (*streamOutput, error) {
	var errs faults
	for name, given := range map[string]bool{"format": in.Format != "", "encoding": in.Encoding != "", "save_map": in.SaveMap != "", "dry_run": in.DryRun} {
		if given {
			errs = append(errs, &corpus.Error{Code: corpus.Invalid, Field: name, Message: "an import in the background takes no " + name, Fix: "leave it out, or send no Prefer: respond-async"})
		}
	}
	if len(errs) > 0 {
		return nil, errs
	}
	columns := map[string]string{}
	for _, m := range []map[string]string{o.Saved, o.Map} {
		for header, field := range m {
			if field == "" {
				field = "-"
			}
			columns[header] = field
		}
	}
	return &streamOutput{func(hc huma.Context) {
		g := humagin.Unwrap(hc)
		c := CallerOf(ctx)
		u, err := s.AddUpload(c, Upload{Name: in.Name, Kind: o.Kind, Source: o.Source}, s.patient(g, BodyUpload))
		if err == nil {
			_, err = s.ChangeUpload(c, u.ID, func(u *Upload) error { u.Columns = columns; return nil })
		}
		if err == nil {
			_, err = s.StartImport(c, u.ID)
		}
		var st ImportStatus
		if err == nil {
			st, err = s.ImportStatus(c, u.ID)
		}
		if err != nil {
			writeProblem(g.Writer, problemOf(ctx, s.Log, s.cutShort(err, BodyUpload, "")))
			return
		}
		g.Header("Location", "/v1/imports/"+u.ID)
		g.Header("Preference-Applied", "respond-async")
		g.JSON(http.StatusAccepted, st)
	}}, nil
}
