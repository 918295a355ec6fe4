package api

import (
	"os"
	"path/filepath"
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

// promiser is somebody signed in with an account.
func promiser(id string, role market.Role) Caller {
	return Caller{Name: "account:" + id, Role: role, Key: true, Account: id, Session: "s"}
}

// reads says what somebody reads of the need q: "-" nothing beside what is for the signed in.
func (w *world) reads(c Caller, id string) string {
	w.Helper()
	d, asks, err := w.svc.Reading(w.Context(), c, corpus.Need, id)
	w.must(err)
	if got := d.Goal; got != "" && !asks {
		return got
	} else if got != "" {
		w.Errorf("%s reads %q and is asked for a promise", c.Name, got)
	}
	return "-"
}

func TestAPromiseOpensOnePostingToItsMaker(t *testing.T) {
	level := map[string]corpus.Level{"goal": corpus.Promised, "tried": corpus.Confidential}
	w := newWorld(t, nil, corpus.Doc{Kind: corpus.Need, SourceID: "q", Title: "甲", Goal: "目标", Tried: "试过", Disclosure: level},
		corpus.Doc{Kind: corpus.Need, SourceID: "r", Title: "乙", Goal: "别的目标", Disclosure: level}, corpus.Doc{Kind: corpus.Need, SourceID: "open", Title: "丙"})
	text, err := w.svc.PromiseText("zh")
	w.must(err)
	maker, other, broker := promiser("1", market.Firm), promiser("2", market.Firm), promiser("3", market.Broker)
	other.Organisation, other.Member, maker.Organisation, maker.Member = "o", "o", "o", "o"
	values := func(pairs ...string) map[string]string {
		v := map[string]string{"need": "q", "edition": text.Edition}
		for i := 0; i < len(pairs); i += 2 {
			v[pairs[i]] = pairs[i+1]
		}
		return v
	}
	for _, c := range []struct {
		who    Caller
		values map[string]string
		code   corpus.Code
		field  string
	}{
		{Caller{Name: "anyone"}, values(), corpus.Unauthorized, ""},
		{Caller{Name: "site:1", Site: &market.SiteKey{}}, values(), corpus.Forbidden, ""},
		{Caller{Name: "key:1", Role: market.Reader, Key: true}, values(), corpus.Forbidden, ""},
		{maker, values("edition", "1"), corpus.Invalid, "edition"},
		{maker, values("edition", ""), corpus.Invalid, "edition"},
		{maker, values("need", "none"), corpus.NotFound, "need"},
		{maker, values("need", "open"), corpus.Conflict, "need"},
		{maker, values("need", ""), corpus.Invalid, "achievement"},
		{maker, values("expert", "e"), corpus.Invalid, "achievement"},
		{maker, values("text", "我什么都不承诺"), corpus.Invalid, "text"},
		{maker, values(), "", ""},
		{maker, values(), corpus.Conflict, "achievement"},
	} {
		_, err := w.svc.CreateRecord(t.Context(), c.who, &market.PromiseType, c.values)
		field := ""
		for _, e := range wrongIn(err) {
			field = e.Field
		}
		if code := corpus.CodeOf(err); (err == nil) != (c.code == "") || err != nil && code != c.code || field != c.field {
			t.Errorf("%s with %v: %q of %q, want %q of %q", c.who.Name, c.values, code, field, c.code, c.field)
		}
	}
	list, err := w.svc.Records(t.Context(), maker, &market.PromiseType, RecordQuery{Limit: 10})
	if w.must(err); len(list.Records) != 1 || list.Records[0].Text("text") != text.Title+"\n"+text.Text || *list.Records[0].Head().Organisation != "" {
		t.Fatalf("%+v", list.Records)
	}
	admin := Caller{Name: "test", Admin: true}
	check := func(when, want string) {
		t.Helper()
		got := ""
		for _, c := range []Caller{maker, other, broker, {Name: "anyone"}, admin} {
			got += w.reads(c, "q") + " " + w.reads(c, "r") + "; "
		}
		if got != want {
			t.Errorf("%s: %s want %s", when, got, want)
		}
	}
	check("made", "目标 -; - -; - -; - -; 目标 别的目标; ")
	if d, err := w.svc.Document(t.Context(), maker, corpus.Need, "q"); err != nil || d.Goal != "" {
		t.Errorf("beside its own page and answer a posting shows %q, %v", d.Goal, err)
	}
	id := *list.Records[0].Head().ID
	if _, err := w.svc.Record(t.Context(), broker, &market.PromiseType, id); err != nil {
		t.Errorf("a broker does not see it: %v", err)
	}
	if _, err := w.svc.Record(t.Context(), other, &market.PromiseType, id); corpus.CodeOf(err) != corpus.NotFound {
		t.Errorf("a colleague sees it: %v", err)
	}
	for _, c := range []Caller{maker, broker} {
		if _, err := w.svc.ChangeRecord(t.Context(), c, &market.PromiseType, id, map[string]string{"state": "ended"}, 0); corpus.CodeOf(err) != corpus.Forbidden {
			t.Errorf("%s ends it: %v", c.Name, err)
		}
	}
	_, err = w.svc.Merge(t.Context(), admin, corpus.Need, "q", "r")
	w.must(err)
	if got := w.reads(maker, "r") + w.reads(other, "r"); got != "别的目标-" {
		t.Errorf("of the posting that took over its maker and another read %s", got)
	}
	_, err = w.svc.Unmerge(t.Context(), admin, corpus.Need, "q")
	w.must(err)
	_, err = w.svc.ChangeRecord(t.Context(), admin, &market.PromiseType, id, map[string]string{"state": "ended"}, 0)
	w.must(err)
	check("ended", "- -; - -; - -; - -; 目标 别的目标; ")
}

// wrongIn are the errors of one.
func wrongIn(err error) []*corpus.Error {
	if all, ok := err.(corpus.Faults); ok {
		return all
	}
	if e, ok := err.(*corpus.Error); ok && e.Field != "" {
		return []*corpus.Error{e}
	}
	return nil
}

// Who takes over what a leaver made is bound by none of the promises, and reads nothing on account of them.
func TestAPromiseIsNotHandedOver(t *testing.T) {
	w := newWorld(t, nil, corpus.Doc{Kind: corpus.Need, SourceID: "q", Title: "甲", Goal: "目标", Disclosure: map[string]corpus.Level{"goal": corpus.Promised}})
	admin := Caller{Name: "test", Admin: true}
	var people []string
	for _, name := range []string{"甲", "乙"} {
		i, err := w.svc.Invite(t.Context(), admin, name, market.Firm, "")
		w.must(err)
		people = append(people, i.ID)
	}
	text, err := w.svc.PromiseText("en")
	w.must(err)
	_, err = w.svc.CreateRecord(t.Context(), promiser(people[0], market.Firm), &market.PromiseType, map[string]string{"need": "q", "edition": text.Edition})
	w.must(err)
	sum, err := w.svc.HandOver(t.Context(), admin, people[0], people[1])
	if w.must(err); sum != (HandOver{Stayed: 1}) {
		t.Errorf("%+v", sum)
	}
	if got := w.reads(promiser(people[1], market.Firm), "q"); got != "-" {
		t.Errorf("the heir reads %s", got)
	}
}

func TestTheOperatorsTextOfPromises(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "promise.zh.txt"), []byte("保密约定\n甲方另有要求的，从其要求。"), 0o600); err != nil {
		t.Fatal(err)
	}
	texts, err := LoadTexts(dir)
	if err != nil {
		t.Fatal(err)
	}
	builtIn, err1 := (&Service{}).PromiseText("zh")
	own, err2 := (&Service{Texts: texts}).PromiseText("zh")
	if err1 != nil || err2 != nil || own.Title != "保密约定" || own.Text != "甲方另有要求的，从其要求。" || own.Edition == builtIn.Edition {
		t.Errorf("%+v, %+v, %v, %v", builtIn, own, err1, err2)
	}
}
