package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// said is what a row says for choosing: whose it is, its stage, its price or budget in fen, its days.
func (m Match) said() string {
	var stage string
	if m.Codes != nil && m.Codes.Stage != nil {
		stage = m.Codes.Stage.Code + " " + m.Codes.Stage.Name
	}
	var fen int64
	for _, amount := range []*corpus.Money{m.Price, m.Budget} {
		if amount != nil {
			fen = amount.Min
		}
	}
	return fmt.Sprintf("%s %s|%s|%d|%s|%s|%s", m.ID, m.Org, stage, fen, m.Published, m.ValidUntil, m.Updated.Format(time.DateOnly))
}

// Whoever asks, a match says of a posting what is public of it: the holder of a2 is told to keys alone, its contact to none.
func TestMatchesSayWhatToChooseBy(t *testing.T) {
	docs := testDocs()
	docs[5].Budget = &corpus.Money{Min: 30_000_00, Max: 50_000_00, Text: "3-5万元"} // of n2
	w := newWorld(t, nil, docs...)
	site := w.siteKey(market.SiteKey{})
	for _, test := range []struct{ body, want string }{
		{`{"need":"n1"}`, "a1 通辽市生态工程研究所|pilot 中期|800000000|2026-03-01||2026-11-23"},
		{`{"text":"淀粉生产废水的厌氧处理"}`, "a1 通辽市生态工程研究所|pilot 中期|800000000|2026-03-01||2026-11-23"},
		{`{"need":"n2"}`, "a2 |applied 成熟应用|0|2026-05-20||2026-11-23"},
		{`{"achievement":"a1"}`, "n1 某淀粉企业||0|2026-06-01|2027-06-01|2026-11-23"},
		{`{"achievement":"a2"}`, "n2 ||3000000|2026-07-15|2026-10-01|2026-11-23"},
	} {
		for who, r := range map[string]reply{"the public": w.as("", "POST", "/v1/match", test.body), "a key": w.as(w.readKey, "POST", "/v1/match", test.body),
			"an admin": w.as(w.adminKey, "POST", "/v1/match", test.body), "a widget": w.ask(site.Key, page, "POST", "/v1/match", test.body)} {
			a := decodeAs[Answer](r.want(200))
			if len(a.Matches) == 0 || a.Matches[0].said() != test.want {
				t.Errorf("%s, asked by %s, begins with %+v, want %s", test.body, who, a.Matches, test.want)
			}
			if strings.Contains(r.body, marker) || strings.Contains(r.body, openToKeys) {
				t.Errorf("%s shows %s what is closed", test.body, who)
			}
		}
	}
	for body, path := range map[string]string{`{"need":"n1"}`: "/v1/needs/n1/matches", `{"achievement":"a1"}`: "/v1/achievements/a1/matches"} {
		alone := w.as(w.readKey, "GET", path, "").want(200).body
		if batch := w.as(w.readKey, "POST", "/v1/match/batch", `{"questions":[`+body+`]}`).want(200).body; !strings.Contains(batch, strings.TrimSpace(alone)) {
			t.Errorf("%s says %s, a batch %s", path, alone, batch)
		}
	}
}

func TestTheStatusSaysWhoSeesWhatPeopleType(t *testing.T) {
	w := newWorld(t, nil)
	for _, hosts := range [][]string{nil, {"api.example.com", "rank.example.com"}} {
		w.svc.serving.Load().TypedTo = hosts
		if got := decodeAs[Status](w.as("", "GET", "/v1/status", "").want(200)).TypedTo; strings.Join(got, " ") != strings.Join(hosts, " ") {
			t.Errorf("typed text goes to %v, the status says %v", hosts, got)
		}
	}
}
