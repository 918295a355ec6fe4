package api

import (
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

func TestWhoOwnsAPosting(t *testing.T) {
	sent := func(kind corpus.Kind, id, title string) corpus.Doc {
		return corpus.Doc{Kind: kind, Source: market.SubmissionSource, SourceID: id, Title: title, Text: title}
	}
	w := newWorld(t, nil, append(testDocs(), sent(corpus.Need, "s1", "缩短浸泡"), sent(corpus.Achievement, "s1", "同号的成果"), sent(corpus.Need, "lost", "没有送审稿"), sent(corpus.Need, "copy", "抄来的需求"),
		corpus.Doc{Kind: corpus.Need, SourceID: "n8", Title: "导入的同一需求", Text: "同一需求。", Org: "某淀粉厂"})...)
	w.putIn(&market.SubmissionType, "copy", "account:thief", "", "published")
	w.putIn(&market.SubmissionType, "s1", "account:wang", "ours", "published")
	owner := func(kind corpus.Kind, id string) string {
		t.Helper()
		by, organisation, err := w.svc.ownerOf(kind, id)
		w.must(err)
		return by + " " + organisation
	}
	for _, c := range []struct {
		kind     corpus.Kind
		id, want string
	}{
		{corpus.Need, "submission~s1", "account:wang ours"},
		{corpus.Achievement, "submission~s1", " "}, // another kind
		{corpus.Need, "submission~lost", " "},
		{corpus.Need, "n1", " "}, // imported
		{corpus.Need, "none", " "},
		{corpus.Need, "", " "},
	} {
		if got := owner(c.kind, c.id); got != c.want {
			t.Errorf("%s %s is %q, want %q", c.kind, c.id, got, c.want)
		}
	}
	w.as(w.adminKey, "POST", "/v1/needs/submission~s1/merge", `{"into":"n8"}`).want(200)
	w.as(w.adminKey, "POST", "/v1/needs/submission~copy/merge", `{"into":"n1"}`).want(200)
	if got := owner(corpus.Need, "n1"); got != " " {
		t.Errorf("who copied the need of another organisation, %q, is its owner after the merge", got)
	}
	for _, id := range []string{"n8", "submission~s1"} {
		if got := owner(corpus.Need, id); got != "account:wang ours" {
			t.Errorf("after a merge %s is %q", id, got)
		}
	}
}
