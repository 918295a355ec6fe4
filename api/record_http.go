package api

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"duijie/corpus"
	"duijie/corpus/market"
)

// recordRoutes are the routes of all sorts of market records.
func recordRoutes() (table []route) {
	for _, t := range market.Tables {
		table = append(table, (recordAPI{t, t.About()}).routes()...)
	}
	return table
}

// A recordAPI is how the world asks for one sort of record.
type recordAPI struct {
	table market.Table
	*market.Declared
}

func (t recordAPI) routes() []route {
	one, many, all := t.One[1], t.Name, "/v1/"+t.Name
	id := all + "/{id}"
	once, anew := "", ""
	if t.Secret {
		once, anew = "; its secret is shown this once", "; a new secret is shown this once"
	}
	list := []route{
		{method: "GET", path: all, id: "list-" + many, right: "list", summary: t.Many[1] + " that the caller may see, newest first", add: t.list},
		{method: "POST", path: all, id: "create-" + one, right: "create", summary: "Create a " + one + once, secret: t.Secret, status: http.StatusCreated, problems: []corpus.Code{corpus.NotFound, corpus.Conflict}, add: t.create},
		{method: "GET", path: id, id: "get-" + one, right: "read", summary: "One " + one, add: t.get},
		{method: "PATCH", path: id, id: "change-" + one, right: "update", summary: "Change members of a " + one + ", or move it to another state" + anew, secret: t.Secret, problems: []corpus.Code{corpus.Conflict, stalePrecond}, add: t.change},
		{method: "GET", path: id + "/history", id: "list-" + one + "-history", right: "read", summary: "What was done with a " + one + ", newest first", add: t.history},
		{method: "GET", path: all + "/export", id: "export-" + many, right: "list", summary: t.Many[1] + " that the caller may see, as CSV, XLSX or JSONL", class: streams, add: t.export},
		{method: "POST", path: all + "/import", id: "import-" + many, right: "update", summary: "Create and change " + many + " by the rows of a file", class: tables, add: t.importFile},
	}
	if market.Allowed(market.Admin, t.Name, "delete") != market.None {
		list = append(list, route{method: "DELETE", path: id, id: "delete-" + one, right: "delete", summary: "Delete a " + one, problems: []corpus.Code{corpus.Conflict, stalePrecond}, add: t.remove})
	}
	for _, a := range t.Acts {
		list = append(list, route{method: "POST", path: id + "/" + a.Value, id: a.Value + "-" + one, right: a.Value, summary: a.Words[1] + " of a " + one + once, secret: t.Secret, problems: []corpus.Code{corpus.Conflict, stalePrecond}, add: t.act(a.Value)})
	}
	for i := range list {
		list[i].tag, list[i].right = many, many+" "+list[i].right
	}
	return list
}

// whole describes the record as it is answered.
func (t recordAPI) whole(api huma.API) (ref, full *huma.Schema) {
	reg := api.OpenAPI().Components.Schemas
	example := t.table.ExampleRow()
	ref = reg.Schema(reflect.TypeOf(example.Whole()), true, "")
	full = reg.SchemaFromRef(ref.Ref)
	shown, _ := example.Shown(market.All)
	full.Examples = []any{shown}
	return ref, full
}

// input describes a body with some of the fields; a changed one may be null.
func (t recordAPI) input(api huma.API, fields []market.Field, changed bool) *huma.Schema {
	_, full := t.whole(api)
	in := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{}}
	sample := map[string]any{}
	for _, f := range fields {
		p := *full.Properties[f.Name]
		if limit := f.Length(); p.Enum == nil {
			p.MaxLength, p.Nullable = &limit, changed && !f.Required
		}
		if changed {
			p.Default = nil
		}
		in.Properties[f.Name] = &p
		if f.Required && !changed {
			in.Required = append(in.Required, f.Name)
		}
		if text := t.table.ExampleRow().Text(f.Name); text != "" {
			sample[f.Name] = text
		}
	}
	if changed {
		state := *full.Properties["state"]
		state.Description = "moves it there"
		in.Properties["state"] = &state
		sample = map[string]any{"state": string(t.Moves[market.State(t.States[0].Value)][0])}
	}
	in.Examples = []any{sample}
	return in
}

func takes(op *huma.Operation, s *huma.Schema) {
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: s}}}
}

func answers(op *huma.Operation, status string, s *huma.Schema) {
	op.Responses = map[string]*huma.Response{status: {Content: map[string]*huma.MediaType{"application/json": {Schema: s}}}}
}

// A recordOutput is a record with its version. The schema of its body is that of the sort.
type recordOutput struct {
	ETag string `header:"ETag" doc:"the version, for If-Match" example:"\"3\""`
	Body any
}

type newRecordOutput struct {
	ETag     string `header:"ETag" doc:"the version, for If-Match" example:"\"1\""`
	Location string `header:"Location" doc:"of the new one"`
	Body     any
}

// output shows a record to c.
func (t recordAPI) output(ctx context.Context, r Record, err error) (*recordOutput, error) {
	if err != nil {
		return nil, err
	}
	shown, _ := r.Shown(CallerOf(ctx).Allowed(t.Name, "read"))
	return &recordOutput{ETag: tagOf(r.Version), Body: shown}, nil
}

