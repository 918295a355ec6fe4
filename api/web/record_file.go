package web

import (
	"errors"
	"net/http"
	"strings"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// A recordImport says what became of a file.
type recordImport struct {
	Counts string
	Failed string
	Rows   []string
}

// exportFile answers with the list as a file.
func (k recordKind) exportFile(w http.ResponseWriter, r *http.Request) {
	c, f := k.caller(r), corpus.Format(r.URL.Query().Get("format"))
	if c.Allowed(k.Name, "list") == market.None || f != corpus.CSV && f != corpus.XLSX {
		k.show(k.with(k.Name, "list", k.list))(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", map[corpus.Format]string{corpus.CSV: "text/csv; charset=utf-8", corpus.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}[f])
	h.Set("Content-Disposition", "attachment; filename="+k.Name+"-"+k.now().Format("2006-01-02")+"."+string(f))
	h.Set("Cache-Control", "no-store")
	err := k.svc.ExportRecords(r.Context(), c, w, k.table, api.RecordQuery{State: market.State(r.URL.Query().Get("state"))}, f)
	if err != nil {
		k.svc.Log.WarnContext(r.Context(), "an export broke off", "error", err)
		panic(http.ErrAbortHandler) // so that the part is not taken for the whole
	}
}

// importFile reads a table that was posted and shows the list with what became of its rows.
func (k recordKind) importFile(w http.ResponseWriter, r *http.Request) {
	if k.caller(r).Allowed(k.Name, "update") == market.None {
		k.show(k.with(k.Name, "list", k.list))(w, r)
		return
	}
	api.Allow(r, k.svc.Limits.Time(api.TimeUpload))
	r.Body = http.MaxBytesReader(w, r.Body, k.svc.Limits.Bytes(api.BodyTable)+maxBeside)
	file, _, err := r.FormFile("file")
	if err == nil {
		defer file.Close() // it was read to its end, or is not needed
	}
	k.show(k.with(k.Name, "update", func(rq request) (page, error) {
		result := &recordImport{}
		_, large := errors.AsType[*http.MaxBytesError](err)
		switch {
		case large:
			result.Failed = rq.t("records.large", k.most(api.BodyTable))
		case err != nil:
			result.Failed = rq.t("imports.wrong.file")
		default:
			sum := k.svc.ImportRecords(api.WithLang(rq.Context(), rq.lang), rq.caller, k.table, file)
			result.Counts = rq.t("records.imported", count(sum.Read), count(sum.Created), count(sum.Changed), count(sum.Unchanged), count(sum.Bad))
			if sum.Error != nil {
				result.Failed = rq.t("records.unread")
			}
			for _, row := range sum.Rows {
				result.Rows = append(result.Rows, rq.t("records.line", row.Line)+k.faultText(rq, row.Faults))
			}
			if sum.Unknown != nil {
				result.Rows = append(result.Rows, rq.t("records.unknown", strings.Join(sum.Unknown, rq.t("and"))))
			}
		}
		p, err := k.listPage(rq, result)
		if result.Failed != "" {
			p.Status = http.StatusUnprocessableEntity
		}
		return p, err
	}))(w, r)
}

// faultText says what is wrong with a row.
func (k recordKind) faultText(r request, faults []api.Fault) string {
	var said []string
	for _, f := range faults {
		text := f.Detail
		if f.Fix != "" {
			text += r.t("records.fix") + f.Fix
		}
		field := k.FieldOf(f.Field)
		switch {
		case r.lang == "zh" && !han(text):
			text = r.t("records.row")
		case field != nil:
			text = field.Words.In(r.lang) + r.t("colon") + text
		}
		said = append(said, text)
	}
	return strings.Join(said, " ")
}
