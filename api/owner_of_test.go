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
	w := newWorld(t, nil, append(testDocs(), sent(corpus.Need, "s1", "缩短浸泡"), sent(corpus.Achievement, "s1", "同号的成果"), sent(corpus.Need, "lost", "没有送审稿"))...)
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
	w.as(w.adminKey, "POST", "/v1/needs/submission~s1/merge", `{"into":"n1"}`).want(200)
	for _, id := range []string{"n1", "submission~s1"} {
		if got := owner(corpus.Need, id); got != "account:wang ours" {
			t.Errorf("after a merge %s is %q", id, got)
		}
	}
}
