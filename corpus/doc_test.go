package corpus

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// full is a posting with every field set.
func full() Doc {
	return Doc{Kind: Achievement, Source: "portal", SourceID: "A/1", Status: Draft, Title: "玉米秸秆制糠醛", Text: "第一段\n\n第二段",
		Keywords: []string{"玉米", "糠醛"}, Field: []string{"2614", "C"}, Strategic: []string{"4.4"}, Region: "150502", Org: "某所", OrgCode: "91150500MA0N0AAA00",
		People: []string{"甲", "乙"}, Contact: "丙 0475-0000000", Indicators: []string{"收率 ≥ 10 %", "强度≥1,000 MPa；温度 -40 ℃"},
		Links: []Link{{Need, "N01"}, {Expert, "h234567abcdefgh23"}}, URL: "https://example.org/a?b=1&copy=2", Stage: Pilot, StageProof: "已有样品",
		Cooperation: []Mode{Transfer, Equity}, Price: &Money{Min: 80_000_000, Max: 120_000_000, Text: "80-120万元"}, Form: "新工艺", Level: "国内领先",
		Rights:       []Right{{"发明专利", "ZL202010000000.1", "有效"}, {Kind: "非专利技术"}, {Kind: "软件：著作权", Number: "2020SR1", State: ""}},
		Registration: "1502023Y0001", Evaluation: "好", Goal: "收率达到 12 %", Tried: "=试过两次", Budget: &Money{Text: "面议"}, Position: "研究员",
		Programme: "重点研发", ProjectNumber: "2020YFD0001", From: "2020", Until: "2022-06", PublishedOn: "2023-05-01", ValidUntil: "2027-12-31",
		ConfirmedOn: "2026-01-02", LicensedOn: "2026-03", WithdrawnOn: "2026-05-06", Gone: "2026-11-23", Extra: map[string]string{"备注": "=1+1", "价格": "80 箱", "extra.x": "y"},
		Disclosure: map[string]Level{"text": SignedIn, "extra.备注": Public, "price": Confidential}}
}

func TestEveryFieldHasALevelAndAColumn(t *testing.T) {
	d := full()
	always := []string{"kind", "id", "version", "status", "extra", "disclosure", "created", "updated"}
	v := reflect.ValueOf(d)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if _, ok := clearers[name]; ok == slices.Contains(always, name) {
			t.Errorf("%s: can be closed is %v", name, ok)
		}
		if c := columnsByName()[name]; !slices.Contains([]string{"version", "created", "updated"}, name) && (c == nil || c.get == nil) {
			t.Errorf("%s has no column", name)
		}
		if v.Field(i).IsZero() && !slices.Contains([]string{"id", "version", "created", "updated"}, name) {
			t.Errorf("full leaves out %s", name)
		}
	}
}

// keys returns the JSON form of d by name.
func keys(t *testing.T, d Doc) map[string]json.RawMessage {
	t.Helper()
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]json.RawMessage{}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestClosedFieldsLeaveNoTrace(t *testing.T) {
	for name := range clearers {
		d := full()
		d.Disclosure = map[string]Level{name: Confidential}
		before := keys(t, d.Public())
		clearers[name](&d)
		if after := keys(t, d.Public()); !reflect.DeepEqual(before, after) {
			t.Errorf("%s: %s, want %s", name, before, after)
		}
		if v, ok := before[name]; ok && string(v) != `""` { // the title is always written
			t.Errorf("%s is still there: %s", name, v)
		}
	}
}

func TestDisclosure(t *testing.T) {
	d := full()
	for _, c := range []struct {
		level  Level
		field  string
		wanted bool
	}{
		{Public, "text", false}, {SignedIn, "text", true}, {Confidential, "text", true},
		{Public, "备注", true}, {Public, "价格", false}, {Confidential, "价格", true},
		{Public, "contact", false}, {SignedIn, "contact", false}, {Confidential, "contact", true},
		{SignedIn, "price", false}, {Public, "title", true},
		{Level("secret"), "text", false}, // an unknown level opens nothing
	} {
		shown := d.ForLevel(c.level)
		_, got := keys(t, shown)[c.field]
		if _, ok := shown.Extra[c.field]; ok {
			got = true
		}
		if got != c.wanted {
			t.Errorf("%s at level %q is shown: %v", c.field, c.level, got)
		}
	}
	d.Disclosure = map[string]Level{"contact": "", "text": "typo"}
	if p := d.Public(); p.Contact != "" || p.Text != "" {
		t.Error("an empty or unknown level opens a field")
	}
}

