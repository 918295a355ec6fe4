package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"duijie/corpus"
	"duijie/corpus/market"
)

const (
	maxRecordRows = 10_000 // of a file
	maxBadRows    = 1_000  // that are told
)

// A column of a file is a member of the record under one of its names.
type column struct {
	name    string
	words   market.Words
	choices []market.Named
	also    []string // other headers
}

// columnsOf are those of a file; by, organisation, created, updated and what is derived are written and not read.
func columnsOf(d *market.Declared) []column {
	all := []column{{name: "id", words: market.Words{"编号", "ID"}}, {name: "state", words: market.Words{"状态", "State"}, choices: d.States}}
	for _, f := range slices.Concat(d.Fields, d.Derived) {
		all = append(all, column{f.Name, f.Words, f.Choices, f.Also})
	}
	return append(all, column{name: "by", words: market.Words{"创建者", "By"}}, column{name: "organisation", words: market.Words{"创建者单位", "Organisation"}}, column{name: "created", words: market.Words{"创建时间", "Created"}},
		column{name: "updated", words: market.Words{"更新时间", "Updated"}})
}

// text is what people read of a value.
func (c column) text(value string) string {
	for _, n := range c.choices {
		if n.Value == value {
			return n.Words[0]
		}
	}
	return value
}

// called reports whether this is the column's header.
func (c column) called(header string) bool {
	return strings.EqualFold(header, c.name) || header == c.words[0] || strings.EqualFold(header, c.words[1]) || slices.Contains(c.also, header)
}

// value is the inverse of text, which may be a part of one value's words, or hold them: 服务 and 技术服务合同 are 技术服务. What is
// no text of a value stays as it is.
func (c column) value(text string) string {
	alike, value := 0, text
	for _, n := range c.choices {
		if text == n.Words[0] || text == n.Value || strings.EqualFold(text, n.Words[1]) {
			return n.Value
		}
		if text != "" && (affirms(n.Words[0], text) || affirms(text, n.Words[0])) {
			alike, value = alike+1, n.Value
		}
	}
	if alike == 1 {
		return value
	}
	return text
}

// affirms reports whether a text holds a part, and does not deny it: 含国家秘密 stands in 不含国家秘密, which is the opposite.
func affirms(text, part string) bool {
	before, _, found := strings.Cut(text, part)
	last, _ := utf8.DecodeLastRuneInString(before)
	return found && !strings.ContainsRune("不非未无否没", last)
}

