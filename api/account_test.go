package api

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

func TestAccountsOverTheAPI(t *testing.T) {
	w := newWorld(t, nil)
	r := w.as(w.adminKey, "POST", "/v1/accounts", `{"name":"王丽","role":"broker","org":"技术转移中心"}`).want(201)
	i := decodeAs[Invitation](r)
	token := strings.TrimPrefix(i.Link, WelcomePath)
	if r.Header.Get("Location") != "/v1/accounts/"+i.ID || len(token) != 43 || i.Role != market.Broker {
		t.Errorf("invited %s", r.body)
	}
	at := "/v1/accounts/" + i.ID
	again := decodeAs[Invitation](w.as(w.adminKey, "POST", at+"/invite", "").want(200))
	if _, err := w.svc.Welcome(token); corpus.CodeOf(err) != corpus.NotFound {
		t.Errorf("the first link works after the second: %v", err)
	}
	_, c, err := w.svc.TakeInvitation(t.Context(), strings.TrimPrefix(again.Link, WelcomePath), "wangli", "correct horse", "test")
	w.must(err)
	if c.Name != "account:"+i.ID || c.Role != market.Broker || c.Account != i.ID || c.Admin || c.Level() != corpus.SignedIn {
		t.Errorf("signed in as %+v", c)
	}
	list := w.as(w.adminKey, "GET", "/v1/accounts", "").want(200).body
	if !strings.Contains(list, `"login":"wangli"`) || strings.Contains(list, "argon2id") || strings.Contains(list, "/welcome/") || !strings.Contains(list, `"last_sign_in"`) {
		t.Errorf("the list: %s", list)
	}
	if a := decodeAs[AccountInfo](w.as(w.adminKey, "PATCH", at, `{"role":"firm"}`).want(200)); a.Role != market.Firm || a.Name != "王丽" || a.Org != "技术转移中心" {
		t.Errorf("changed to %+v", a)
	}
	w.as(w.adminKey, "PATCH", at, `{"role":"king"}`).problem(422)
	w.as(w.adminKey, "PATCH", at, `{"password":"correct horse"}`).problem(422)
	w.as(w.adminKey, "PATCH", at, `{"disabled":true}`).want(200)
	w.as(w.adminKey, "POST", at+"/invite", "").problem(409)
	for r := range w.svc.Store.Records(market.Sessions) {
		t.Errorf("a disabled account keeps the session %s", r.ID)
	}
	w.as(w.adminKey, "PATCH", "/v1/accounts/none", `{}`).problem(404)
	w.as(w.adminKey, "POST", "/v1/accounts/none/invite", "").problem(404)
}

func TestTheFirstAdminIsInvitedUntilOneCame(t *testing.T) {
	w := newWorld(t, nil)
	first, err := w.svc.FirstAdmin(t.Context())
	w.must(err)
	second, err := w.svc.FirstAdmin(t.Context())
	w.must(err)
	if first.ID != second.ID || first.Link == second.Link || second.Role != market.Admin {
		t.Errorf("invited %+v, then %+v", first, second)
	}
	_, _, err = w.svc.TakeInvitation(t.Context(), strings.TrimPrefix(second.Link, WelcomePath), "admin1", "correct horse", "")
	w.must(err)
	if none, err := w.svc.FirstAdmin(t.Context()); err != nil || none.Link != "" {
		t.Errorf("with an admin: %+v, %v", none, err)
	}
}

func TestALoginIsTakenOnceByTwoAtOnce(t *testing.T) {
	w := newWorld(t, nil)
	operator := Caller{Name: "test", Admin: true}
	var links [4]string
	for i := range links {
		made, err := w.svc.Invite(t.Context(), operator, "王丽", market.Reader, "")
		w.must(err)
		links[i] = strings.TrimPrefix(made.Link, WelcomePath)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for _, link := range links {
		wg.Go(func() {
			_, _, err := w.svc.TakeInvitation(t.Context(), link, "wangli", "correct horse", "")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				taken++
			} else if corpus.CodeOf(err) != corpus.Conflict {
				t.Error(err)
			}
		})
	}
	if wg.Wait(); taken != 1 {
		t.Errorf("%d have the login", taken)
	}
}

func TestEndedSessionsAreRemoved(t *testing.T) {
	w := newWorld(t, nil)
	now := day
	w.svc.Now = func() time.Time { return now }
	for range 3 {
		_, _, err := w.svc.SignIn(t.Context(), SignIn{Key: w.readKey})
		w.must(err)
	}
	now = now.Add(market.SessionTime)
	_, c, err := w.svc.SignIn(t.Context(), SignIn{Key: w.readKey})
	w.must(err)
	n := 0
	for range w.svc.Store.Records(market.Sessions) {
		n++
	}
	if list, err := w.svc.Sessions(t.Context(), c); err != nil || n != 1 || len(list) != 1 || !list[0].This {
		t.Errorf("%d sessions are kept, %+v, %v", n, list, err)
	}
}

func TestNoUseIsLostWhenManyAreKnown(t *testing.T) {
	w := newWorld(t, nil)
	w.svc.uses.at = make(map[[2]string]use, maxUses)
	for i := range maxUses {
		w.svc.uses.at[[2]string{"keys", fmt.Sprint(i)}] = use{day, day}
	}
	w.svc.used("keys", "last")
	if at, err := w.svc.Store.LastUse("keys", "last"); err != nil || !at.Equal(day) || len(w.svc.uses.at) != 0 {
		t.Errorf("kept %s, %v; %d are known", at, err, len(w.svc.uses.at))
	}
}
