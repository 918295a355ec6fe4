package api

import (
	"slices"
	"strings"
	"testing"

	"duijie/matcher"
)

func TestCoachAnswersATextAndADraft(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	before, err := w.svc.Store.LastChange()
	w.must(err)
	const text = "玉米淀粉生产废水COD浓度高，达不到排放标准，需要便宜的厌氧处理工艺，并回收沼气。"
	a := decodeAs[matcher.Advice](w.as("", "POST", "/v1/coach", `{"text":"`+text+`"}`).want(200))
	if a.Completeness <= 0 || a.Completeness >= 1 || len(a.Missing) == 0 || a.Missing[0].Field != "indicators" || a.Route.Way == "" || len(a.Keywords) == 0 {
		t.Errorf("a text: %+v", a)
	}
	var sum float64
	for _, g := range a.Missing {
		sum += g.Weight
	}
	if d := a.Completeness + sum - 1; d > 1e-9 || d < -1e-9 {
		t.Errorf("completeness %v and weights of %v are not 1", a.Completeness, sum)
	}
	if len(a.Similar) != 1 || a.Similar[0].ID != "n1" {
		t.Errorf("similar %+v", a.Similar)
	}
	full := decodeAs[matcher.Advice](w.as("", "POST", "/v1/coach", `{"title":"淀粉废水厌氧处理","text":"`+text+`","goal":"COD ≤ 100 mg/L","tried":"试过好氧，电费高","indicators":["COD ≤ 100 mg/L"],
		"budget":"80-100万元","field":["1391"],"region":"150502","stage":"pilot","cooperation":["transfer"],"valid_until":"2027-06"}`).want(200))
	if full.Completeness != 1 || len(full.Missing) != 0 {
		t.Errorf("a full draft: %+v", full)
	}
	english := decodeAs[matcher.Advice](w.as("", "POST", "/v1/coach", `{"text":"淀粉","lang":"en"}`).want(200))
	if !strings.HasPrefix(english.Missing[0].Question, "Which figures") {
		t.Errorf("in English: %q", english.Missing[0].Question)
	}
	if after, err := w.svc.Store.LastChange(); err != nil || after != before {
		t.Errorf("drafts were stored: change %d to %d, %v", before, after, err)
	}
	if strings.Contains(w.log.String(), text[:12]) {
		t.Error("a draft is logged")
	}
}

func TestCoachOffersToSplit(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	a := decodeAs[matcher.Advice](w.as("", "POST", "/v1/coach", `{"text":"我厂有两个难题：1、如何降低沼气脱硫的药剂费；2、寻求替代进口的玉米烘干控制系统。"}`).want(200))
	var titles []string
	for _, p := range a.Parts {
		titles = append(titles, p.Title)
	}
	if !slices.Equal(titles, []string{"如何降低沼气脱硫的药剂费", "寻求替代进口的玉米烘干控制系统"}) {
		t.Errorf("parts %q", titles)
	}
}

func TestCoachSaysWhatIsWrong(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for name, c := range map[string]struct {
		body   string
		status int
		field  string
	}{
		"empty":      {`{}`, 422, "text"},
		"blank":      {`{"text":" \n "}`, 422, "text"},
		"too large":  {`{"text":"` + strings.Repeat("长", 21_000) + `","goal":"` + strings.Repeat("长", 500) + `"}`, 413, "text"},
		"field code": {`{"text":"x","field":["淀粉"]}`, 422, "field"},
		"date":       {`{"text":"x","valid_until":"soon"}`, 422, "valid_until"},
		"stage":      {`{"text":"x","stage":"soon"}`, 422, "stage"},
		"amount":     {`{"text":"x","budget":"三年"}`, 200, ""},
		"language":   {`{"text":"x","lang":"de"}`, 422, "lang"},
	} {
		r := w.as("", "POST", "/v1/coach", c.body)
		if c.status == 200 {
			r.want(200)
			continue
		}
		if p := r.problem(c.status); len(p.Errors) != 1 || p.Errors[0].Field != c.field {
			t.Errorf("%s: %s", name, r.body)
		}
	}
	h := Handler(unstarted(w), nil)
	send(t, h, "POST", "/v1/coach", `{"text":"x"}`).problem(503)
}
