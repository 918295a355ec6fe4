package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"duijie/corpus/market"
)

type feedbackPage struct {
	Feedback []market.Feedback
	Next     string
}

func TestFeedbackIsToldAndListedByAdmins(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	body := `{"feedback":[
		{"need":"n1","act":"shown","shown":["a1","a2"],"ranking":"2","at":"2026-11-23T07:00:00Z"},
		{"need":"n1","act":"opened","achievement":"a1","position":1,"at":"2026-11-23T07:01:00Z"},
		{"need":"n1","act":"declined","achievement":"a1","position":1,"reason":"price_or_terms","at":"2026-11-23T07:02:00Z"}]}`
	w.as(w.adminKey, "POST", "/v1/feedback", body).want(204)
	w.as(w.adminKey, "POST", "/v1/feedback", body).want(204) // an answer was lost: told again
	page := decodeAs[feedbackPage](w.as(w.adminKey, "GET", "/v1/feedback?need=n1", "").want(200))
	var acts []string
	for _, f := range page.Feedback {
		acts = append(acts, string(f.Act))
		if !strings.HasPrefix(f.By, "key:") || f.Need != "n1" {
			t.Errorf("%+v", f)
		}
	}
	if got := strings.Join(acts, " "); got != "shown opened declined" || page.Next != "" {
		t.Errorf("acts %s, next %q", got, page.Next)
	}
	if f := page.Feedback[0]; !slices.Equal(f.Shown, []string{"a1", "a2"}) || f.Ranking != "2" {
		t.Errorf("%+v", f)
	}
	if other := decodeAs[feedbackPage](w.as(w.adminKey, "GET", "/v1/feedback?need=n", "").want(200)); len(other.Feedback) != 0 {
		t.Errorf("the need n has the feedback of n1: %+v", other.Feedback)
	}
	w.as(w.readKey, "POST", "/v1/feedback", body).problem(403)
	w.as(w.readKey, "GET", "/v1/feedback", "").problem(403)
}

func TestWrongFeedbackIsNamedAndNoneIsKept(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	p := w.as(w.adminKey, "POST", "/v1/feedback", `{"feedback":[
		{"need":"n1","act":"opened","achievement":"a1"},
		{"need":"none","act":"opened","achievement":"a1"},
		{"need":"n1","act":"opened","achievement":"none"},
		{"need":"n1","act":"declined","achievement":"a1"}]}`).problem(422)
	var fields []string
	for _, f := range p.Errors {
		fields = append(fields, f.Field)
	}
	if got := strings.Join(fields, " "); got != "feedback[1].need feedback[2].achievement feedback[3].reason" {
		t.Errorf("fields %s", got)
	}
	if page := decodeAs[feedbackPage](w.as(w.adminKey, "GET", "/v1/feedback", "").want(200)); len(page.Feedback) != 0 {
		t.Errorf("kept %+v", page.Feedback)
	}
	one := `{"need":"n1","act":"opened","achievement":"a1"}`
	for _, body := range []string{`{"feedback":[]}`, `{"feedback":[` + strings.Repeat(one+",", 100) + one + `]}`, `{"feedback":[{"need":"n1","act":"liked","achievement":"a1"}]}`} {
		w.as(w.adminKey, "POST", "/v1/feedback", body).problem(422)
	}
}

func TestAWalkOverFeedbackDeliversEachOnceByNeedAndTime(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for i := range 7 {
		body := fmt.Sprintf(`{"feedback":[{"need":"n2","act":"opened","achievement":"a1","at":"2026-11-23T07:00:0%dZ"},{"need":"n1","act":"opened","achievement":"a1","at":"2026-11-23T07:00:0%dZ"}]}`, 6-i, i)
		w.as(w.adminKey, "POST", "/v1/feedback", body).want(204)
	}
	for path, want := range map[string]int{"/v1/feedback?limit=3": 14, "/v1/feedback?limit=3&need=n2": 7, "/v1/feedback?limit=7&need=n2": 7} {
		var walked []string
		for next := ""; ; {
			page := decodeAs[feedbackPage](w.as(w.adminKey, "GET", path+"&after="+next, "").want(200))
			for _, f := range page.Feedback {
				walked = append(walked, f.Need+f.At.String())
			}
			if next = page.Next; next == "" {
				break
			}
		}
		if len(slices.Compact(slices.Clone(walked))) != want || !slices.IsSorted(walked) {
			t.Errorf("%s walked %v", path, walked)
		}
	}
}
