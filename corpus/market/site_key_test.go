package market

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"duijie/corpus"
)

func TestParseOrigin(t *testing.T) {
	for in, want := range map[string]string{
		"https://www.example.cn":         "https://www.example.cn",
		" https://WWW.Example.cn/ ":      "https://www.example.cn",
		"https://www.example.cn:443":     "https://www.example.cn",
		"http://www.example.cn:80":       "http://www.example.cn",
		"http://www.example.cn:443":      "http://www.example.cn:443",
		"https://www.example.cn:8443":    "https://www.example.cn:8443",
		"https://*.hz.gov.cn":            "https://*.hz.gov.cn",
		"https://*.example.cn:8443":      "https://*.example.cn:8443",
		"https://科技.中国":                  "https://xn--2qux23c.xn--fiqs8s",
		"http://localhost:3000":          "http://localhost:3000",
		"http://10.0.0.7:8080":           "http://10.0.0.7:8080",
		"http://[::1]:8080":              "http://[::1]:8080",
		"https://*.gov.cn":               "",
		"https://*.cn":                   "",
		"https://*":                      "",
		"https://*.10.0.0.7":             "",
		"https://a.*.example.cn":         "",
		"*":                              "",
		"null":                           "",
		"www.example.cn":                 "",
		"ftp://www.example.cn":           "",
		"https://u@www.example.cn":       "",
		"https://www.example.cn/a":       "",
		"https://www.example.cn?a":       "",
		"https://www.example.cn#a":       "",
		"https://www.example.cn:99x":     "",
		"https://www.example.cn; a.cn":   "",
		"https://www.example.cn\r\nX: y": "",
	} {
		got, err := parseOrigin(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q (%v), want %q", in, got, err, want)
		}
		if err != nil && (corpus.CodeOf(err) != corpus.Invalid) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestAllowsOrigin(t *testing.T) {
	k := SiteKey{Origins: []string{"https://www.example.cn", "https://*.hz.gov.cn", "http://*.test.cn:8080"}}
	for origin, want := range map[string]bool{
		"https://www.example.cn":           true,
		"https://WWW.example.cn":           true,
		"http://www.example.cn":            false,
		"https://www.example.cn:8443":      false,
		"https://example.cn":               false,
		"https://a.www.example.cn":         false,
		"https://www.example.cn.evil.cn":   false,
		"https://kj.hz.gov.cn":             true,
		"https://a.kj.hz.gov.cn":           true,
		"https://hz.gov.cn":                false,
		"https://.hz.gov.cn":               false,
		"https://evilhz.gov.cn":            false,
		"http://kj.hz.gov.cn":              false,
		"https://kj.hz.gov.cn:8443":        false,
		"https://evil.cn/.hz.gov.cn":       false,
		"https://evil.cn:1.hz.gov.cn":      false,
		"https://u@.hz.gov.cn":             false,
		"http://a.test.cn:8080":            true,
		"http://a.test.cn":                 false,
		"null":                             false,
		"":                                 false,
		"https://*.hz.gov.cn":              false,
		"https://kj.hz.gov.cn.":            false,
		"file://kj.hz.gov.cn":              false,
		"https://www.example.cn https://a": false,
	} {
		if got := k.AllowsOrigin(origin); got != want {
			t.Errorf("%q: %t, want %t", origin, got, want)
		}
	}
}

func TestASiteKeyIsFoundUntilItExpires(t *testing.T) {
	s := openStore(t)
	k, err := MakeSiteKey(SiteKey{Name: " 县科技局 ", Origins: []string{"https://b.cn", "https://a.cn/", "https://a.cn"}, Expires: now.Add(time.Hour)}, now)
	if err != nil || len(k.Key) != 28 || k.PerMinute != SiteKeyPerMinute || len(k.Origins) != 2 || k.Origins[0] != "https://a.cn" || k.Name != "县科技局" {
		t.Fatalf("made %+v, %v", k, err)
	}
	putRecord(t, s, SiteKeys, k.ID, k)
	if got, err := SiteKeyOf(s, k.Key, now); err != nil || got.ID != k.ID {
		t.Errorf("found %+v, %v", got, err)
	}
	for key, at := range map[string]time.Time{k.Key: now.Add(time.Hour), k.Key[:27] + "?": now, "": now, "djs_": now} {
		if _, err := SiteKeyOf(s, key, at); corpus.CodeOf(err) != corpus.Unauthorized {
			t.Errorf("%q at %s: %v", key, at, err)
		}
	}
}

func TestASiteKeyRefusesWhatCantBe(t *testing.T) {
	right := func() SiteKey { return SiteKey{Name: "x", Origins: []string{"https://a.cn"}} }
	for field, change := range map[string]func(*SiteKey){
		"name":       func(k *SiteKey) { k.Name = " " },
		"origins":    func(k *SiteKey) { k.Origins = nil },
		"kinds":      func(k *SiteKey) { k.Kinds = []corpus.Kind{"patent"} },
		"per_minute": func(k *SiteKey) { k.PerMinute = -1 },
		"expires":    func(k *SiteKey) { k.Expires = now },
	} {
		k := right()
		change(&k)
		_, err := MakeSiteKey(k, now)
		if e, ok := errors.AsType[*corpus.Error](err); !ok || e.Field != field || e.Code != corpus.Invalid || e.Fix == "" {
			t.Errorf("a wrong %s: %v", field, err)
		}
	}
}

func openStore(t *testing.T) *corpus.Store {
	t.Helper()
	s, err := corpus.Open(t.TempDir(), corpus.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func putRecord(t *testing.T, s *corpus.Store, table, id string, v any) {
	t.Helper()
	body, err := json.Marshal(v)
	if err == nil {
		_, err = s.Write(t.Context(), corpus.Batch{Records: []corpus.Record{{Table: table, ID: id, Body: body}}})
	}
	if err != nil {
		t.Fatal(err)
	}
}
