package corpus

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// readAll returns the rows of a text.
func readAll(t *testing.T, text string, o ReadOptions) (rows []Row) {
	t.Helper()
	for row, err := range Read(strings.NewReader(text), "a.csv", o) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

func TestARowReadsAlikeFromItsText(t *testing.T) {
	o := ReadOptions{Kind: Achievement}
	for name, text := range map[string]string{
		"good":        "编号,名称,价格\n1,甲,10万元\n",
		"bad":         "编号,名称,价格\n1,,10万元\n",
		"lost digits": "编号,名称\n9.11505E+17,甲\n",
		"guarded":     "编号,名称\n'9.11505E+17,甲\n",
		"unit":        "名称,拟投入资金（万元）\n甲,50\n",
		"too many":    "名称,内容\n甲,乙,丙\n",
		"same names":  "名称,备注,备注\n甲,乙,丙\n",
		"no name":     "名称,\n甲,乙\n",
		"objects":     `{"名称":"甲","关键词":["乙","丙"]}` + "\n" + `{"名称":` + "\n",
	} {
		for _, row := range readAll(t, text, o) {
			again := row.Text().Read(o)
			if got, want := fmt.Sprint(again.Problems, again.Warnings, again.Line), fmt.Sprint(row.Problems, row.Warnings, row.Line); got != want || !reflect.DeepEqual(again.Doc, row.Doc) {
				t.Errorf("%s:\n%+v %s\nbecame\n%+v %s", name, row.Doc, want, again.Doc, got)
			}
		}
	}
}

func TestAMendedRowIsTakenAsItIsTyped(t *testing.T) {
	o := ReadOptions{Kind: Achievement}
	for _, test := range []struct{ name, text, cells, want string }{
		{"nothing", "编号,名称\n9.1E+17,甲\n", "9.1E+17|甲", "false bad"},
		{"line ends", "名称,内容\n甲,\"一\n二\"\n", "甲|一\r\n二", "false 甲|一\n二"},
		{"typed once more", "编号,名称\n9.1E+17,甲\n", "9.1E+17 |甲", "true 甲|"},
		{"title", "名称,内容\n,乙\n", "甲|乙", "true 甲|乙"},
		{"lines", "名称,内容\n甲,乙\n", "甲|一\r\n二", "true 甲|一\n二"},
		{"a cell too many", "名称,内容\n甲,乙,丙\n", "甲|乙|", "true 甲|乙"},
		{"a line that is no JSON", `{"名称":` + "\n", `{"名称":"甲"}`, "true 甲|"},
	} {
		first := readAll(t, test.text, o)[0]
		text, changed := first.Text().With(strings.Split(test.cells, "|"))
		row := text.Read(o)
		got := fmt.Sprint(changed, " bad")
		if !row.Bad() {
			got = fmt.Sprint(changed, " ", row.Doc.Title, "|", row.Doc.Text)
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestFieldsHaveChineseNames(t *testing.T) {
	var names []string
	for _, f := range Fields() {
		if !strings.ContainsFunc(f.Header, isHan) || slices.Contains(names, f.Header) {
			t.Errorf("%s is called %q", f.Name, f.Header)
		}
		if err := CheckMap(map[string]string{"列": f.Name}); err != nil {
			t.Errorf("a map can't name %s: %v", f.Name, err)
		}
		names = append(names, f.Header)
	}
	for _, want := range []string{"名称", "内容", "有效期", "起止时间", "技术领域", "专利号", "应用范围"} {
		if !slices.Contains(names, want) {
			t.Errorf("no field is called %s", want)
		}
	}
}

func TestAColumnIsKeptBesideTheFields(t *testing.T) {
	for _, o := range []ReadOptions{{Map: map[string]string{"价格": "+"}}, {Saved: map[string]string{"价格": "+"}}} {
		o.Kind = Achievement
		var mapped []Mapping
		o.Mapped = func(_ string, columns []Mapping) { mapped = columns }
		row := readAll(t, "名称,价格\n甲,10万元\n", o)[0]
		if row.Doc.Price != nil || row.Doc.Extra["价格"] != "10万元" || len(row.Warnings) != 0 {
			t.Errorf("%+v", row)
		}
		if mapped[1].Field != "+" || !mapped[1].Used() {
			t.Errorf("the column is said to be %+v", mapped[1])
		}
	}
}

// An import that was cut off goes on with the same rows under the same id.
func TestAnImportGoesOn(t *testing.T) {
	const rows = 1_200 // two batches and a bit
	var b strings.Builder
	b.WriteString("编号,名称\n")
	for i := range rows {
		title := fmt.Sprint("成果", i)
		if i%100 == 0 {
			title = ""
		}
		fmt.Fprintf(&b, "%d,%s\n", i%1_100, title) // the last 100 are said twice
	}
	s := open(t)
	id := NewImportID(s.now())
	read := func(until int) func(func(Row, error) bool) {
		return func(yield func(Row, error) bool) {
			n := 0
			for row, err := range Read(strings.NewReader(b.String()), "a.csv", ReadOptions{Kind: Achievement}) {
				if n++; n > until {
					yield(row, fmt.Errorf("cut off"))
					return
				}
				if !yield(row, err) {
					return
				}
			}
		}
	}
	first, err := Import(t.Context(), s, read(700), ImportOptions{Actor: "test", ID: id})
	if err == nil || first.Read != 700 {
		t.Fatalf("%+v %v", first, err)
	}
	func() { // as where the program is killed: nobody says that it failed
		defer func() { recover() }()
		Import(t.Context(), s, read(rows), ImportOptions{Actor: "test", ID: id, Committed: func(Summary) { panic("killed") }})
	}()
	if r, err := s.ImportRecord(id); err != nil || r.State != ImportBroken || r.Read != 1_200 && r.Read != 700 {
		t.Fatalf("%+v %v", r, err)
	}
	var told []int
	sum, err := Import(t.Context(), s, read(rows), ImportOptions{Actor: "test", ID: id, Report: func(r Row) { told = append(told, r.Line) }})
	if err != nil || sum.Read != rows || sum.Bad != 12 || sum.Created != 1_089 || sum.Repeated != 99 || sum.Updated != 99 {
		t.Errorf("%+v %v", sum, err)
	}
	record, err := s.ImportRecord(id)
	if err != nil || record.State != ImportDone || record.Error != "" || record.Read != rows || record.Earlier.Documents != 1_089 {
		t.Errorf("%+v %v", record, err)
	}
	if _, err := Import(t.Context(), s, read(rows), ImportOptions{Actor: "test", ID: id}); CodeOf(err) != Conflict {
		t.Errorf("an import that is done: %v", err)
	}
	if _, err := s.Undo(t.Context(), id, UndoOptions{Actor: "test"}); err != nil {
		t.Fatal(err)
	}
	for _, err := range s.Each(Achievement, 0) {
		t.Fatalf("something is left after the undo: %v", err)
	}
}

func TestATelephoneNumberTypedIntoADraftIsClosed(t *testing.T) {
	rows, err := ReadText("企业名称：甲公司\n需求：缩短玉米浸泡时间", "a.txt", ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text := rows[0].Text()
	at := slices.Index(text.Header, "内容")
	if len(rows) != 1 || at < 0 {
		t.Fatalf("%+v", rows)
	}
	for range 2 { // the page shows what came of it, and it is sent again
		cells := slices.Clone(text.Cells)
		cells[at] += "，联系于工 13800000000"
		mended, changed := text.With(cells)
		row := mended.Read(ReadOptions{})
		if !changed || row.Bad() || strings.Contains(row.Doc.Text, "138") || row.Doc.Contact != "于工 13800000000" || row.Doc.Status != Draft {
			t.Errorf("%v %v, text %q, contact %q", changed, row.Problems, row.Doc.Text, row.Doc.Contact)
		}
		text.Cells = row.Cells
	}
}