func TestALevelOpensItselfAndThoseBelow(t *testing.T) {
	for i, l := range Levels {
		d := Doc{Title: "甲", Goal: "目标", Tried: "试过"}
		for j, need := range Levels {
			d.Disclosure = map[string]Level{"goal": need, "tried": Public}
			if shown := d.ForLevel(l); (shown.Goal != "") != (j <= i) || shown.Tried == "" {
				t.Errorf("%s reads what takes %s: %v", l, need, j > i)
			}
			if d.AsksPromise() != (need == Promised) {
				t.Errorf("a field of level %s asks for a promise: %v", need, need != Promised)
			}
			if merged := d; i < j {
				merged.Disclosure = map[string]Level{"goal": l}
				if merged.close("goal", need); merged.LevelOf("goal") != need {
					t.Errorf("of %s and %s the stricter is %s", l, need, merged.LevelOf("goal"))
				}
			}
		}
		if d.Disclosure["goal"] = "typo"; l != Confidential && d.ForLevel(l).Goal != "" {
			t.Errorf("%s reads what has an unknown level", l)
		}
	}
	if Level("typo").Opens(SignedIn) || !Level("typo").Opens(Public) {
		t.Error("an unknown level opens more or less than what is public")
	}
}

func TestPublicLeavesTheOriginalAlone(t *testing.T) {
	d := full()
	p := d.Public()
	if p.Extra["备注"] = "x"; d.Extra["备注"] != "=1+1" || len(d.Extra) != 3 {
		t.Error("the copy shares Extra")
	}
}

func TestCheck(t *testing.T) {
	long := strings.Repeat("长", MaxText)
	for field, change := range map[string]func(*Doc){
		"kind":      func(d *Doc) { d.Kind = "patent" },
		"title":     func(d *Doc) { d.Title = " <br>\u3000" },
		"text":      func(d *Doc) { d.Text = long },
		"org":       func(d *Doc) { d.Org = "\xff" },
		"position":  func(d *Doc) { d.Position = long },
		"source_id": func(d *Doc) { d.SourceID = long },
		"keywords":  func(d *Doc) { d.Keywords = []string{long} },
		"people": func(d *Doc) {
			d.People = make([]string, 0)
			for range 65 {
				d.People = append(d.People, "甲")
			}
		},
		"ip":             func(d *Doc) { d.Rights = []Right{{Number: long}} },
		"extra":          func(d *Doc) { d.Extra = map[string]string{"a": long + long + long + long} },
		"field":          func(d *Doc) { d.Field = []string{"9999"} },
		"strategic":      func(d *Doc) { d.Strategic = []string{"1.9"} },
		"region":         func(d *Doc) { d.Region = "159999" },
		"stage":          func(d *Doc) { d.Stage = "trl5" },
		"cooperation":    func(d *Doc) { d.Cooperation = []Mode{""} },
		"disclosure":     func(d *Doc) { d.Disclosure = map[string]Level{"contact": ""} },
		"url":            func(d *Doc) { d.URL = "javascript:alert(1)" },
		"price":          func(d *Doc) { d.Price = &Money{Min: 5, Max: 3} },
		"budget":         func(d *Doc) { d.Budget = &Money{Min: -5} },
		"published":      func(d *Doc) { d.PublishedOn = "2023-02-30" },
		"links":          func(d *Doc) { d.Links = []Link{{Kind: Need}} },
		"":               func(d *Doc) { d.Price = &Money{} },
		"project_number": func(d *Doc) { d.ProjectNumber = long },
		"disclosure ":    func(d *Doc) { d.Disclosure = map[string]Level{"nothing": Public} },
		"status":         func(d *Doc) { d.Status = "gone" },
	} {
		d := full()
		change(&d)
		errs := d.Check()
		if field == "" {
			if len(errs) > 0 {
				t.Errorf("right, and refused: %v", errs)
			}
			continue
		}
		if len(errs) != 1 || errs[0].Field != strings.TrimSpace(field) || errs[0].Fix == "" || errs[0].Code != Invalid {
			t.Errorf("%s: %v", field, errs)
		}
	}
}

func TestCheckReportsInOneOrder(t *testing.T) {
	for range 20 {
		d := Doc{Text: strings.Repeat("a", MaxText+1), Goal: "\xff", Tried: "\xff", Org: "\xff", Contact: "\xff"}
		var fields []string
		for _, e := range d.Check() {
			fields = append(fields, e.Field)
		}
		if got := strings.Join(fields, " "); got != "kind title text org contact goal tried" {
			t.Fatalf("order %s", got)
		}
	}
}

