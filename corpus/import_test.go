package corpus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"strings"
	"testing"
)

func rowsOf(text string, o ReadOptions) iter.Seq2[Row, error] {
	if o.Kind == "" {
		o.Kind = Need
	}
	return Read(strings.NewReader(text), "a.csv", o)
}

// counts is a summary in the order of its fields, so that a test table is short.
func counts(s Summary) string {
	return fmt.Sprintf("read %d created %d updated %d unchanged %d bad %d repeated %d same %d warnings %d",
		s.Read, s.Created, s.Updated, s.Unchanged, s.Bad, s.Repeated, s.SameText, s.Warnings)
}

func TestImportsAddUp(t *testing.T) {
	s := open(t)
	const file = "编号,名称,内容,价格\n1,甲,一,面议\n2,,二,\n3,乙,三,3年\n1,甲,一改,\n4,丙,一改,\n,丁,,\n"
	for i, step := range []struct {
		file, want string
		o          ImportOptions
		source     string
	}{
		{file: file, o: ImportOptions{DryRun: true}, want: "read 6 created 4 updated 1 unchanged 0 bad 1 repeated 1 same 0 warnings 1"},
		{file: file, want: "read 6 created 4 updated 1 unchanged 0 bad 1 repeated 1 same 0 warnings 1"},
		{file: "编号,名称,内容\n1,甲,一改\n", want: "read 1 created 0 updated 0 unchanged 1 bad 0 repeated 0 same 0 warnings 0"},
		{file: "编号,名称,内容\n1,甲,改二\n", want: "read 1 created 0 updated 1 unchanged 0 bad 0 repeated 0 same 0 warnings 0"},
		{file: "编号,名称,内容\n9,甲,改二。\n", want: "read 1 created 1 updated 0 unchanged 0 bad 0 repeated 0 same 1 warnings 0"},
		{file: "编号,名称,内容\n1,甲,另外\n", source: "portal", want: "read 1 created 1 updated 0 unchanged 0 bad 0 repeated 0 same 0 warnings 0"},
		{file: "名称\n丁\n", want: "read 1 created 0 updated 0 unchanged 1 bad 0 repeated 0 same 0 warnings 0"},
	} {
		sum, err := Import(context.Background(), s, rowsOf(step.file, ReadOptions{Source: step.source}), step.o)
		if err != nil || counts(sum) != step.want {
			t.Errorf("step %d: %s, %v; want %s", i, counts(sum), err, step.want)
		}
		if sum.Read != sum.Created+sum.Updated+sum.Unchanged+sum.Bad {
			t.Errorf("step %d does not add up", i)
		}
	}
	for _, id := range []string{"1", "portal~1"} {
		if _, err := s.Get(Need, id); err != nil {
			t.Error(err)
		}
	}
}

func TestImportReportsRowsInOrderAndCommitsInBatches(t *testing.T) {
	s := open(t)
	var file strings.Builder
	file.WriteString("编号,名称,价格\n")
	for i := range 1200 {
		fmt.Fprintf(&file, "%d,需求%d,\n", i, i)
	}
	file.WriteString("x,,\ny,好,3年\n0,需求0,\n")
	var said, committed []string
	sum, err := Import(context.Background(), s, rowsOf(file.String(), ReadOptions{}), ImportOptions{Actor: "test", File: "a.csv",
		Committed: func(s Summary) { committed = append(committed, fmt.Sprint(s.Read-s.Bad)) },
		Report: func(r Row) {
			for _, e := range append(r.Problems, r.Warnings...) {
				said = append(said, fmt.Sprintf("%d %s", r.Line, e))
			}
		}})
	if err != nil || sum.Created != 1201 || sum.Bad != 1 || sum.Unchanged != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
	if got := strings.Join(committed, " "); got != "500 1000 1202" {
		t.Errorf("committed %s", got)
	}
	want := []string{"1202 名称: 名称为空", "1203 价格: “3年”不是一个金额", "1204 与 a.csv 第 2 行是同一条（编号 0）"}
	if len(said) != len(want) {
		t.Fatalf("%q", said)
	}
	for i := range want {
		if !strings.HasPrefix(said[i], want[i]) {
			t.Errorf("%s, want %s", said[i], want[i])
		}
	}
	if audits, _ := s.Audits(5); len(audits) != 3 || audits[0].Action != "import a.csv" {
		t.Errorf("%+v", audits)
	}
}

func TestABatchOfImportIsBoundedInBytes(t *testing.T) {
	s := open(t)
	text := strings.Repeat("长", 15_000)
	var file strings.Builder
	file.WriteString("编号,名称,内容\n")
	for i := range 110 {
		fmt.Fprintf(&file, "%d,需求%d,%s\n", i, i, text)
	}
	commits := 0
	if _, err := Import(context.Background(), s, rowsOf(file.String(), ReadOptions{}), ImportOptions{Committed: func(Summary) { commits++ }}); err != nil || commits != 2 {
		t.Errorf("%d commits, %v", commits, err)
	}
}

func TestAnImportThatBreaksOffKeepsWhatItHas(t *testing.T) {
	s := open(t)
	lost := errors.New("connection lost")
	rows := func(yield func(Row, error) bool) {
		for r, err := range rowsOf("编号,名称\n1,甲\n", ReadOptions{}) {
			if !yield(r, err) {
				return
			}
		}
		yield(Row{}, lost)
	}
	sum, err := Import(context.Background(), s, rows, ImportOptions{})
	if !errors.Is(err, lost) || sum.Created != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if sum, err = Import(ctx, s, rowsOf("编号,名称\n2,乙\n", ReadOptions{}), ImportOptions{}); !errors.Is(err, context.Canceled) || sum.Read != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
	if _, err := s.Get(Need, "2"); CodeOf(err) != NotFound {
		t.Error("a row is written after the end")
	}
}

