package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"duijie/corpus"
)

const batchStep = 200 // rows that are written in one transaction at most

func batchRoutes() []route {
	return []route{{method: "POST", path: "/v1/batch", id: "batch", tag: "files", summary: "Write many documents, each with an answer of its own", right: "documents update", class: batches, add: batchRoute}}
}

// A BatchRow is one line of a batch.
type BatchRow struct {
	Op        string          `json:"op,omitempty" enum:"put,create,patch,delete" default:"put" doc:"put creates or replaces, create fails where it is there already, patch takes a JSON merge patch"`
	Kind      corpus.Kind     `json:"kind" enum:"achievement,need,expert,project" doc:"of the document"`
	ID        string          `json:"id,omitempty" maxLength:"64" doc:"of the document; or its source and source_id"`
	Source    string          `json:"source,omitempty" maxLength:"64" doc:"where it comes from; default: import"`
	SourceID  string          `json:"source_id,omitempty" maxLength:"600" doc:"what the source calls it"`
	IfVersion uint64          `json:"if_version,omitempty" doc:"write only where this version is stored"`
	Document  json.RawMessage `json:"document,omitempty" doc:"of put and create a DocInput, of patch the members to change"`
}

// A BatchResult is one line of the answer.
type BatchResult struct {
	Row     int            `json:"row" doc:"line of the request, from 1"`
	Status  int            `json:"status" doc:"as a request of its own would have been answered: 201, 200, 204, 404, 409, 412, 422, ..." example:"201"`
	Kind    corpus.Kind    `json:"kind,omitempty" enum:"achievement,need,expert,project"`
	ID      string         `json:"id,omitempty" doc:"of the document"`
	Version uint64         `json:"version,omitempty" doc:"that is stored now"`
	Outcome corpus.Outcome `json:"outcome,omitempty" enum:"created,updated,unchanged"`
	Problem *Problem       `json:"problem,omitempty" doc:"why it was not written; the other rows are all the same"`
}

// batchRoute describes what huma can't see: the body is read and the answer written as streams.
func batchRoute(api huma.API, op huma.Operation, s *Service) {
	schemas := api.OpenAPI().Components.Schemas
	row := schemas.Schema(reflect.TypeFor[BatchRow](), true, "")
	schemas.Map()["BatchRow"].Properties["document"] = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true,
		Description: "of put and create a DocInput, of patch the members to change"}
	result := schemas.Schema(reflect.TypeFor[BatchResult](), true, "")
	op.Responses = eventLines(result, "a result a line, in the order of the rows; blank lines have none")
	handle((*Service).batch)(api, op, s)
	// Known before, it would make huma read the whole body as one value.
	api.OpenAPI().Paths[op.Path].Post.RequestBody = &huma.RequestBody{Required: true, Description: "a row a line, " + s.Limits.Text(BodyBatch) + " at most, a line " + s.Limits.Text(BodyJSON),
		Content: map[string]*huma.MediaType{"application/x-ndjson": {Schema: row,
			Example: json.RawMessage(`{"kind":"need","source":"crm","source_id":"4711","document":{"title":"玉米浸泡时间太长"}}`)}}}
}

func (s *Service) batch(ctx context.Context, _ *struct{}) (*streamOutput, error) {
	return &streamOutput{func(hc huma.Context) {
		g := humagin.Unwrap(hc)
		control := http.NewResponseController(g.Writer)
		if err := control.EnableFullDuplex(); err != nil && !errors.Is(err, http.ErrNotSupported) {
			s.Log.WarnContext(ctx, "a batch can't answer while it reads", "error", err)
		}
		b := &batching{s: s, ctx: ctx, caller: CallerOf(ctx), tell: teller[BatchResult](g)}
		err := b.run(bufio.NewReaderSize(s.patient(g, BodyBatch), 64<<10))
		s.settle(ctx)
		if err != nil {
			b.tell(b.failed(b.row+1, err))
		}
	}}, nil
}

// A batching is a batch at work. Puts wait for each other, batchStep at most, and are written together; where that fails
// each is written alone, so that one leaves the others as they are.
type batching struct {
	s      *Service
	ctx    context.Context
	caller Caller
	tell   func(BatchResult)
	row    int
	puts   []corpus.Put
	rows   []int // of puts
	taken  map[string]bool
}

func (b *batching) failed(row int, err error) BatchResult {
	p := problemOf(b.ctx, b.s.Log, b.s.cutShort(err, BodyBatch, "; what was read so far is written"))
	return BatchResult{Row: row, Status: p.Status, Problem: p}
}

// run reads and answers all rows. Its error ends the batch.
func (b *batching) run(r *bufio.Reader) error {
	for {
		line, long, err := readLine(r, int(b.s.Limits.Bytes(BodyJSON)))
		if err != nil && !errors.Is(err, io.EOF) {
			b.flush()
			return err
		}
		end := err != nil
		if end && len(line) == 0 && !long {
			b.flush()
			return b.ctx.Err()
		}
		b.row++
		switch {
		case long:
			b.flush()
			e := corpus.Errorf(corpus.TooLarge, "the line has more than %s, the most that %s may have here (%s)", b.s.Limits.Text(BodyJSON), BodyJSON.What, BodyJSON.Name)
			e.Fix = "shorten it"
			b.tell(b.failed(b.row, e))
		case len(bytes.TrimSpace(line)) > 0:
			if err := b.do(line); err != nil {
				b.flush()
				b.tell(b.failed(b.row, err))
			}
		}
		if len(b.puts) >= batchStep || r.Buffered() == 0 {
			b.flush()
		}
		if err := b.ctx.Err(); err != nil {
			return err
		}
	}
}