func TestCheckCleansTextsAndLeavesTheCallersSlices(t *testing.T) {
	words := []string{" 玉米 ", ""}
	extra := map[string]string{" 备注 ": "<p>好</p>", "空": " "}
	d := Doc{Kind: Need, Title: "<b>求</b>\u3000技术\n", Text: "一<br>二", Keywords: words, Extra: extra, Price: &Money{}}
	if errs := d.Check(); len(errs) > 0 {
		t.Fatal(errs)
	}
	if d.Title != "求 技术" || d.Text != "一\n二" || len(d.Keywords) != 1 || d.Keywords[0] != "玉米" || d.Extra["备注"] != "好" || len(d.Extra) != 1 || d.Price != nil {
		t.Errorf("%+v", d)
	}
	if words[0] != " 玉米 " || extra["空"] != " " {
		t.Error("the caller's values changed")
	}
}

func TestCheckCleansAmounts(t *testing.T) {
	price, budget := Money{Min: 5, Text: " <b>五</b>分\u200b "}, Money{Text: "<br>"}
	d := Doc{Kind: Need, Title: "求", Price: &price, Budget: &budget}
	if errs := d.Check(); len(errs) > 0 {
		t.Fatal(errs)
	}
	if *d.Price != (Money{Min: 5, Text: "五分"}) || d.Budget != nil {
		t.Errorf("%+v, %+v", d.Price, d.Budget)
	}
	if price.Text == "五分" {
		t.Error("the caller's amount changed")
	}
}

func TestExtraColumnsOfTheSameNameAreNumbered(t *testing.T) {
	want := map[string]string{"备注": "甲", "备注_2": "乙", "备注_3": "丙", "备注_4": "丁"}
	for range 50 { // maps have no order
		d := Doc{Kind: Need, Title: "求", Extra: map[string]string{"<b>备注</b>": "丙", "备注": "甲", "备注_2": "乙", "备注 ": "丁", " 备注": "<br>"}}
		if errs := d.Check(); len(errs) > 0 {
			t.Fatal(errs)
		}
		if !maps.Equal(d.Extra, want) {
			t.Fatalf("%v, want %v", d.Extra, want)
		}
	}
}

func TestIdentity(t *testing.T) {
	ids := map[string][2]string{}
	for _, c := range []struct{ source, id, want string }{
		{DefaultSource, "A-001", "A-001"},
		{DefaultSource, "x.y", "x.y"},
		{"x", "y", "x~y"},
		{"x.y", "z", "x.y~z"},
		{"x", "y.z", "x~y.z"},
		{DefaultSource, "编号1", ""},
		{DefaultSource, "x~y", ""},
		{"来源", "1", ""},
		{DefaultSource, "h234567abcdefgh23", ""},
		{DefaultSource, strings.Repeat("a", 65), ""},
	} {
		id := MakeID(c.source, c.id)
		if c.want == "" && !hashedID.MatchString(id) || c.want != "" && id != c.want {
			t.Errorf("MakeID(%q, %q) = %q, want %q", c.source, c.id, id, c.want)
		}
		if other, ok := ids[id]; ok {
			t.Errorf("%q and %q are both %s", other, c, id)
		}
		ids[id] = [2]string{c.source, c.id}
	}
}

func TestWithoutAnIDTheTextAndTheHolderAreTheIdentity(t *testing.T) {
	id := func(d Doc) string { d.Check(); return d.ID }
	a := id(Doc{Kind: Expert, Title: "王伟", Org: "甲大学"})
	if b := id(Doc{Kind: Expert, Title: "王伟", Org: "乙大学"}); a == b {
		t.Error("namesakes of two places are one")
	}
	if b := id(Doc{Kind: Expert, Title: " 王 伟", Org: "甲大学。"}); a != b {
		t.Error("a blank makes another row")
	}
	if b := id(Doc{Kind: Need, Title: "王伟", Org: "甲大学"}); a == b {
		t.Error("two kinds are one")
	}
}

func TestParseKind(t *testing.T) {
	for in, want := range map[string]Kind{"成果": Achievement, "Needs": Need, " 专家 ": Expert, "科技计划项目": Project, "科技成果": Achievement, "技术需求": Need, "科技项目": Project, "": "", "apple": ""} {
		if got, ok := ParseKind(in); got != want || ok != (want != "") {
			t.Errorf("ParseKind(%q) = %q, %v", in, got, ok)
		}
	}
}
