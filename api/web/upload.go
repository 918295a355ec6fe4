package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

const (
	// longCell is how many characters a cell has that gets a box of several lines.
	longCell = 40
	// faultsShown is how many cells the summary of a form leads to.
	faultsShown = 10
)

// An uploadPage shows what is in a file before it is imported, and takes what is to be mended.
type uploadPage struct {
	api.Preview
	Kinds    []choice
	Columns  []columnRow
	Title    string // column that was said to be the title, in a file without a header that we know
	NoHeader bool
	Looked   string // counts
	Save     string // name under which the map is kept
	Wrong    string // with that name
	Faults   []cellFault
	More     int // bad rows that are not shown
	BadRows  []rowTable
	Others   []rowSection
	Good     []rowTable
	Ready    int
}

// A columnRow is a column of the file with the fields that it can be read into.
type columnRow struct {
	corpus.Mapping
	Name    string // of the input
	Chosen  string
	Choices []choice
	Sure    string // confidence
	Maybe   string // a field that is proposed and not taken
}

// A rowSection is a list of rows that one may look at.
type rowSection struct {
	Heading string
	Tables  []rowTable
}

// A rowTable is rows under one header.
type rowTable struct {
	Caption string
	Header  []string
	Rows    []editRow
}

// An editRow is a row with its cells in boxes.
type editRow struct {
	Index, Line int
	Name        string // where it stands
	Faults      []string
	Cells       []editCell
}

type editCell struct {
	ID, Label, Value string
	Rows             int // of its box
	Faults           []string
	Invalid          bool // the row can't be taken for it
}

// A cellFault leads to a cell.
type cellFault struct{ ID, Where, What string }

func (s *site) uploadForm(r request) (page, error) {
	p, err := s.svc.Preview(r.Context(), r.caller, r.PathValue("id"))
	if corpus.CodeOf(err) == corpus.Conflict { // its import has begun
		return page{Redirect: "/imports/" + r.PathValue("id")}, nil
	}
	return s.uploadPage(r, p), err
}

// changeUpload keeps what was typed, then does what the button says.
func (s *site) changeUpload(r request) (page, error) {
	id := r.PathValue("id")
	here := "/imports/" + id + "/check"
	if r.PostFormValue("do") == "drop" {
		return page{Redirect: "/imports"}, s.svc.DropUpload(r.caller, id)
	}
	u, err := s.svc.ChangeUpload(r.caller, id, func(u *api.Upload) error {
		if k := corpus.Kind(r.PostForm.Get("kind")); r.PostForm.Has("kind") && (k == "" || slices.Contains(corpus.Kinds, k)) {
			u.Kind = k
		}
		takeColumns(u, r.PostForm)
		maps.Copy(u.Edits, readEdits(r.PostForm))
		return nil
	})
	if corpus.CodeOf(err) == corpus.Conflict {
		return page{Redirect: "/imports/" + id}, nil
	}
	if err != nil {
		return page{}, err
	}
	if name := strings.TrimSpace(r.PostFormValue("save")); name != "" {
		if err := s.svc.SaveMap(r.Context(), r.caller, market.Map{Name: name, Columns: allColumns(r.PostForm)}); err != nil {
			if corpus.CodeOf(err) != corpus.Invalid {
				return page{}, err
			}
			return s.refusedMap(r, u, name)
		}
	}
	if r.PostFormValue("do") != "import" {
		return page{Redirect: here}, nil
	}
	_, err = s.svc.StartImport(r.caller, id)
	return page{Redirect: "/imports/" + id}, err
}

// refusedMap is the page again, with what is wrong with the name of the map.
func (s *site) refusedMap(r request, u api.Upload, name string) (page, error) {
	preview, err := s.svc.Preview(r.Context(), r.caller, u.ID)
	p := s.uploadPage(r, preview)
	data := p.Data.(uploadPage)
	data.Save, data.Wrong = name, r.t("upload.save.wrong")
	p.Data, p.Status = data, http.StatusUnprocessableEntity
	return p, err
}

// takeColumns takes the fields that were chosen otherwise than they were shown.
func takeColumns(u *api.Upload, form url.Values) {
	headers, fields, shown := form["header"], form["field"], form["shown"]
	for i := range min(len(headers), len(fields), len(shown)) {
		if fields[i] != shown[i] {
			u.Columns[headers[i]] = fields[i]
		}
	}
	if title := strings.TrimSpace(form.Get("title")); title != "" {
		maps.DeleteFunc(u.Columns, func(header, field string) bool { return field == "title" && !slices.Contains(headers, header) })
		u.Columns[title] = "title"
	}
}

// allColumns is the map of all columns, as it was shown.
func allColumns(form url.Values) map[string]string {
	out := map[string]string{}
	headers, fields := form["header"], form["field"]
	for i := range min(len(headers), len(fields)) {
		if fields[i] != "+" {
			out[headers[i]] = fields[i]
		}
	}
	return out
}

// readEdits reads the cells of rows, which come as row=INDEX:LINE and cell.INDEX.
func readEdits(form url.Values) map[int]api.Edit {
	out := map[int]api.Edit{}
	for _, name := range form["row"] {
		at, line, _ := strings.Cut(name, ":")
		index, err := strconv.Atoi(at)
		n, lineErr := strconv.Atoi(line)
		if cells := form["cell."+at]; err == nil && lineErr == nil && len(cells) > 0 {
			out[index] = api.Edit{Line: n, Cells: cells}
		}
	}
	return out
}

