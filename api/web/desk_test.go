package web

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"duijie/corpus"
	"duijie/corpus/market"
)

// cornDocs are the fixtures with as many achievements for N1 as a sheet has.
func cornDocs() []corpus.Doc {
	docs := fixtures()
	for id, text := range map[string]string{
		"S1": "玉米浸泡水中亚硫酸的在线检测与自动补加，浸泡罐分段控制，亚硫酸用量下降三成。",
		"S2": "乳酸菌发酵替代部分亚硫酸的玉米浸泡工艺，浸泡时间缩短到30小时，淀粉收率不降。",
		"S3": "超声波辅助玉米浸泡装置，安装在逆流浸泡罐的循环管上，缩短浸泡周期。",
	} {
		docs = append(docs, corpus.Doc{Kind: corpus.Achievement, SourceID: id, Title: strings.SplitAfterN(text, "，", 2)[0], Text: text, Field: []string{"1391"}, Keywords: []string{"玉米", "浸泡", "亚硫酸"}})
	}
	return docs
}

// deskWorld is a world whose lists are made, and a broker's cookie.
func deskWorld(t *testing.T) (*world, string) {
	w := newWorld(t, Options{}, cornDocs())
	w.svc.BaseURL = "https://www.example.cn"
	w.get("/needs/N1") // makes its list
	secret, _ := w.key(market.Broker)
	return w, w.signInWith(secret)
}

// form is what the n-th form of a page that posts to an address would send.
func formTo(doc *html.Node, address string) url.Values {
	values := url.Values{}
	for _, f := range tags(doc, "form") {
		if attr(f, "action") != address {
			continue
		}
		for _, in := range tags(f, "input", "textarea", "select") {
			value := attr(in, "value")
			switch in.Data {
			case "textarea":
				value = text(in)
			case "select":
				for _, o := range tags(in, "option") {
					if has(o, "selected") {
						value = attr(o, "value")
					}
				}
			}
			values.Add(attr(in, "name"), value)
		}
		break
	}
	return values
}

func TestTwoBrokersDontWorkOneNeed(t *testing.T) {
	w, one := deskWorld(t)
	secret, _ := w.key(market.Broker)
	other := w.signInWith(secret)
	doc, _ := w.get("/desk", one)
	if said := text(doc); !strings.Contains(said, "缩短玉米浸泡周期") || !strings.Contains(said, "预算 600万元") || !strings.Contains(said, "尚无意向") || !strings.Contains(said, "价值") {
		t.Fatalf("the desk: %s", said)
	}
	claim := formTo(doc, "/desk")
	claim.Set("do", "claim")
	if doc, _ := w.page(http.StatusOK, http.MethodPost, "/desk", claim, one); !strings.Contains(text(doc), "认领到 2026-11-30") || !strings.Contains(text(doc), "没有等待认领") {
		t.Errorf("after a claim: %s", text(doc))
	}
	if doc, _ := w.page(http.StatusConflict, http.MethodPost, "/desk", claim, other); !strings.Contains(text(doc), "县科技局 已经认领，到 2026-11-30 为止") {
		t.Errorf("a second claim: %s", text(doc))
	}
	if doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/claims/new", url.Values{"need": {"N1"}}, other); !strings.Contains(text(doc), "县科技局 已经认领，到 2026-11-30 为止") || strings.Contains(text(doc), "填了同样的内容") {
		t.Errorf("a second claim by the form: %s", text(doc))
	}
	doc, _ = w.get("/desk", one)
	release := formTo(doc, "/desk")
	release.Set("do", "release")
	if doc, _ := w.page(http.StatusOK, http.MethodPost, "/desk", release, one); !strings.Contains(text(doc), "已放回") {
		t.Errorf("after a release: %s", text(doc))
	}
	if doc, _ := w.page(http.StatusOK, http.MethodPost, "/desk", claim, other); !strings.Contains(text(doc), "我的认领") {
		t.Errorf("what was released: %s", text(doc))
	}
	firm, _ := w.key(market.Firm)
	w.page(http.StatusForbidden, http.MethodGet, "/desk", nil, w.signInWith(firm))
	if res := w.ask(http.MethodGet, "/desk/tasks.ics", nil, one); res.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Errorf("the calendar is %q", res.Header.Get("Content-Type"))
	}
	if res := w.ask(http.MethodGet, "/desk/tasks.ics", nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the calendar for nobody: %d", res.StatusCode)
	}
}

