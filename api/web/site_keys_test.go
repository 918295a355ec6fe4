package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"duijie/corpus"
	"duijie/corpus/market"
)

// formValues are what the form for a site key holds, as it would be sent.
func formValues(doc *html.Node) url.Values {
	form, out := byID(doc, "site-form"), url.Values{}
	for _, in := range tags(form, "input", "textarea") {
		value := attr(in, "value")
		if in.Data == "textarea" {
			value = text(in)
		}
		if attr(in, "type") != "checkbox" || has(in, "checked") {
			out.Add(attr(in, "name"), value)
		}
	}
	return out
}

func TestASiteKeyIsChangedOnItsPage(t *testing.T) {
	w := newWorld(t, Options{Base: "/portal"}, nil)
	admin := w.signIn()
	until := time.Date(2027, 3, 1, 9, 30, 0, 0, time.UTC) // by the API: in the middle of a day
	made, err := w.svc.CreateSiteKey(t.Context(), operator, market.SiteKey{Name: "门户", Origins: []string{"https://a.cn", "https://*.b.cn"}, Kinds: []corpus.Kind{corpus.Need},
		Fields: []string{"C"}, Regions: []string{"1505"}, PerMinute: 60, Expires: until})
	if err != nil {
		t.Fatal(err)
	}
	key := func() market.SiteKey {
		t.Helper()
		all, err := w.svc.SiteKeys(t.Context(), operator)
		if err != nil || len(all) != 1 {
			t.Fatalf("%d keys, %v", len(all), err)
		}
		return all[0].SiteKey
	}
	doc, source := w.get("/keys?site="+made.ID, admin)
	typed := formValues(doc)
	if want := (url.Values{"name": {"门户"}, "origins": {"https://*.b.cn https://a.cn"}, "kind": {"need"}, "fields": {"C"}, "regions": {"1505"}, "per_minute": {"60"}, "expires": {"2027-03-01"}, "version": {"1"}}); typed.Encode() != want.Encode() {
		t.Errorf("the form holds %v, want %v", typed, want)
	}
	if !strings.Contains(source, "http://example.com/portal/widget/v1.js&#34; data-site-key=&#34;"+made.Key) {
		t.Error("the code for a page lacks the key")
	}
	at := "/sitekeys/" + made.ID
	change := func(status int, pairs ...string) *html.Node {
		t.Helper()
		all, err := w.svc.SiteKeys(t.Context(), operator)
		if err != nil {
			t.Fatal(err)
		}
		doc, _ := w.page(status, http.MethodPost, at, with(typed, append(pairs, "version", fmt.Sprint(all[0].Version))...), admin)
		return doc
	}
	change(http.StatusSeeOther)
	if now := key(); !now.Expires.Equal(until) || now.Key != made.Key || now.PerMinute != 60 || !slices.Equal(now.Origins, made.Origins) {
		t.Errorf("nothing was typed, and the key is %+v", now)
	}
	change(http.StatusSeeOther, "name", "新门户", "origins", "https://c.cn", "fields", "", "regions", "15、22", "per_minute", "90", "expires", "")
	if now := key(); now.Name != "新门户" || !slices.Equal(now.Origins, []string{"https://c.cn"}) || now.Fields != nil || !slices.Equal(now.Regions, []string{"15", "22"}) || now.PerMinute != 90 || !now.Expires.IsZero() {
		t.Errorf("changed it is %+v", now)
	}
	if doc, _ := w.get("/keys?changed="+made.ID, admin); !strings.Contains(text(doc), "网站密钥已修改") {
		t.Error("that a key was changed is not said")
	}
	before := key()
	for input, value := range map[string]string{"name": "", "origins": "https://*.cn", "fields": "YY", "regions": "99", "per_minute": "viele", "expires": "2020-01-01"} {
		doc := change(http.StatusUnprocessableEntity, input, value, "fields", map[bool]string{true: value, false: "26"}[input == "fields"])
		wrong := all(byID(doc, "site-form"), func(e *html.Node) bool { return attr(e, "aria-invalid") == "true" })
		if len(wrong) != 1 || attr(wrong[0], "name") != input || !strings.Contains(attr(wrong[0], "aria-describedby"), "site-error") || len(classes(doc, "field-error")) != 1 {
			t.Errorf("a wrong %s marks %d inputs", input, len(wrong))
		}
		if got := formValues(doc); got.Get(input) != value || got.Get("kind") != "need" || attr(byID(doc, "site-form"), "action") != "/portal"+at {
			t.Errorf("a wrong %s leaves %v", input, got)
		}
	}
	if now := key(); now.Name != before.Name || now.PerMinute != before.PerMinute || !now.Expires.Equal(before.Expires) {
		t.Errorf("a wrong form changed the key to %+v", now)
	}
	w.page(http.StatusNotFound, http.MethodGet, "/keys?site=0000000000000000", nil, admin)
	w.page(http.StatusNotFound, http.MethodPost, "/sitekeys/0000000000000000", typed, admin)
}

