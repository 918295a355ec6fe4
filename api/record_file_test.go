package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"duijie/corpus/market"
)

func TestRecordsComeBackFromTheFilesThatAreWritten(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for i := range 3 {
		w.as(w.readKey, "POST", "/v1/leads", fmt.Sprintf(`{"need":"n1","achievement":"a1","message":"=留言 %d\n第二行"}`, i)).want(201)
	}
	last := decodeAs[leadPage](w.as(w.readKey, "GET", "/v1/leads", "").want(200)).Leads[0]
	w.as(w.adminKey, "PATCH", "/v1/leads/"+last.ID, `{"state":"declined","reason":"price_or_terms"}`).want(200)
	table := ""
	for _, format := range []string{"csv", "xlsx", "jsonl"} {
		file := w.as(w.readKey, "GET", "/v1/leads/export?format="+format, "").want(200)
		sum := decodeAs[RecordImport](w.as(w.readKey, "POST", "/v1/leads/import", file.body, "Content-Type", file.Header.Get("Content-Type")).want(200))
		if sum.Read != 3 || sum.Unchanged != 3 || len(sum.Unknown) > 0 {
			t.Errorf("%s is read as %+v", format, sum)
		}
		if format == "csv" {
			table = file.body
		}
	}
	// Without their ids the rows make new ones, but for a state that only a move gives.
	table = strings.ReplaceAll(strings.ReplaceAll(table, "编号", "旧编号"), "\ufeff", "")
	sum := decodeAs[RecordImport](w.as(w.readKey, "POST", "/v1/leads/import", table, "Content-Type", "text/csv").want(200))
	if sum.Created != 2 || sum.Bad != 1 || sum.Rows[0].Line != 2 || strings.Join(sum.Unknown, " ") != "旧编号" {
		t.Errorf("without ids it is read as %+v", sum)
	}
	if now := decodeAs[leadPage](w.as(w.readKey, "GET", "/v1/leads?state=declined", "").want(200)); len(now.Leads) != 1 {
		t.Errorf("%d are declined", len(now.Leads))
	}
	if w.as(w.adminKey, "GET", "/v1/leads/export", "").want(200).body == w.as(w.key(market.Firm), "GET", "/v1/leads/export", "").want(200).body {
		t.Error("a firm exports what others made")
	}
}