func (s *site) uploadPage(r request, p api.Preview) page {
	sum := p.Summary
	if p.Fault != nil {
		p.Fault = p.Fault.In(r.lang)
	}
	data := uploadPage{Preview: p, Kinds: []choice{{Name: r.t("imports.kind.file"), Chosen: p.Kind == ""}}, Ready: sum.Read - sum.Bad,
		Looked: r.t("upload.counts", count(sum.Read), count(sum.Created), count(sum.Updated), count(sum.Unchanged), count(sum.Bad), count(sum.Warnings))}
	for _, k := range corpus.Kinds {
		data.Kinds = append(data.Kinds, choice{Value: string(k), Name: corpus.Label(k, r.lang), Chosen: p.Kind == k})
	}
	for i, m := range p.Mapped {
		data.Columns = append(data.Columns, r.columnRow(i, m))
	}
	data.NoHeader = p.Fault != nil && len(p.Mapped) == 0
	for header, field := range p.Upload.Columns {
		if field == "title" {
			data.Title = header
		}
	}
	data.BadRows = r.rowTables(p.Bad, p.Name, r.t("upload.bad"))
	data.Faults = r.faultsOf(data.BadRows)
	data.More = sum.Bad - len(p.Bad)
	for _, section := range []struct {
		key  string
		rows []corpus.Row
	}{{"upload.mended", p.Mended}, {"upload.warned", p.Warned}} {
		if len(section.rows) > 0 {
			data.Others = append(data.Others, rowSection{r.t(section.key, len(section.rows)), r.rowTables(section.rows, p.Name, r.t(section.key, len(section.rows)))})
		}
	}
	data.Good = r.rowTables(p.Good, p.Name, r.t("upload.good"))
	return page{Template: "upload", Title: r.t("upload.title"), Nav: "imports", Data: data}
}

// columnRow makes the choice of a column's field. What is only proposed is not chosen.
func (r request) columnRow(i int, m corpus.Mapping) columnRow {
	c := columnRow{Mapping: m, Name: fmt.Sprint("field-", i), Chosen: "+"}
	fields := corpus.Fields()
	if m.Used() {
		c.Chosen, c.Sure = m.Field, percent(m.Confidence)
	} else if at := slices.IndexFunc(fields, func(f corpus.FieldName) bool { return f.Name == m.Field }); at >= 0 {
		c.Maybe = r.t("upload.maybe", fields[at].Header, percent(m.Confidence))
	}
	c.Choices = []choice{{Value: "+", Name: r.t("upload.extra")}, {Value: "-", Name: r.t("upload.out")}}
	for _, f := range fields {
		name := f.Header
		if r.lang != languages[0] && f.Name[0] < utf8.RuneSelf {
			name += " (" + f.Name + ")"
		}
		c.Choices = append(c.Choices, choice{Value: f.Name, Name: name})
	}
	for j := range c.Choices {
		c.Choices[j].Chosen = c.Choices[j].Value == c.Chosen
	}
	return c
}

// rowTables puts rows under their headers. file is the one whose name goes without saying.
func (r request) rowTables(rows []corpus.Row, file, caption string) []rowTable {
	var out []rowTable
	for _, row := range rows {
		header := row.Header
		for i := len(header); i < len(row.Cells); i++ {
			header = append(slices.Clip(header), r.t("upload.column", i+1))
		}
		if len(out) == 0 || !slices.Equal(out[len(out)-1].Header, header) {
			out = append(out, rowTable{Caption: caption, Header: header})
		}
		last := &out[len(out)-1]
		last.Rows = append(last.Rows, r.editRow(row, header, file))
	}
	return out
}

func (r request) editRow(row corpus.Row, header []string, file string) editRow {
	e := editRow{Index: row.Index, Line: row.Line, Name: r.t("upload.line", row.Line)}
	if row.File != file && row.File != "" {
		e.Name = row.File + " " + e.Name
	}
	if len(row.Cells) > 0 {
		for i, name := range header {
			c := editCell{ID: fmt.Sprintf("c-%d-%d", row.Index, i), Label: e.Name + r.t("and") + name, Rows: 1}
			if i < len(row.Cells) {
				c.Value = row.Cells[i]
			}
			if utf8.RuneCountInString(c.Value) > longCell || strings.Contains(c.Value, "\n") {
				c.Rows = 4
			}
			e.Cells = append(e.Cells, c)
		}
	}
	mark := func(errs []*corpus.Error, invalid bool) {
		for _, err := range errs {
			text := r.say(err)
			if at := slices.Index(header, err.Field); at >= 0 && at < len(e.Cells) {
				e.Cells[at].Faults = append(e.Cells[at].Faults, text)
				e.Cells[at].Invalid = e.Cells[at].Invalid || invalid
				continue
			}
			if err.Field != "" {
				text = corpus.Header(err.Field) + r.t("colon") + text
			}
			e.Faults = append(e.Faults, text)
		}
	}
	mark(row.Problems, true)
	mark(row.Warnings, false)
	return e
}

// say is what is wrong and what to do about it.
func (r request) say(e *corpus.Error) string {
	e = e.In(r.lang)
	if e.Fix == "" {
		return e.Message
	}
	return e.Message + r.t("stop") + e.Fix
}

// faultsOf are the first faults of rows, for a summary that leads to them.
func (r request) faultsOf(tables []rowTable) (out []cellFault) {
	for _, t := range tables {
		for _, row := range t.Rows {
			for _, f := range row.Faults {
				out = append(out, cellFault{fmt.Sprint("r-", row.Index), row.Name, f})
			}
			for i, c := range row.Cells {
				if c.Invalid {
					out = append(out, cellFault{c.ID, row.Name + " " + t.Header[i], strings.Join(c.Faults, r.t("semicolon"))})
				}
			}
			if len(out) >= faultsShown {
				return out[:faultsShown]
			}
		}
	}
	return out
}
