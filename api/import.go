package api

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"duijie/corpus"
)

// An ImportEvent is one line of an import's answer. The last line has a summary, and an error where the import ended
// early; each other line has one of the other members.
type ImportEvent struct {
	Table     *ImportTable    `json:"table,omitempty" doc:"the columns of a table, before its rows"`
	Committed *int            `json:"committed,omitempty" doc:"rows that are safe on disk so far"`
	Problem   *ImportRow      `json:"problem,omitempty" doc:"a row that was not taken"`
	Warning   *ImportRow      `json:"warning,omitempty" doc:"a row that was taken, though something in it was not understood"`
	Summary   *corpus.Summary `json:"summary,omitempty"`
	Error     *Problem        `json:"error,omitempty" doc:"why the import ended early"`
}

// An ImportTable says what the columns of a table are taken for.
type ImportTable struct {
	File    string           `json:"file"`
	Import  string           `json:"import,omitempty" doc:"id of the import, by which it can be looked at and undone"`
	Map     string           `json:"map,omitempty" doc:"name of the saved map that is used"`
	Columns []corpus.Mapping `json:"columns"`
}

// An ImportRow is a row that something is to be said about.
type ImportRow struct {
	File   string   `json:"file" doc:"of an archive: the file in it"`
	Sheet  string   `json:"sheet,omitempty" doc:"of a workbook"`
	Line   int      `json:"line" doc:"line of a text file, row of a sheet, from 1; of a document, paragraphs and rows of tables count; 0: the whole file"`
	Faults []Fault  `json:"faults"`
	Header []string `json:"header,omitempty" doc:"of a row that was not taken: the columns as they stood in the file"`
	Cells  []string `json:"cells,omitempty"`
}

type importInput struct {
	Name     string   `query:"name" maxLength:"255" default:"upload" doc:"of the file, for messages"`
	Kind     string   `query:"kind" doc:"of rows that name none: achievement, need, expert, project"`
	Source   string   `query:"source" maxLength:"64" doc:"of rows that name none; with a row's id its identity. Default: import"`
	Format   string   `query:"format" enum:"csv,xlsx,jsonl,xls,html,xml2003,docx,zip,pdf" doc:"by content, except that csv and jsonl are taken at their word"`
	Encoding string   `query:"encoding" enum:"utf-8,gb18030" doc:"default: by content"`
	Map      []string `query:"map,explode" doc:"HEADER=FIELD: reads a column into a field; HEADER= leaves it out, HEADER=+ keeps it beside the fields" example:"[\"成果名称=title\"]"`
	UseMap   string   `query:"use_map" maxLength:"64" doc:"name of a saved map, whose columns need not all be there. Default: the one with the name of source, where there is one"`
	SaveMap  string   `query:"save_map" maxLength:"64" doc:"saves map, and what use_map says beside it, under this name once the file is read"`
	DryRun   bool     `query:"dry_run" doc:"check and count, write nothing"`
	Prefer   string   `header:"Prefer" doc:"respond-async: keep the file, 256 MiB at most where nothing else is set, answer 202 at once and import it in the background" example:"respond-async"`
}

func (in *importInput) options() (o corpus.ReadOptions, err error) {
	o = corpus.ReadOptions{Source: in.Source, Encoding: in.Encoding, Format: corpus.Format(in.Format), Map: map[string]string{}}
	if in.Kind != "" {
		kinds, err := ParseKinds([]string{in.Kind})
		if err != nil {
			return o, err
		}
		o.Kind = kinds[0]
	}
	for _, m := range in.Map {
		i := strings.LastIndex(m, "=") // field names have no "="
		if i < 0 {
			return o, faults{wrong("map", m, "write HEADER=FIELD")}
		}
		o.Map[m[:i]] = m[i+1:]
	}
	return o, nil
}

type streamOutput struct {
	Body func(huma.Context)
}

