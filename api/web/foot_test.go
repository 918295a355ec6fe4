package web

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestTheFootSaysWhoRunsTheService(t *testing.T) {
	for _, test := range []struct {
		foot Foot
		want string // of the links in the foot that lead elsewhere, and of the texts
	}{
		{Foot{}, ""},
		{Foot{Operator: "某市科技局"}, "某市科技局"},
		{Foot{Operator: "某市科技局", About: "https://kjj.example.gov.cn/", ICP: "蒙ICP备2026000001号-1", Police: "蒙公网安备15050202000001号"},
			"某市科技局 https://kjj.example.gov.cn/; 蒙ICP备2026000001号-1 https://beian.miit.gov.cn/; 蒙公网安备15050202000001号 https://beian.mps.gov.cn/#/query/webSearch?code=15050202000001"},
	} {
		w := newWorld(t, Options{Foot: test.foot}, nil)
		doc, _ := w.get("/about")
		var got []string
		for _, li := range tags(classes(doc, "foot")[0], "li") {
			said := text(li)
			for _, a := range tags(li, "a") {
				if href := attr(a, "href"); !strings.HasPrefix(href, "/") {
					said += " " + href
				} else {
					said = ""
				}
			}
			if said != "" && !strings.HasPrefix(said, "对接") && len(tags(li, "form")) == 0 {
				got = append(got, said)
			}
		}
		if strings.Join(got, "; ") != test.want {
			t.Errorf("%+v: %q", test.foot, got)
		}
		for _, e := range all(doc, func(e *html.Node) bool {
			return strings.HasPrefix(attr(e, "src")+attr(e, "href"), "http") && e.Data != "a"
		}) {
			t.Errorf("%s is loaded from another host", e.Data)
		}
	}
	w := newWorld(t, Options{Foot: Foot{Operator: "某市科技局", Privacy: "https://kjj.example.gov.cn/privacy"}}, nil)
	doc, source := w.get("/privacy")
	if !strings.Contains(text(doc), "本站由 某市科技局 运营") || !strings.Contains(source, `href="https://kjj.example.gov.cn/privacy"`) {
		t.Error("the operator's own policy is not linked")
	}
}
