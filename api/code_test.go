package api

import (
	"testing"
)

func TestCodesHaveNames(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	list := decodeAs[struct{ Tables []CodeTableInfo }](w.as("", "GET", "/v1/codes", "").want(200)).Tables
	for _, info := range list {
		table := decodeAs[CodeTable](w.as("", "GET", "/v1/codes/"+info.Table, "").want(200))
		known := map[string]bool{}
		for _, c := range table.Codes {
			if c.Name == "" || c.Parent != "" && !known[c.Parent] || known[c.Code] {
				t.Errorf("%s: %+v stands without a name, before its parent or twice", info.Table, c)
			}
			known[c.Code] = true
		}
		if len(table.Codes) != info.Count || info.Count == 0 || info.Edition == "" {
			t.Errorf("%+v has %d codes", info, len(table.Codes))
		}
	}
	w.as("", "GET", "/v1/codes/colours", "").problem(404)
	p := decodeAs[Posting](w.as("", "GET", "/v1/achievements/a1", "").want(200))
	if c := p.Codes; c == nil || c.Field[0].Name != "淀粉及淀粉制品制造" || c.Region.Name != "科尔沁区" || c.Stage.NameEN != "Pilot" || c.Cooperation[0].Name != "技术许可" {
		t.Errorf("the codes of a document: %+v", c)
	}
}