func TestASheetKeepsWhatWasTypedAndIsAFile(t *testing.T) {
	w, in := deskWorld(t)
	doc, _ := w.get("/needs/N1/sheet", in)
	form := formTo(doc, "/needs/N1/sheet")
	ids := form["id"]
	if len(ids) < market.LeastEntries {
		t.Fatalf("the form offers %q", ids)
	}
	form.Set("comment-"+ids[0], "可先看<b>现场</b>")
	form.Set("place-"+ids[1], "0")
	form.Set("place-"+ids[2], "0")
	for _, id := range ids[3:] {
		form.Set("place-"+id, "0")
	}
	doc, source := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/needs/N1/sheet", form, in)
	if !strings.Contains(text(doc), "选了 1 项") || !strings.Contains(source, "可先看&lt;b&gt;现场") {
		t.Errorf("one is chosen: %s", text(doc))
	}
	form.Set("place-"+ids[1], "1")
	form.Set("place-"+ids[2], "3")
	doc, _ = w.page(http.StatusUnprocessableEntity, http.MethodPost, "/needs/N1/sheet", form, in)
	if !strings.Contains(text(doc), "第 1 位选了不止一项") || attr(byID(doc, "place-"+ids[0]), "aria-invalid") != "true" || attr(byID(doc, "place-"+ids[2]), "aria-invalid") != "" {
		t.Errorf("two in one place: %s", text(doc))
	}
	form.Set("place-"+ids[1], "2")
	form.Set("contact", "李经纪 0475-0000000")
	form.Set("do", "send")
	doc, source = w.page(http.StatusOK, http.MethodPost, "/needs/N1/sheet", form, in)
	link := text(tags(doc, "code")[0])
	token := strings.TrimPrefix(link, "https://www.example.cn/sheet/")
	if token == link || len(tags(doc, "path")) < 2 || !strings.Contains(source, `name="token" value="`+token+`"`) {
		t.Fatalf("the sent sheet: %s", source)
	}
	titles := classes(doc, "entry")
	if len(titles) != 3 || !strings.Contains(source, "可先看&lt;b&gt;现场") {
		t.Errorf("the sheet has %d entries: %s", len(titles), text(doc))
	}
	var file string
	for _, f := range tags(doc, "form") {
		if strings.HasSuffix(attr(f, "action"), "/docx") {
			file = attr(f, "action")
		}
	}
	word := func(token string) (text string, names []string) {
		res := w.ask(http.MethodPost, file, url.Values{"token": {token}}, in)
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("the file answers %d, %v", res.StatusCode, err)
		}
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			names = append(names, f.Name)
			if f.Name == "word/document.xml" {
				r, err := f.Open()
				if err != nil {
					t.Fatal(err)
				}
				b, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				text = string(b)
			}
		}
		return text, names
	}
	if text, names := word(token); !strings.Contains(text, "科技成果推荐单") || !strings.Contains(text, "推荐人：县科技局") || !strings.Contains(text, "可先看&lt;b&gt;现场") || !strings.Contains(text, link) || len(names) != 5 || strings.Contains(text, secret) {
		t.Errorf("the file %q: %s", names, text)
	}
	if text, names := word("guessed"); strings.Contains(text, "/sheet/") || len(names) != 3 {
		t.Errorf("the file without the link %q: %s", names, text)
	}
	if strings.Contains(w.log.String(), token) {
		t.Error("the log has the secret of a link")
	}
	// The firm's side: nothing but the need before it is opened, and one answer.
	if doc, _ := w.get("/sheet/" + token); len(classes(doc, "entry")) != 0 || !strings.Contains(text(doc), "缩短玉米浸泡周期") {
		t.Errorf("the cover: %s", text(doc))
	}
	doc, source = w.page(http.StatusOK, http.MethodPost, "/sheet/"+token, url.Values{"do": {"open"}})
	if len(classes(doc, "entry")) != 3 || strings.Contains(source, secret) || !strings.Contains(text(doc), "由经纪人转达") || !strings.Contains(text(doc), "推荐人： 县科技局") {
		t.Errorf("the opened sheet: %s", source)
	}
	answer := url.Values{"do": {"answer"}, "interest": {"3", "1"}, "reason": {"先看样品"}}
	if doc, _ := w.page(http.StatusOK, http.MethodPost, "/sheet/"+token, answer); !strings.Contains(text(doc), "已答复：对第 1、3 项感兴趣：先看样品") || !strings.Contains(text(doc), "已收到您的答复，县科技局会与您联系") {
		t.Errorf("the answer: %s", text(doc))
	}
	w.page(http.StatusConflict, http.MethodPost, "/sheet/"+token, answer)
	if doc, _ := w.get("/desk", in); !strings.Contains(text(doc), "对第 1、3 项感兴趣 先看样品") {
		t.Errorf("the desk: %s", text(doc))
	}
	w.page(http.StatusNotFound, http.MethodGet, "/sheet/"+token+"x", nil)
}

// What one reads leads to what one can do with it, for who may.
func TestPagesLeadToLeadsAndSheets(t *testing.T) {
	w, broker := deskWorld(t)
	secret, _ := w.key(market.Firm)
	firm := w.signInWith(secret)
	for who, c := range map[string]struct {
		cookie           []string
		interests, sheet bool
	}{"nobody": {nil, false, false}, "a firm": {[]string{firm}, true, false}, "a broker": {[]string{broker}, true, true}} {
		doc, source := w.get("/needs/N1", c.cookie...)
		var interests []string
		for _, a := range tags(doc, "a") {
			if strings.HasPrefix(attr(a, "href"), "/leads/new?") && strings.Contains(text(a), "我感兴趣") {
				interests = append(interests, attr(a, "href"))
			}
		}
		if (len(interests) > 0) != c.interests || strings.Contains(source, `href="/needs/N1/sheet"`) != c.sheet {
			t.Errorf("%s is shown %d ways to a lead; sheet %t", who, len(interests), !c.sheet)
		}
		if !c.interests {
			continue
		}
		form, _ := w.get(interests[0], c.cookie...)
		if need, achievement := attr(byID(form, "need"), "value"), attr(byID(form, "achievement"), "value"); need != "N1" || !strings.Contains(interests[0], "achievement="+achievement) || achievement == "" {
			t.Errorf("%s leads to a form of need %q and achievement %q", interests[0], need, achievement)
		}
	}
}
