package web

import (
	"regexp"
)

// Foot says who runs the service: the last lines of each page. What is "" is left out.
type Foot struct {
	Operator string // name of who runs it
	ICP      string // its record with the ministry: 蒙ICP备2026000001号
	Police   string // its record with the police: 蒙公网安备15050202000001号
	Privacy  string // address of the operator's own privacy policy; "": the page /privacy alone
	About    string // address where the operator presents itself
}

// Where records are looked up. Links lead there; nothing is loaded from there.
const (
	icpRecords    = "https://beian.miit.gov.cn/"
	policeRecords = "https://beian.mps.gov.cn/#/query/webSearch?code="
)

var digits = regexp.MustCompile(`[0-9]{8,}`)

// lines are what the foot of a page shows. Code is set where a link leads to another host.
func (f Foot) lines(r request, s *site) []value {
	out := []value{{Text: r.t("privacy.title"), URL: s.url("/privacy")}}
	for _, v := range []value{
		{Text: f.Operator, URL: f.About, Code: f.About},
		{Text: f.ICP, URL: icpRecords, Code: icpRecords},
		{Text: f.Police, URL: policeRecords + digits.FindString(f.Police), Code: policeRecords},
	} {
		if v.Text != "" {
			out = append(out, v)
		}
	}
	return out
}

func (s *site) privacy(r request) (page, error) {
	return page{Template: "privacy", Title: r.t("privacy.title"), Data: s.foot}, nil
}

func (s *site) accessibility(r request) (page, error) {
	return page{Template: "accessibility", Title: r.t("access.title"), Data: s.foot}, nil
}
