package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"duijie/api"
	"duijie/corpus"
)

// An output tells of an import: events as JSON lines, or bad rows on standard error and a table of counts.
type output struct {
	app   *app
	dry   bool
	bad   *errorFile
	total corpus.Summary // of the files before and, once it has ended, this one
	files []counted

	// Of the file that is read:
	kind  string // of rows that don't say
	name  string
	bar   *progressbar.ProgressBar
	begun time.Time
	safe  int // rows committed
	shown int // problems
	id    string
}

// counted is a file that was read.
type counted struct {
	name, id string
	corpus.Summary
}

func (o *output) begin(name, kind string, bar *progressbar.ProgressBar) {
	o.name, o.kind, o.bar, o.begun, o.safe, o.shown = name, kind, bar, time.Now(), 0, 0
	o.id = ""
}

// rows is how many are committed in all files.
func (o *output) rows() int { return o.total.Read - o.total.Bad + o.safe }

func (o *output) event(e api.ImportEvent) error {
	switch {
	case e.Table != nil:
		o.id = e.Table.Import
		if err := o.table(e.Table); err != nil {
			return err
		}
	case e.Committed != nil:
		o.safe = *e.Committed
		rows := o.rows()
		e.Committed = &rows
		o.bar.Describe(fmt.Sprintf("%s  %d 行，每秒 %.0f 行", o.name, o.safe, float64(o.safe)/time.Since(o.begun).Seconds()))
	case e.Problem != nil:
		if err := o.bad.write(e.Problem); err != nil {
			return err
		}
		o.tell(e.Problem, "")
	case e.Warning != nil:
		o.tell(e.Warning, "注意：")
	case e.Summary != nil:
		o.files = append(o.files, counted{o.name, o.id, *e.Summary})
		o.add(e.Summary)
		return nil
	}
	if o.app.json {
		return json.NewEncoder(o.app.stdout).Encode(e)
	}
	return nil
}

// table tells what the columns of a table are taken for: all of them in a trial run, else what a person has to know.
func (o *output) table(t *api.ImportTable) error {
	if o.app.json {
		return nil
	}
	if t.Map != "" {
		fmt.Fprintf(o.app.stderr, "%s：列按已存的对应“%s”读取\n", t.File, t.Map)
	}
	shown := newTable("列", "字段", "把握", "依据", "例")
	for _, c := range t.Columns {
		field := c.Field
		if c.Field != "" && !c.Used() {
			field = "（" + field + "？）"
			fmt.Fprintf(o.app.stderr, "%s：列“%s”像是 %s（%s），用 --map %s=%s 采用\n", t.File, c.Header, c.Field, c.Why, c.Header, c.Field)
		}
		confidence := ""
		if c.Field != "" {
			confidence = fmt.Sprintf("%.0f%%", 100*c.Confidence)
		}
		shown.add(c.Header, field, confidence, c.Why, c.Sample)
	}
	if !o.dry {
		return nil
	}
	fmt.Fprintf(o.app.stdout, "%s\n", t.File)
	return shown.print(o.app.stdout)
}

func (o *output) add(s *corpus.Summary) {
	t := &o.total
	t.Read += s.Read
	t.Created += s.Created
	t.Updated += s.Updated
	t.Unchanged += s.Unchanged
	t.Bad += s.Bad
	t.Repeated += s.Repeated
	t.SameText += s.SameText
	t.Warnings += s.Warnings
	t.Values.Add(s.Values)
	t.AddExtra(s.Extra...)
	o.safe = 0
}

// tell says on standard error what is the matter with a row.
func (o *output) tell(r *api.ImportRow, what string) {
	if o.app.json {
		return
	}
	if o.shown++; o.shown > shownProblems {
		return
	}
	for _, f := range r.Faults {
		where := r.File
		if r.Sheet != "" {
			where += "·" + r.Sheet
		}
		if r.Line > 0 {
			where += fmt.Sprintf(":%d", r.Line)
		}
		if f.Field != "" {
			where += " " + f.Field
		}
		fmt.Fprintf(o.app.stderr, "%s：%s%s\n", where, what, withFix(f.Detail, f.Fix))
	}
	if o.shown == shownProblems {
		fmt.Fprintln(o.app.stderr, "…… 其余不再逐条显示；--errors FILE 可保存全部有误的行")
	}
}

// end prints the counts.
func (o *output) end() error {
	if o.app.json {
		return json.NewEncoder(o.app.stdout).Encode(api.ImportEvent{Summary: &o.total})
	}
	t := newTable("文件", "读取", "新增", "更新", "未变", "有误", "有疑问", "内容相同")
	row := func(name string, s corpus.Summary) {
		cells := []string{name}
		for _, n := range []int{s.Read, s.Created, s.Updated, s.Unchanged, s.Bad, s.Warnings, s.SameText} {
			cells = append(cells, strconv.Itoa(n))
		}
		t.add(cells...)
	}
	for _, f := range o.files {
		row(f.name, f.Summary)
	}
	if len(o.files) > 1 {
		row("合计", o.total)
	}
	for _, f := range o.files {
		if f.Created+f.Updated > 0 && f.id != "" {
			fmt.Fprintf(o.app.stderr, "%s：30 天内可用 duijie undo %s 撤销\n", f.name, f.id)
		}
	}
	if len(o.total.Extra) > 0 {
		fmt.Fprintf(o.app.stderr, "原样保留、不公开的列：%s（用 --map 列名=字段 可归入字段）\n", strings.Join(o.total.Extra, "、"))
	}
	if o.bad.file != nil {
		again := []string{o.bad.path}
		if o.kind != "" {
			again = append(again, "--kind", o.kind)
		}
		fmt.Fprintf(o.app.stderr, "有误的行已存入 %s：改正后用 duijie import %s 再导入\n", o.bad.path, strings.Join(again, " "))
	}
	if err := t.print(o.app.stdout); err != nil || len(o.total.Values) == 0 {
		return err
	}
	fmt.Fprintln(o.app.stdout)
	v := newTable("字段", "已识别", "原文未定", "未识别")
	for _, field := range slices.Sorted(maps.Keys(o.total.Values)) {
		n := o.total.Values[field]
		v.add(corpus.Header(field), strconv.Itoa(n.Typed), strconv.Itoa(n.Unknown), strconv.Itoa(n.NotUnderstood))
	}
	return v.print(o.app.stdout)
}

// An errorFile keeps bad rows; it is made at the first one. The zero path keeps none.
type errorFile struct {
	path string
	file *os.File
	w    *corpus.ErrorWriter
}

func newErrorFile(path string) (*errorFile, error) {
	if path != "" {
		if err := absent(path); err != nil {
			return nil, err
		}
	}
	return &errorFile{path: path}, nil
}

func (e *errorFile) write(r *api.ImportRow) error {
	if e.path == "" {
		return nil
	}
	if e.file == nil {
		var err error
		if e.file, err = os.OpenFile(e.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
			return err
		}
		if e.w, err = corpus.NewErrorWriter(e.file); err != nil {
			return err
		}
	}
	row := corpus.Row{File: r.File, Sheet: r.Sheet, Line: r.Line, Header: r.Header, Cells: r.Cells}
	for _, f := range r.Faults {
		row.Problems = append(row.Problems, &corpus.Error{Code: corpus.Invalid, Field: f.Field, Message: f.Detail, Fix: f.Fix})
	}
	return e.w.Write(row)
}

func (e *errorFile) close() error {
	if e.file == nil {
		return nil
	}
	return errors.Join(e.w.Close(), e.file.Sync(), e.file.Close())
}