// A form that was open while somebody else took an origin away must not bring it back.
func TestAnOldFormOfASiteKeyWritesNothing(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	admin := w.signIn()
	made, err := w.svc.CreateSiteKey(t.Context(), operator, market.SiteKey{Name: "门户", Origins: []string{"https://a.cn", "https://lost.cn"}, PerMinute: 60})
	if err != nil {
		t.Fatal(err)
	}
	origins := func() string {
		t.Helper()
		all, err := w.svc.SiteKeys(t.Context(), operator)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(all[0].Origins, " ")
	}
	doc, _ := w.get("/keys?site="+made.ID, admin)
	typed := with(formValues(doc), "name", "新门户")
	if _, _, err := w.svc.PatchSiteKey(t.Context(), operator, made.ID, json.RawMessage(`{"origins":["https://a.cn"],"per_minute":90}`), 0); err != nil {
		t.Fatal(err)
	}
	without := with(typed)
	without.Del("version")
	for name, form := range map[string]url.Values{"old": typed, "without a version": without} {
		doc, _ := w.page(http.StatusConflict, http.MethodPost, "/sitekeys/"+made.ID, form, admin)
		if origins() != "https://a.cn" {
			t.Fatalf("%s: the key is for %s", name, origins())
		}
		said := text(byID(doc, "site-form"))
		if got := formValues(doc); got.Get("name") != "新门户" || !strings.Contains(got.Get("origins"), "lost.cn") || got.Get("version") != "2" || !strings.Contains(said, "别人改过") || !strings.Contains(said, "90") {
			t.Errorf("%s: the form holds %v and says %s", name, got, said)
		}
		typed = formValues(doc)
	}
	w.page(http.StatusSeeOther, http.MethodPost, "/sitekeys/"+made.ID, with(typed, "origins", "https://a.cn"), admin)
	if all, err := w.svc.SiteKeys(t.Context(), operator); err != nil || all[0].Name != "新门户" || all[0].Version != 3 || origins() != "https://a.cn" {
		t.Errorf("sent again: %+v, %v", all, err)
	}
}

func TestANewSiteKeyMayEnd(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	admin := w.signIn()
	w.page(http.StatusOK, http.MethodPost, "/sitekeys", url.Values{"name": {"门户"}, "origins": {"https://a.cn"}, "per_minute": {"60"}, "expires": {"2027-06-30"}}, admin)
	keys, err := w.svc.SiteKeys(t.Context(), operator)
	if err != nil || len(keys) != 1 || keys[0].Expires.In(shanghai).Format(time.DateTime) != "2027-07-01 00:00:00" {
		t.Fatalf("%+v, %v", keys, err)
	}
	if doc, _ := w.get("/keys?site="+keys[0].ID, admin); formValues(doc).Get("expires") != "2027-06-30" {
		t.Error("the form shows another day than was typed")
	}
}

// peopleAddresses are pages on who may do what, with something on them.
func (w *world) peopleAddresses() []string {
	w.t.Helper()
	k := w.siteKey(market.SiteKey{Kinds: []corpus.Kind{corpus.Need}}, "https://portal.example")
	w.giveUp(1, "gone")
	return []string{"/account", "/accounts", "/keys", "/keys?site=" + k.ID, "/deliveries?sent=1"}
}
