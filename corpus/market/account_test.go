package market

import (
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

func TestParseLogin(t *testing.T) {
	for in, want := range map[string]string{
		" Wang.Li@Example.cn ":   "wang.li@example.cn",
		"ＷＡＮＧ":                   "wang",
		"王经理":                    "王经理",
		"a_b-c":                  "a_b-c",
		"ab":                     "",
		"a b c":                  "",
		"":                       "",
		"abc\x00d":               "",
		strings.Repeat("a", 101): "",
		"admin\u202e":            "",
		"wang\nli":               "",
		strings.Repeat("王", 100): strings.Repeat("王", 100),
	} {
		if got, err := ParseLogin(in); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	for password, right := range map[string]bool{
		"correct horse":            true,
		"十个汉字也可以做密码呀":              true,
		"123456789":                false,
		"aaaaaaaaaaaa":             false,
		"abcabcabcabc":             false,
		"wangli-2026!":             false,
		"WangLi-2026!":             false,
		"":                         false,
		strings.Repeat("abcd", 51): false,
		"with\ttab and more":       false,
	} {
		if _, err := checkPassword(password, "wangli"); (err == nil) != right {
			t.Errorf("%q: %v", password, err)
		}
	}
}

func TestAPasswordFitsItsHashOnly(t *testing.T) {
	hash := hashPassword("correct horse")
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || hash == hashPassword("correct horse") {
		t.Errorf("hash %s", hash)
	}
	cheap := "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$1sO2BDpFPe/gB09UDPT4yQ"
	for _, test := range []struct {
		hash, password string
		fits, old, bad bool
	}{
		{hash, "correct horse", true, false, false},
		{hash, "correct  horse", false, false, false},
		{hash, "correct\u3000horse", true, false, false}, // a wide space is a space
		{hash, "", false, false, false},
		{cheap, "correct horse", false, true, false},
		{"$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA", "x", false, false, true},
		{"$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$AAAA", "x", false, false, true},
		{"$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$", "x", false, false, true},
		{"", "", false, false, true},
	} {
		fits, old, err := passwordFits(test.hash, test.password)
		if fits != test.fits || old != test.old || (err != nil) != test.bad {
			t.Errorf("%s and %q: %t, %t, %v", test.hash, test.password, fits, old, err)
		}
	}
	if fits, _, err := (Account{}).Fits(""); fits || err != nil {
		t.Errorf("nobody's password fits: %t, %v", fits, err)
	}
}

func TestAnInvitationWorksOnceAndForADay(t *testing.T) {
	s := openStore(t)
	a, err := MakeAccount(" 王丽 ", Broker, "技术转移中心", now)
	if err != nil {
		t.Fatal(err)
	}
	a, first := a.Invited(now)
	a, token := a.Invited(now)
	putRecord(t, s, Accounts, a.ID, a)
	if body, _ := s.Record(Accounts, a.ID); strings.Contains(string(body.Body), token) {
		t.Error("the secret is stored")
	}
	for _, test := range []struct {
		token string
		at    time.Time
		found bool
	}{{token, now.Add(24*time.Hour - time.Second), true}, {token, now.Add(24 * time.Hour), false}, {first, now, false}, {"", now, false}} {
		if _, _, err := InvitedAccount(s, test.token, test.at); (err == nil) != test.found {
			t.Errorf("%s: %v", test.at, err)
		}
	}
	for field, try := range map[string][2]string{"login": {"x", "correct horse"}, "password": {"wangli", "short"}} {
		_, err := a.Welcome(try[0], try[1])
		if e, ok := err.(*corpus.Error); !ok || e.Field != field || e.Fix == "" {
			t.Errorf("a wrong %s: %v", field, err)
		}
	}
	a, err = a.Welcome("WangLi", "correct horse")
	if err != nil || a.Login != "wangli" || a.Invite != "" || !a.Active() {
		t.Fatalf("%+v, %v", a, err)
	}
	putRecord(t, s, Accounts, a.ID, a)
	if _, _, err := InvitedAccount(s, token, now); corpus.CodeOf(err) != corpus.NotFound {
		t.Errorf("the link works twice: %v", err)
	}
	if _, _, err := InvitedAccount(s, "", now); corpus.CodeOf(err) != corpus.NotFound {
		t.Errorf("no link opens an account without an invitation: %v", err)
	}
	again, _ := a.Invited(now)
	if again, err = again.Welcome("other", "battery staple"); err != nil || again.Login != "wangli" {
		t.Errorf("a second invitation makes the login %q, %v", again.Login, err)
	}
	if fits, _, _ := again.Fits("battery staple"); !fits {
		t.Error("the second invitation sets no password")
	}
}

func TestASessionIsFoundByItsSecretUntilItEnds(t *testing.T) {
	s := openStore(t)
	one, token := MakeSession("a", "", strings.Repeat("浏", 100), now)
	putRecord(t, s, Sessions, one.ID, one)
	if got, err := SessionOf(s, token, now.Add(SessionTime-time.Second)); err != nil || got.Account != "a" || len(got.Agent) > maxAgent {
		t.Errorf("%+v, %v", got, err)
	}
	for _, test := range []struct {
		token string
		at    time.Time
	}{{token, now.Add(SessionTime)}, {token + "x", now}, {"", now}, {one.ID, now}, {one.Hash, now}} {
		if _, err := SessionOf(s, test.token, test.at); corpus.CodeOf(err) != corpus.Unauthorized {
			t.Errorf("%q at %s: %v", test.token, test.at, err)
		}
	}
}
