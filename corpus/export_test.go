package corpus

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"strings"
	"testing"
	"time"
)

func newCSV(w io.Writer) *csv.Writer { return csv.NewWriter(w) }

func seq(docs []Doc) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// hard are postings whose values are easily changed on the way through a table.
func hard() []Doc {
	bare := Doc{Kind: Need, SourceID: "0012", Title: "只有名称"}
	odd := full()
	odd.Source, odd.SourceID = "", "123456789012345678"
	odd.Title, odd.Org, odd.Goal, odd.Evaluation, odd.Tried = "=HYPERLINK(1)", "'=x", "-5 ℃ 以下", "@所有人", "_x0041_ 1,5;2\t\"引号\" a<b & c"
	odd.Keywords, odd.People = []string{"农、林", "[x]", "=1"}, []string{"{}"}
	odd.Price, odd.Budget = &Money{Min: 1, Max: 0, Text: "自定"}, &Money{Min: 100, Max: 300, Text: "3年"}
	odd.Extra = map[string]string{"名称": "别名", "错误说明": "a", "原始内容": "b", "extra": "c", "长" + strings.Repeat("长", 120): "d", "科学": "1E5", "a,b\"c": "e", "第1列": "f"}
	odd.Disclosure = map[string]Level{"extra.名称": Public}
	odd.Registration, odd.ProjectNumber, odd.Contact = "不规范", "007", "'"
	odd.Rights, odd.Links = nil, nil
	mongol := Doc{Kind: Expert, SourceID: "m", Title: "ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ", Text: "䶮𬭚 👨\u200d🔬\n\n二", Status: Withdrawn, Region: "150571"}
	all := []Doc{full(), bare, odd, mongol, {Kind: Project, Title: "没有编号", Org: "某厂"}}
	for i := range all {
		if errs := all[i].Check(); len(errs) > 0 {
			panic(fmt.Sprint(errs))
		}
	}
	return all
}

func TestExportsComeBackUnchanged(t *testing.T) {
	docs := hard()
	written := make([]Doc, len(docs))
	for i, d := range docs { // as the store gives them
		d.Version, d.Created, d.Updated = 3, time.Unix(1e9, 0).UTC(), time.Unix(2e9, 0).UTC()
		written[i] = d
	}
	for _, o := range []ExportOptions{{}, {Format: CSV, Encoding: "gb18030"}, {Format: XLSX}, {Format: JSONL}} {
		var b bytes.Buffer
		if n, err := Export(&b, seq(written), o); n != len(docs) || err != nil {
			t.Errorf("%v: %d, %v", o, n, err)
			continue
		}
		i := 0
		for row, err := range Read(&b, "export", ReadOptions{}) {
			if err != nil || row.Bad() {
				t.Fatalf("%v: %v, %v", o, row.Problems, err)
			}
			for _, w := range row.Warnings {
				if w.Field != "批准登记号" && w.Field != "registration" {
					t.Errorf("%v: %v", o, w)
				}
			}
			got, want := reflect.ValueOf(row.Doc), reflect.ValueOf(docs[i])
			for f := range got.NumField() {
				if !reflect.DeepEqual(got.Field(f).Interface(), want.Field(f).Interface()) {
					t.Errorf("%v, %s: %s is %#v, want %#v", o, docs[i].Title, got.Type().Field(f).Name, got.Field(f), want.Field(f))
				}
			}
			i++
		}
		if i != len(docs) {
			t.Errorf("%v: %d rows", o, i)
		}
	}
}

func TestTablesCanBeReadByPeople(t *testing.T) {
	var b bytes.Buffer
	d := full()
	d.Check()
	if _, err := Export(&b, seq([]Doc{d}), ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{"\ufeff信息类别,编号", "科技成果", "2614 有机化学原料制造；C 制造业", "150502 内蒙古自治区通辽市科尔沁区", "中期", "技术转让；作价入股", "80-120万元", "need:N01；expert:"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
}

func TestNoCellOfATextTableRuns(t *testing.T) {
	var b bytes.Buffer
	if _, err := Export(&b, seq(hard()), ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	guards := 0
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "'") {
				guards++
			} else if strings.IndexAny(cell, "=+-@") == 0 {
				t.Errorf("%q runs", cell)
			}
		}
	}
	if guards < 5 {
		t.Errorf("%d guarded cells", guards)
	}
}

func TestGuardIsTakenOffOnce(t *testing.T) {
	for _, s := range []string{"", "a", "=1", "'=1", "''=1", "'", "'a", "007", "'007", "1234567890123", "1e5", "12", "-", "＝1", "'98年"} {
		if got := unguard(guard(s)); got != s {
			t.Errorf("%q comes back as %q", s, got)
		}
	}
}

func TestExportRefusesWhatItWouldChange(t *testing.T) {
	long, private := full(), full()
	long.Text = strings.Repeat("a", maxCell+1)
	private.Text = "\ue000"
	for name, c := range map[string]struct {
		doc          Doc
		o            ExportOptions
		names, field string
	}{
		"a text longer than a cell": {long, ExportOptions{Format: XLSX}, "achievement ", "内容"},
		"a private character":       {private, ExportOptions{Encoding: "gb18030"}, "achievement ", "内容"},
		"an unknown format":         {full(), ExportOptions{Format: "pdf"}, "pdf", "format"},
		"an unknown encoding":       {full(), ExportOptions{Encoding: "latin1"}, "latin1", "encoding"},
	} {
		c.doc.Check()
		var b bytes.Buffer
		_, err := Export(&b, seq([]Doc{c.doc}), c.o)
		e, _ := errors.AsType[*Error](err)
		if e == nil || e.Code != Invalid || e.Field != c.field || e.Fix == "" || !strings.Contains(e.Message, c.names) {
			t.Errorf("%s: %v", name, err)
		}
		if b.Len() > 0 {
			t.Errorf("%s: %d bytes were written", name, b.Len())
		}
	}
}

func TestBadRowsCanBeMendedAndImportedAgain(t *testing.T) {
	var out bytes.Buffer
	w, err := NewErrorWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{
		"编号,名称,内容,备注\n1,,\"=正,文\",甲\n2,乙,\"丙\n3,好,,\n",
		`{"id":"4","text":"丁","keywords":["一","二、三"]}` + "\n" + `{"id":"5","title":"戊"` + "\n",
	} {
		rows, err := read(file, ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.Bad() {
				if err := w.Write(r); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{"名称: 名称为空 (填写名称),a.csv,2,1,", "引号没有成对", "a.csv,3,2,"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	mended := strings.NewReplacer(",2,1,,", ",2,1,补上,", ",4,", ",4,", `"戊""`, `"戊""}`, "id,text,keywords", "id,text,keywords,title", `二、三""]"`, `二、三""]",补题`).Replace(text)
	rows, err := read(mended, ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprint(r.Doc.SourceID, " ", r.Doc.Title, " ", r.Doc.Text, " ", r.Doc.Keywords, " ", r.Doc.Extra, len(r.Problems)))
	}
	want := []string{"1 补上 =正,文 [] map[备注:甲] 0", "2 乙 丙 [] map[] 0", "4 补题 丁 [一 二、三] map[] 0", "5 戊  [] map[] 0"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q\nwant %q\nof %s", got, want, mended)
	}
}