// importRoute describes what huma can't see: the body is read and the answer written as streams.
func importRoute(api huma.API, op huma.Operation, s *Service) {
	file := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{},
		Description: "a file, gzipped or not, " + s.Limits.Text(BodyImport) + " at most; its format is told by its content. Workbooks (.xlsx; .xls of Excel 5 to 2003, " +
			"or HTML, CSV or XML under that name), CSV, lines of JSON, forms and lists in .docx, PDF with text, and .zip of all these"}
	for _, kind := range []string{"text/csv", "text/html", "application/x-ndjson", "application/zip", "application/pdf", "application/vnd.ms-excel",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"} {
		op.RequestBody.Content[kind] = file
	}
	event := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[ImportEvent](), true, "")
	op.Responses = eventLines(event, "lines of JSON, one event each, while the file is read")
	status := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[ImportStatus](), true, "")
	op.Responses["202"] = &huma.Response{Description: "the file is kept and waits for its turn; Location shows how far it is, and /events behind that as it goes",
		Headers: map[string]*huma.Param{"Location": textHeader("of the import", "/v1/imports/20261128-101500-ab12cd"), "Preference-Applied": textHeader("respond-async", "respond-async")},
		Content: map[string]*huma.MediaType{"application/json": {Schema: status}}}
	handle((*Service).importFile)(api, op, s)
}

// eventLines describes an answer that a teller writes.
func eventLines(event *huma.Schema, what string) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: what, Content: map[string]*huma.MediaType{"application/x-ndjson": {Schema: event}}}}
}

func (s *Service) importFile(ctx context.Context, in *importInput) (*streamOutput, error) {
	options, err := in.options()
	if err != nil {
		return nil, err
	}
	options.Split = s.split
	used, err := s.useMap(in.UseMap, &options)
	if err != nil {
		return nil, err
	}
	if later(in.Prefer) && s.Uploads != "" {
		return s.importLater(ctx, in, options)
	}
	save, err := s.mapToSave(CallerOf(ctx), in.SaveMap, options)
	if err != nil {
		return nil, err
	}
	id := ""
	if !in.DryRun {
		id = corpus.NewImportID(s.now())
	}
	return &streamOutput{func(hc huma.Context) {
		g := humagin.Unwrap(hc)
		control := http.NewResponseController(g.Writer)
		// Without full duplex net/http reads no more of the body once the first event is written; writers that can't tell
		// need none.
		if err := control.EnableFullDuplex(); err != nil && !errors.Is(err, http.ErrNotSupported) {
			s.Log.WarnContext(ctx, "an import can't answer while it reads", "error", err)
		}
		body := s.patient(g, BodyImport)
		tell := teller[ImportEvent](g)
		options.Mapped = func(file string, columns []corpus.Mapping) {
			tell(ImportEvent{Table: &ImportTable{File: file, Import: id, Map: used, Columns: columns}})
		}
		last := s.load(ctx, CallerOf(ctx), corpus.Read(body, in.Name, options), corpus.ImportOptions{
			ID: id, File: in.Name, Source: options.Source, Kind: options.Kind, DryRun: in.DryRun,
			Report: func(r corpus.Row) { tell(eventOf(r, langOf(ctx))) },
			Committed: func(sum corpus.Summary) {
				if n := sum.Read - sum.Bad; !in.DryRun {
					tell(ImportEvent{Committed: &n})
				}
			},
		})
		if save != nil && last.Error == nil && !in.DryRun {
			if err := s.SaveMap(ctx, CallerOf(ctx), *save); err != nil {
				last.Error = problemOf(ctx, s.Log, err)
			}
		}
		tell(last)
	}}, nil
}

// teller writes an answer in lines of JSON, each of which goes out at once.
func teller[E any](g *gin.Context) func(E) {
	g.Header("Content-Type", "application/x-ndjson")
	lines := json.NewEncoder(g.Writer)
	lines.SetEscapeHTML(false)
	return func(e E) {
		if lines.Encode(e) == nil { // an error means that the caller has gone, which ends ctx
			g.Writer.Flush()
		}
	}
}

// load imports rows in c's name and returns the event that ends the answer.
func (s *Service) load(ctx context.Context, c Caller, rows iter.Seq2[corpus.Row, error], o corpus.ImportOptions) ImportEvent {
	o.Actor = c.Name
	sum, err := corpus.Import(ctx, s.Store, rows, o)
	s.settle(ctx)
	e := ImportEvent{Summary: &sum}
	if err != nil {
		e.Error = problemOf(ctx, s.Log, s.cutShort(err, BodyImport, "; what was read so far is kept"))
	}
	return e
}

func eventOf(r corpus.Row, lang string) ImportEvent {
	row := &ImportRow{File: r.File, Sheet: r.Sheet, Line: r.Line}
	row.Faults = faultsOf(&r, lang)
	if !r.Bad() {
		return ImportEvent{Warning: row}
	}
	row.Header, row.Cells = r.Header, r.Cells
	return ImportEvent{Problem: row}
}