// readLine returns a line, or says that it has more bytes than most, which skips it.
func readLine(r *bufio.Reader, most int) (line []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if long = long || len(line)+len(part) > most; long {
			line = nil
		} else {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, long, err
		}
	}
}

// do takes one row: a put waits, others are done at once. Its error is the row's answer.
func (b *batching) do(line []byte) error {
	var row BatchRow
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&row); err != nil {
		return &corpus.Error{Code: corpus.Invalid, Message: "the line is no row of a batch: " + err.Error(), Fix: `write {"kind":"need","source_id":"1","document":{...}} on one line`}
	}
	kind, ok := corpus.ParseKind(string(row.Kind))
	if !ok {
		return faults{wrong("kind", string(row.Kind), "use achievement, need, expert or project")}
	}
	id := row.ID
	if id == "" && row.SourceID != "" {
		if row.Source == "" {
			row.Source = corpus.DefaultSource
		}
		id = corpus.MakeID(row.Source, row.SourceID)
	}
	switch row.Op {
	case "", "put", "create":
		var d DocInput
		dec := json.NewDecoder(bytes.NewReader(row.Document))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&d); err != nil {
			return &corpus.Error{Code: corpus.Invalid, Field: "document", Message: "it is no document: " + err.Error(), Fix: "/openapi.json says what a DocInput takes"}
		}
		return b.put(row, kind, id, d)
	case "patch", "delete":
		if id == "" {
			return &corpus.Error{Code: corpus.Invalid, Field: "id", Message: "nothing says which document is meant", Fix: "give id, or source and source_id"}
		}
		b.flush()
		if row.Op == "delete" {
			err := ifVersion(row.IfVersion, b.s.Delete(b.ctx, b.caller, kind, id, row.IfVersion))
			if err == nil {
				b.tell(BatchResult{Row: b.row, Status: http.StatusNoContent, Kind: kind, ID: id})
			}
			return err
		}
		r, err := b.s.Patch(b.ctx, b.caller, kind, id, row.Document, row.IfVersion)
		return b.done(row, r, err)
	}
	return faults{wrong("op", row.Op, "use put, create, patch or delete")}
}

func (b *batching) put(row BatchRow, kind corpus.Kind, id string, in DocInput) error {
	d, err := in.given(kind, row.ID)
	if err != nil {
		return err
	}
	if row.SourceID != "" {
		d.Source, d.SourceID = row.Source, row.SourceID
	}
	if row.ID != "" && row.Op != "create" { // an id says more than that it is free
		b.flush()
		r, err := b.s.Replace(b.ctx, b.caller, row.ID, d, row.IfVersion)
		return b.done(row, r, err)
	}
	if errs := d.Check(); len(errs) > 0 { // it fills in the id
		return faults(errs)
	}
	name := string(d.Kind) + "/" + d.ID
	if b.taken[name] {
		b.flush()
	}
	if b.taken == nil {
		b.taken = map[string]bool{}
	}
	b.taken[name] = true
	b.puts = append(b.puts, corpus.Put{Doc: d, IfVersion: row.IfVersion, IfAbsent: row.Op == "create"})
	b.rows = append(b.rows, b.row)
	return nil
}

// done answers a row that was written alone.
func (b *batching) done(row BatchRow, r corpus.Result, err error) error {
	if err = ifVersion(row.IfVersion, err); err == nil {
		b.tell(resultOf(b.row, r))
	}
	return err
}

func resultOf(row int, r corpus.Result) BatchResult {
	return BatchResult{Row: row, Status: statusOf(r.Outcome), Kind: r.Kind, ID: r.ID, Version: r.Version, Outcome: r.Outcome}
}

// ifVersion turns a conflict into the failure of the row's precondition, where it has one.
func ifVersion(version uint64, err error) error {
	if version == 0 {
		return err
	}
	return IfMatchParams{IfMatch: "set"}.failed(err)
}

// flush writes the puts that wait and answers their rows.
func (b *batching) flush() {
	puts, rows := b.puts, b.rows
	b.puts, b.rows, b.taken = nil, nil, nil
	if len(puts) == 0 {
		return
	}
	results, err := b.s.Store.Write(b.ctx, corpus.Batch{Actor: b.caller.Name, Action: fmt.Sprintf("batch of %d", len(puts)), Puts: puts})
	for i, p := range puts {
		if err != nil {
			one, err := b.s.Store.Write(b.ctx, corpus.Batch{Actor: b.caller.Name, Action: "batch of 1", Puts: []corpus.Put{p}})
			if err != nil {
				b.tell(b.failed(rows[i], ifVersion(p.IfVersion, err)))
				continue
			}
			b.tell(resultOf(rows[i], one[0]))
			continue
		}
		b.tell(resultOf(rows[i], results[i]))
	}
}