// RecordsParams are what lists of records take.
type RecordsParams struct {
	State string `query:"state" maxLength:"32" doc:"only those in this state"`
	By    string `query:"by" maxLength:"100" doc:"only those that this key or account made, as key:ID or account:ID"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	After string `query:"after" maxLength:"64" doc:"next of the page before"`
}

type dueRecordsInput struct {
	RecordsParams
	Overdue bool `query:"overdue" doc:"only those that are new and should have been answered by now"`
}

type anyOutput struct{ Body any }

func (t recordAPI) list(api huma.API, op huma.Operation, s *Service) {
	ref, _ := t.whole(api)
	answers(&op, "200", &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Required: []string{t.Name}, Properties: map[string]*huma.Schema{
		t.Name: {Type: huma.TypeArray, Items: ref}, "next": {Type: huma.TypeString, Description: "cursor of the next page"}}})
	list := func(s *Service, ctx context.Context, in RecordsParams, overdue bool) (*anyOutput, error) {
		if in.State != "" && !slices.ContainsFunc(t.States, func(n market.Named) bool { return n.Value == in.State }) {
			return nil, faults{wrong("state", in.State, "use a state of a "+t.One[1])}
		}
		c := CallerOf(ctx)
		p, err := s.Records(ctx, c, t.table, RecordQuery{State: market.State(in.State), By: in.By, Limit: in.Limit, After: in.After, Overdue: overdue})
		rows := make([]any, len(p.Records))
		for i, r := range p.Records {
			rows[i], _ = r.Shown(c.Allowed(t.Name, "read"))
		}
		body := map[string]any{t.Name: rows}
		if p.Next != "" {
			body["next"] = p.Next
		}
		return &anyOutput{body}, err
	}
	if t.Due != "" {
		handle(func(s *Service, ctx context.Context, in *dueRecordsInput) (*anyOutput, error) {
			return list(s, ctx, in.RecordsParams, in.Overdue)
		})(api, op, s)
		return
	}
	handle(func(s *Service, ctx context.Context, in *RecordsParams) (*anyOutput, error) {
		return list(s, ctx, *in, false)
	})(api, op, s)
}

type createRecordInput struct{ Body map[string]string }

func (t recordAPI) create(api huma.API, op huma.Operation, s *Service) {
	ref, _ := t.whole(api)
	answers(&op, "201", ref)
	takes(&op, t.input(api, slices.DeleteFunc(slices.Clone(t.Fields), func(f market.Field) bool { return f.With != "" }), false))
	handle(func(s *Service, ctx context.Context, in *createRecordInput) (*newRecordOutput, error) {
		r, err := s.CreateRecord(ctx, CallerOf(ctx), t.table, in.Body)
		if err != nil {
			return nil, err
		}
		return &newRecordOutput{tagOf(r.Version), "/v1/" + t.Name + "/" + *r.Head().ID, r.Whole()}, nil
	})(api, op, s)
}

func (t recordAPI) get(api huma.API, op huma.Operation, s *Service) {
	ref, _ := t.whole(api)
	answers(&op, "200", ref)
	handle(func(s *Service, ctx context.Context, in *IDParam) (*recordOutput, error) {
		r, err := s.Record(ctx, CallerOf(ctx), t.table, in.ID)
		return t.output(ctx, r, err)
	})(api, op, s)
}

type changeRecordInput struct {
	IfMatchParams
	Body map[string]*string
}

func (t recordAPI) change(api huma.API, op huma.Operation, s *Service) {
	ref, _ := t.whole(api)
	answers(&op, "200", ref)
	takes(&op, t.input(api, slices.DeleteFunc(slices.Clone(t.Fields), func(f market.Field) bool { return f.Fixed }), true))
	handle(func(s *Service, ctx context.Context, in *changeRecordInput) (*recordOutput, error) {
		version, err := in.version(t.One[1])
		if err != nil {
			return nil, err
		}
		values := map[string]string{}
		for name, text := range in.Body {
			values[name] = ""
			if text != nil {
				values[name] = *text
			}
		}
		r, err := s.ChangeRecord(ctx, CallerOf(ctx), t.table, in.ID, values, version)
		out, err := t.output(ctx, r, err)
		if err == nil && r.Secret {
			out.Body = r.Whole()
		}
		return out, in.stale(err)
	})(api, op, s)
}

// stale turns the conflict of a version into the failure of the precondition where there was one.
func (in IfMatchParams) stale(err error) error {
	if e, ok := errors.AsType[*corpus.Error](err); ok && e.Field == versionField {
		return in.failed(err)
	}
	return err
}

func (t recordAPI) act(name string) adder {
	return func(api huma.API, op huma.Operation, s *Service) {
		ref, _ := t.whole(api)
		answers(&op, "200", ref)
		handle(func(s *Service, ctx context.Context, in *IfMatchParams) (*recordOutput, error) {
			version, err := in.version(t.One[1])
			if err != nil {
				return nil, err
			}
			r, err := s.ActOnRecord(ctx, CallerOf(ctx), t.table, in.ID, name, version)
			out, err := t.output(ctx, r, err)
			if err == nil {
				out.Body = r.Whole()
			}
			return out, in.stale(err)
		})(api, op, s)
	}
}

func (t recordAPI) remove(api huma.API, op huma.Operation, s *Service) {
	handle(func(s *Service, ctx context.Context, in *IfMatchParams) (*struct{}, error) {
		version, err := in.version(t.One[1])
		if err != nil {
			return nil, err
		}
		return nil, in.stale(s.DeleteRecord(ctx, CallerOf(ctx), t.table, in.ID, version))
	})(api, op, s)
}

type historyOutput struct {
	Body struct {
		History []corpus.Step `json:"history" doc:"1,000 at most"`
	}
}

func (t recordAPI) history(api huma.API, op huma.Operation, s *Service) {
	handle(func(s *Service, ctx context.Context, in *IDParam) (*historyOutput, error) {
		out := &historyOutput{}
		var err error
		out.Body.History, err = s.RecordSteps(ctx, CallerOf(ctx), t.table, in.ID)
		if out.Body.History == nil {
			out.Body.History = []corpus.Step{}
		}
		return out, err
	})(api, op, s)
}