// ExportRecords writes the records that c may list, in the state that q names, the newest first. CSV and XLSX are for
// people, with Chinese headers and words; lines of JSON are as the API answers.
func (s *Service) ExportRecords(ctx context.Context, c Caller, w io.Writer, t market.Table, q RecordQuery, f corpus.Format) error {
	if f == corpus.JSONL {
		lines := json.NewEncoder(w)
		lines.SetEscapeHTML(false)
		for r, err := range s.allRecords(ctx, c, t, q) {
			if err != nil {
				return err
			}
			shown, _ := r.Shown(c.Allowed(t.About().Name, "read"))
			if err := lines.Encode(shown); err != nil {
				return err
			}
		}
		return nil
	}
	columns := columnsOf(t.About())
	return corpus.WriteLines(w, f, func(yield func([]string, error) bool) {
		row := make([]string, len(columns))
		for i, col := range columns {
			row[i] = col.words[0]
		}
		if !yield(row, nil) {
			return
		}
		for r, err := range s.allRecords(ctx, c, t, q) {
			if err != nil {
				yield(nil, err)
				return
			}
			h := r.Head()
			for i, col := range columns {
				switch col.name {
				case "id":
					row[i] = *h.ID
				case "state":
					row[i] = col.text(string(*h.State))
				case "by":
					row[i] = *h.By
				case "organisation":
					row[i] = *h.Organisation
				case "created":
					row[i] = h.Created.Format(time.RFC3339)
				case "updated":
					row[i] = h.Updated.Format(time.RFC3339)
				default:
					row[i] = col.text(r.Text(col.name))
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	})
}

// allRecords yields all pages of q.
func (s *Service) allRecords(ctx context.Context, c Caller, t market.Table, q RecordQuery) iter.Seq2[Record, error] {
	q.Limit = 256
	return func(yield func(Record, error) bool) {
		for {
			p, err := s.Records(ctx, c, t, q)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(Record{}, err)
				return
			}
			for _, r := range p.Records {
				if !yield(r, nil) {
					return
				}
			}
			if q.After = p.Next; q.After == "" {
				return
			}
		}
	}
}

// A RecordImport says what became of the rows of a file.
type RecordImport struct {
	Read      int             `json:"read"`
	Created   int             `json:"created"`
	Changed   int             `json:"changed"`
	Unchanged int             `json:"unchanged"`
	Bad       int             `json:"bad"`
	Unknown   []string        `json:"unknown,omitempty" doc:"headers of columns that were not read"`
	Rows      []RecordProblem `json:"rows,omitempty" doc:"those that were not taken, the first 1,000"`
	Error     *Problem        `json:"error,omitempty" doc:"why the file was not read to its end; what came before is done"`
}

// A RecordProblem says why a row was not taken.
type RecordProblem struct {
	Line   int     `json:"line" doc:"line of a text file, row of a sheet, from 1"`
	Faults []Fault `json:"faults"`
}

// ImportRecords does with each row of a file what its author could do by hand: one without an id creates a record, one with
// an id, or with the unique texts of a record, changes that record where the row differs from it, and moves it where the
// state does. Columns that the file lacks stay as they are. A row that is wrong is told and costs no other.
func (s *Service) ImportRecords(ctx context.Context, c Caller, t market.Table, file io.Reader) RecordImport {
	var sum RecordImport
	err := func() error {
		for l, err := range corpus.ReadLines(file) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			if sum.Read == maxRecordRows {
				e := corpus.Errorf(corpus.TooLarge, "the file has more than %d rows", maxRecordRows)
				e.Fix = "split it; what was read so far is kept"
				return e
			}
			sum.Read++
			outcome, err := s.importRecord(ctx, c, t, l, &sum)
			switch code := corpus.CodeOf(err); {
			case err != nil && (code == corpus.Internal || code == corpus.Unavailable):
				return err
			case err != nil:
				if sum.Bad++; len(sum.Rows) < maxBadRows {
					sum.Rows = append(sum.Rows, RecordProblem{l.N, FaultsOf(err, rowLang(ctx))})
				}
			default:
				*outcome++
			}
		}
		return nil
	}()
	if err != nil {
		sum.Error = problemOf(ctx, s.Log, err)
	}
	return sum
}

// hasMember reports whether records have a member in JSON: one that is no column follows from others, and a file may hold it.
func hasMember(t market.Table, name string) bool {
	for f := range reflect.TypeOf(t.ExampleRow().Whole()).Fields() {
		if member, _, _ := strings.Cut(f.Tag.Get("json"), ","); member == name {
			return true
		}
	}
	return false
}

// importRecord returns the count to which a row adds.
func (s *Service) importRecord(ctx context.Context, c Caller, t market.Table, l corpus.Line, sum *RecordImport) (*int, error) {
	if l.Problem != nil {
		return nil, l.Problem
	}
	d, columns := t.About(), columnsOf(t.About())
	values := map[string]string{}
	for _, header := range slices.Sorted(maps.Keys(l.Texts)) {
		text := l.Texts[header]
		i := slices.IndexFunc(columns, func(col column) bool { return col.called(header) })
		if i < 0 { // 合同金额（万元）
			name, unit := corpus.HeaderName(header)
			i = slices.IndexFunc(columns, func(col column) bool { return col.called(name) })
			if m, err := corpus.ParseMoney(text, unit); err == nil && m.Known() {
				text = m.Text
			}
		}
		if i >= 0 {
			values[columns[i].name] = columns[i].value(text)
		} else if !hasMember(t, header) && !slices.Contains(sum.Unknown, header) && len(sum.Unknown) < 100 {
			sum.Unknown = append(sum.Unknown, header)
		}
	}
	id := values["id"]
	for _, name := range []string{"id", "by", "organisation", "created", "updated"} {
		delete(values, name)
	}
	for _, f := range d.Derived {
		delete(values, f.Name)
	}
	byKey, key := false, d.Key(func(field string) string { return strings.TrimSpace(values[field]) })
	if id == "" && key != "" {
		if values["state"] == "" && d.Listed != "" && c.Allowed(d.Name, string(d.Listed)) == market.All {
			values["state"] = string(d.Listed)
		}
		known, err := s.Store.RecordByKey(d.Name, key)
		if err != nil && corpus.CodeOf(err) != corpus.NotFound {
			return nil, err
		}
		id, byKey = known.ID, known.ID != ""
	}
	if id == "" {
		for name, text := range values {
			if text == "" {
				delete(values, name)
			}
		}
		_, err := s.CreateRecord(ctx, c, t, values)
		return &sum.Created, err
	}
	old, err := s.Record(ctx, c, t, id)
	if byKey && (corpus.CodeOf(err) == corpus.NotFound || err == nil && !c.has(d.Name, old.Head()) && *old.Head().State == market.State(d.States[0].Value)) {
		return nil, taken(d) // whoever was first with a number would become the owner of what the row says
	}
	if err != nil {
		return nil, err
	}
	was := *old.Head().State
	passed := func(state string) bool { // the register doesn't know what came after
		return byKey && slices.Contains(d.Moves[market.State(state)], was) && !slices.Contains(d.Moves[was], market.State(state)) && len(d.Moves[was]) > 0
	}
	for name, text := range values {
		if name == "state" && (text == "" || text == string(was) || passed(text)) || name != "state" && text == old.Text(name) {
			delete(values, name)
		}
	}
	if len(values) == 0 {
		return &sum.Unchanged, nil
	}
	now, err := s.ChangeRecord(ctx, c, t, id, values, old.Version)
	if err == nil && now.Version == old.Version {
		return &sum.Unchanged, nil
	}
	return &sum.Changed, err
}

type exportRecordsInput struct {
	Format string `query:"format" enum:"csv,xlsx,jsonl" default:"csv"`
	State  string `query:"state" maxLength:"32" doc:"only those in this state"`
}

func (t recordAPI) export(api huma.API, op huma.Operation, s *Service) {
	content := map[string]*huma.MediaType{}
	for _, m := range mediaTypes {
		content[m] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	op.Responses = map[string]*huma.Response{"200": {Description: "a file that import takes back", Content: content}}
	handle(func(s *Service, ctx context.Context, in *exportRecordsInput) (*streamOutput, error) {
		c, f := CallerOf(ctx), corpus.Format(in.Format)
		if err := recordMove(c, t.Declared, "list", nil); err != nil {
			return nil, err
		}
		return &streamOutput{func(hc huma.Context) {
			g := humagin.Unwrap(hc)
			g.Header("Content-Type", mediaTypes[f])
			g.Header("Content-Disposition", fmt.Sprintf("attachment; filename=%s-%s.%s", t.Name, s.now().Format(time.DateOnly), f))
			s.stream(ctx, g, func() error {
				return s.ExportRecords(ctx, c, g.Writer, t.table, RecordQuery{State: market.State(in.State)}, f)
			})
		}}, nil
	})(api, op, s)
}

// orUnique names what stands for an id in a file.
func orUnique(d *market.Declared) string {
	if len(d.Unique) == 0 {
		return ""
	}
	return ", or the " + strings.Join(d.Unique, " and ") + " of one,"
}

type importRecordsInput struct {
	RawBody []byte
}

type importRecordsOutput struct{ Body RecordImport }

func (t recordAPI) importFile(api huma.API, op huma.Operation, s *Service) {
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{},
		Description: "a table of 10,000 rows and " + s.Limits.Text(BodyTable) + " at most. A row without an id creates, one with an id" + orUnique(t.Declared) + " changes that " + t.One[1]}
	for _, m := range mediaTypes {
		op.RequestBody.Content[m] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	handle(func(s *Service, ctx context.Context, in *importRecordsInput) (*importRecordsOutput, error) {
		return &importRecordsOutput{s.ImportRecords(ctx, CallerOf(ctx), t.table, bytes.NewReader(in.RawBody))}, nil
	})(api, op, s)
}