func TestABadRowCostsNoOther(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	own := decodeAs[market.Lead](w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).want(201)).ID
	other := decodeAs[market.Lead](w.as(w.adminKey, "POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).want(201)).ID
	file := "编号,技术需求,科技成果,状态,谢绝的原因,备注\n" +
		own + ",n1,a1,已谢绝,技术过早,x\n" +
		other + ",n1,a1,已谢绝,技术过早,x\n" +
		",n1,none,,,\n,n1,,,,\n,n1,draft,,,\n,n1,a2,,,\n" +
		own + ",n1,a1,洽谈中,,\n" + own + ",n1,a2,,,\n"
	sum := decodeAs[RecordImport](w.as(w.readKey, "POST", "/v1/leads/import", file, "Content-Type", "text/csv").want(200))
	var wrong []string
	for _, r := range sum.Rows {
		wrong = append(wrong, fmt.Sprint(r.Line, r.Faults[0].Field))
	}
	if got := strings.Join(wrong, " "); got != "3 4achievement 5achievement 6achievement 8state 9" || sum.Read != 8 || sum.Created != 1 || sum.Changed != 1 || sum.Bad != 6 || sum.Error != nil {
		t.Errorf("%q of %+v", got, sum)
	}
	if l := decodeAs[market.Lead](w.as(w.readKey, "GET", "/v1/leads/"+own, "").want(200)); l.State != market.Declined || l.Reason != market.TooEarly {
		t.Errorf("the row made %+v", l)
	}
	broken := decodeAs[RecordImport](w.as(w.readKey, "POST", "/v1/leads/import", "%PDF-1.4", "Content-Type", "text/csv").want(200))
	if broken.Error == nil || broken.Read != 0 {
		t.Errorf("a PDF is read as %+v", broken)
	}
}

// The register's list is read again and again: what is new, changed and void is told by the number, the rest stays.
func TestTheRegistersListIsReadByNumber(t *testing.T) {
	w := newWorld(t, nil)
	const header = "合同登记编号,合同名称,合同类别,卖方名称,买方名称,合同金额（万元）,技术交易额(万元),签订日期,状态,备注\n"
	for _, c := range []struct{ rows, want string }{
		{"2026001,甲,技术开发,某大学,某厂,80,60,2026/11/1,已登记,x\n2026002,乙,技术服务,某大学,某厂,5.5,5.5,2026-11-02,已登记,\n", "created 2 changed 0 unchanged 0 bad 0"},
		{"2026001,甲,技术开发,某大学,某厂,80,60,2026/11/1,已登记,y\n2026002,乙,技术服务,某大学,某厂,6.5,5.5,2026-11-02,已登记,\n", "created 0 changed 1 unchanged 1 bad 0"},
		{"2026001,甲,技术开发,某大学,某厂,80,60,2026/11/1,已作废,\n2026003,丙,技术咨询,某大学,某厂,面议,,2026-11-03,已登记,\n,丁,技术咨询,某大学,某厂,3,,2026-11-03,,\n", "created 1 changed 1 unchanged 0 bad 1"},
		{"2026001,甲,技术开发,某大学,某厂,80,60,2026/11/1,已登记,\n", "created 0 changed 0 unchanged 0 bad 1"},
	} {
		sum := decodeAs[RecordImport](w.as(w.adminKey, "POST", "/v1/contracts/import", header+c.rows, "Content-Type", "text/csv").want(200))
		if got := fmt.Sprintf("created %d changed %d unchanged %d bad %d", sum.Created, sum.Changed, sum.Unchanged, sum.Bad); got != c.want || strings.Join(sum.Unknown, " ") != "备注" {
			t.Errorf("%s is read as %+v, want %s", c.rows, sum, c.want)
		}
	}
	list := decodeAs[struct{ Contracts []market.Contract }](w.as(w.adminKey, "GET", "/v1/contracts", "").want(200)).Contracts
	var got []string
	for _, c := range list {
		got = append(got, fmt.Sprintf("%s %s %s %d", c.Number, c.State, c.Value, c.ValueFen))
	}
	slices.Sort(got)
	if said := strings.Join(got, "; "); said != " signed 3万元 3000000; 2026001 void 80万元 80000000; 2026002 registered 6.5万元 6500000" {
		t.Errorf("contracts are %s", said)
	}
	for _, c := range list { // the register goes on saying that it is registered
		if c.Number == "2026002" {
			w.as(w.adminKey, "PATCH", "/v1/contracts/"+c.ID, `{"state":"performed"}`).want(200)
		}
	}
	again := decodeAs[RecordImport](w.as(w.adminKey, "POST", "/v1/contracts/import", header+"2026002,乙,技术服务,某大学,某厂,7,5.5,2026-11-02,已登记,\n2026009,戊,技术服务,某大学,某厂,7,,2026-11-02,备案,\n", "Content-Type", "text/csv").want(200))
	if again.Changed != 1 || again.Bad != 1 || again.Rows[0].Faults[0].Field != "state" {
		t.Errorf("the list after a contract was performed: %+v", again)
	}
	for _, c := range list { // a row that names the record says nothing of its state
		if c.Number == "2026002" {
			byID := decodeAs[RecordImport](w.as(w.adminKey, "POST", "/v1/contracts/import", "编号,合同登记编号,合同金额（万元）\n"+c.ID+",2026002,8\n", "Content-Type", "text/csv").want(200))
			if byID.Changed != 1 {
				t.Errorf("a row with an id and no state: %+v", byID)
			}
		}
	}
	holder, _ := w.keyOf(market.Holder)
	w.as(holder, "POST", "/v1/contracts", `{"title":"抢","kind":"service","seller":"甲","buyer":"乙","value":"5万元","signed":"2026-11-01","number":"2026010"}`).want(201)
	squatted := decodeAs[RecordImport](w.as(w.adminKey, "POST", "/v1/contracts/import", header+"2026010,己,技术服务,某大学,某厂,7,,2026-11-02,已登记,\n", "Content-Type", "text/csv").want(200))
	if squatted.Bad != 1 || squatted.Changed != 0 {
		t.Errorf("whoever was first with a number owns what the register says: %+v", squatted)
	}
	sum := decodeAs[RecordImport](w.as(holder, "POST", "/v1/contracts/import", header+"2026002,乙,技术服务,某大学,某厂,1,1,2026-11-02,,\n", "Content-Type", "text/csv").want(200))
	if sum.Bad != 1 || sum.Changed != 0 || slices.ContainsFunc(list, func(c market.Contract) bool { return strings.Contains(fmt.Sprint(sum.Rows), c.ID) }) {
		t.Errorf("a holder changes what the operator recorded, or is told its id: %+v", sum)
	}
}

// Lists come with other headers, with parts of the words, and without a state: what has a number is registered.
func TestARegistersListHasItsOwnWords(t *testing.T) {
	w := newWorld(t, nil)
	const file = "登记编号,项目名称,合同类型,卖方,卖方性质,买方,合同成交总金额（万元）,签订时间,知识产权类型,行业\n" +
		"2026001,甲,技术服务合同,某大学,高校,某厂,80,2026年11月1日,发明专利,淀粉及淀粉制品制造\n" +
		"2026002,乙,服务,某大学,院校,某厂,8,2026-11-01,专利,1391\n" +
		",丙,转让,某大学,企业,某厂,8,2026-11-01,,\n"
	sum := decodeAs[RecordImport](w.as(w.adminKey, "POST", "/v1/contracts/import", file, "Content-Type", "text/csv").want(200))
	if sum.Created != 2 || sum.Bad != 1 || sum.Rows[0].Line != 2 || sum.Rows[0].Faults[0].Field != "seller_kind" || len(sum.Unknown) > 0 {
		t.Fatalf("%+v", sum)
	}
	var got []string
	for _, c := range decodeAs[struct{ Contracts []market.Contract }](w.as(w.adminKey, "GET", "/v1/contracts", "").want(200)).Contracts {
		got = append(got, fmt.Sprint(c.Title, c.State, c.Kind, c.SellerKind, c.IP, c.Field, c.ValueFen))
	}
	slices.Sort(got)
	if said := strings.Join(got, "; "); said != "丙signedtransferenterprise8000000; 乙registeredserviceuniversitypatent13918000000" {
		t.Errorf("contracts are %s", said)
	}
	unit := decodeAs[RecordImport](w.as(w.adminKey, "POST", "/v1/contracts/import", "合同名称,合同类别,卖方名称,买方名称,合同金额,签订日期\n甲,服务,某大学,某厂,80,2026-11-01\n", "Content-Type", "text/csv").want(200))
	if unit.Bad != 1 || unit.Rows[0].Faults[0].Field != "value" {
		t.Errorf("an amount without a unit: %+v", unit)
	}
}

func TestAPartOfWordsIsNotTheirOpposite(t *testing.T) {
	cleared := column{choices: []market.Named{{Value: "yes", Words: market.Words{"不含国家秘密和不得公开的内容", "Cleared"}}, {Value: "no", Words: market.Words{"待定", "Open"}}}}
	for text, want := range map[string]string{"不含国家秘密": "yes", "含国家秘密和不得公开的内容": "含国家秘密和不得公开的内容", "含国家秘密": "含国家秘密", "待定": "no"} {
		if got := cleared.value(text); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}