func TestAnExportedStoreImportsUnchanged(t *testing.T) {
	s := open(t)
	for _, d := range hard() {
		write(t, s, Batch{Puts: []Put{{Doc: d}}})
	}
	all := func(yield func(Doc, error) bool) {
		for _, k := range Kinds {
			for d, err := range s.Each(k, 0) {
				if !yield(d, err) {
					return
				}
			}
		}
	}
	for _, f := range []Format{CSV, XLSX, JSONL} {
		var b bytes.Buffer
		n, err := Export(&b, all, ExportOptions{Format: f})
		if err != nil {
			t.Fatal(err)
		}
		sum, err := Import(context.Background(), s, Read(&b, "x", ReadOptions{}), ImportOptions{})
		if err != nil || sum.Unchanged != n || n != len(hard()) {
			t.Errorf("%s: %d rows, %+v, %v", f, n, sum, err)
		}
	}
}

// TestZhejiangImports reads real postings as they were crawled. It prints how much of them became typed.
func TestZhejiangImports(t *testing.T) {
	const dir = "../../shared/data/zhejiang/"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("../shared is absent: ", err)
	}
	s := open(t)
	for _, c := range []struct {
		kind                Kind
		file                string
		rows, bad, repeated int
		typed               []string // fields that nearly every row has
	}{
		{Achievement, "achievements.jsonl", 1932, 0, 0, []string{"field", "stage", "published", "ip"}},
		{Need, "needs.jsonl", 1184, 1, 0, []string{"field", "valid_until", "published"}}, // one row is empty but for its id
	} {
		for again := range 2 {
			f, err := os.Open(dir + c.file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			warnings := map[string]int{}
			sum, err := Import(context.Background(), s, Read(f, c.file, ReadOptions{Kind: c.kind}), ImportOptions{Report: func(r Row) {
				for _, e := range r.Warnings {
					warnings[e.Field]++
					if warnings[e.Field] < 10 && e.Field != "" {
						t.Logf("%s:%d %v", r.File, r.Line, e)
					}
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %s; warnings by column %v", c.file, counts(sum), warnings)
			if sum.Read != c.rows || sum.Bad != c.bad || sum.Repeated != c.repeated || sum.Created+sum.Updated+sum.Unchanged+sum.Bad != sum.Read {
				t.Errorf("%s: %s", c.file, counts(sum))
			}
			if again == 0 && sum.Created != c.rows-c.bad || again == 1 && sum.Unchanged != c.rows-c.bad {
				t.Errorf("%s, time %d: %s", c.file, again+1, counts(sum))
			}
		}
		typed := map[string]int{}
		for d, err := range s.Each(c.kind, 0) {
			if err != nil {
				t.Fatal(err)
			}
			for _, col := range columns {
				if col.get != nil && col.cell(&d) != "" {
					typed[col.name]++
				}
			}
			if d.Price.Known() {
				typed["known price"]++
			}
			if strings.ContainsAny(d.Text, "\u00a0\u3000\u200c\x02") || strings.Contains(d.Text, "<s") {
				t.Errorf("%s is not clean", d.ID)
			}
		}
		t.Logf("%s: %v", c.file, typed)
		for _, field := range c.typed {
			if typed[field] < (c.rows-c.bad)*98/100 {
				t.Errorf("%s: %s in %d of %d rows", c.file, field, typed[field], c.rows)
			}
		}
	}
}

func BenchmarkImport(b *testing.B) {
	var file strings.Builder
	file.WriteString("编号,名称,内容,国民经济行业,地区,所处阶段,合作方式,价格（万元）,发布时间,备注\n")
	text := strings.Repeat("本项目采用机器视觉的原理，开发设计一套相对通用的尺寸测量系统。", 8)
	const rows = 5000
	for i := range rows {
		fmt.Fprintf(&file, "%d,测量系统%d,%s%d,制造业——仪器仪表制造业,内蒙古自治区通辽市科尔沁区,已有样品,技术转让,%d,2023.5,备注%d\n", i, i, text, i, i, i)
	}
	for b.Loop() {
		s, err := Open(b.TempDir(), Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Import(context.Background(), s, rowsOf(file.String(), ReadOptions{}), ImportOptions{}); err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// An operator closed a field and took a posting down; the source that knows nothing of it delivers its row again.
func TestAnImportOpensNothingThatWasClosed(t *testing.T) {
	s := open(t)
	load := func(file string) {
		t.Helper()
		if _, err := Import(context.Background(), s, rowsOf(file, ReadOptions{}), ImportOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	load("编号,名称,内容\n1,甲,密\n")
	d, err := s.Get(Need, "1")
	if err != nil {
		t.Fatal(err)
	}
	d.Status, d.Disclosure = Withdrawn, map[string]Level{"text": Confidential}
	write(t, s, Batch{Puts: []Put{{Doc: d}}})
	for _, c := range []struct {
		file   string
		status Status
		text   string // of the public
	}{
		{"编号,名称,内容\n1,甲,密\n", Withdrawn, ""},
		{"编号,名称,内容,信息状态,公开范围\n1,甲,密之二,,\n", Withdrawn, ""},
		{"编号,名称,内容,信息状态\n1,甲,密之二,已发布\n", Published, ""},
		{"编号,名称,内容,公开范围\n1,甲,密之二,\"{\"\"text\"\":\"\"public\"\"}\"\n", Published, "密之二"},
	} {
		load(c.file)
		if d, err = s.Get(Need, "1"); err != nil || d.Status != c.status || d.Public().Text != c.text {
			t.Errorf("%s: %s, text %q, %v", c.file, d.Status, d.Public().Text, err)
		}
	}
}
