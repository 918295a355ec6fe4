package market

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

func TestASubscriptionIsChecked(t *testing.T) {
	hook := func(s Subscription) Subscription { s.Webhook = "https://a.example/in?x=1"; return s }
	need := func(s Subscription) Subscription { s.Need = "n1"; return s }
	for _, c := range []struct {
		s     Subscription
		field string // that is wrong; "": none
	}{
		{hook(Subscription{Need: "n1"}), ""},
		{hook(Subscription{Need: "n1", Kind: corpus.Achievement}), ""},
		{hook(Subscription{Achievement: "a1"}), ""},
		{hook(Subscription{Query: "淀粉", Kind: corpus.Need}), ""},
		{hook(Subscription{Query: strings.Repeat("长", 1000)}), ""},
		{hook(Subscription{Field: "26"}), ""},
		{hook(Subscription{}), "need"},
		{hook(Subscription{Need: " "}), "need"},
		{hook(Subscription{Need: "n1", Query: "淀粉"}), "need"},
		{hook(Subscription{Query: strings.Repeat("长", 1001)}), "query"},
		{hook(Subscription{Field: "化工"}), "field"},
		{hook(Subscription{Query: "x", Kind: corpus.Expert}), "kind"},
		{hook(Subscription{Need: "n1", Kind: corpus.Need}), "kind"},
		{hook(Subscription{Achievement: "a1", Kind: corpus.Achievement}), "kind"},
		{hook(Subscription{Need: "n1", Digest: DailyDigest}), "digest"},
		{hook(Subscription{Need: "n1", Mail: "a@b.example"}), "mail"},
		{need(Subscription{}), "mail"},
		{need(Subscription{Webhook: "http://a.example/"}), "webhook"},
		{need(Subscription{Webhook: "https://"}), "webhook"},
		{need(Subscription{Webhook: "https://a.example/#x"}), "webhook"},
		{need(Subscription{Webhook: "https://u:pw@a.example/"}), "webhook"},
		{need(Subscription{Webhook: "https://a.example/" + strings.Repeat("x", 1000)}), "webhook"},
		{need(Subscription{Mail: "a@b.example"}), ""},
		{need(Subscription{Mail: "a@b.example", Digest: WeeklyDigest}), ""},
		{need(Subscription{Mail: "a@b.example", Digest: "hourly"}), "digest"},
		{need(Subscription{Mail: "A <a@b.example>"}), "mail"},
		{need(Subscription{Mail: "a@b.example\nBcc: c@d.example"}), "mail"},
		{need(Subscription{Mail: "nobody"}), "mail"},
	} {
		values := map[string]string{}
		for _, f := range SubscriptionType.Fields {
			values[f.Name] = member(&c.s, f.Name).String()
		}
		s, err := SubscriptionType.New(values, "key:1", now)
		var e *corpus.Error
		if f, ok := err.(corpus.Faults); ok && len(f) == 1 {
			e = f[0]
		}
		switch {
		case c.field != "" && (e == nil || e.Code != corpus.Invalid || e.Field != c.field || e.Fix == "" || strings.Contains(err.Error(), "pw")):
			t.Errorf("%+v: %v, want %s named", c.s, err, c.field)
		case c.field == "" && (err != nil || s.State != Active || s.By != "key:1" || s.Digest == "" || !s.Created.Equal(now) || !s.Updated.Equal(now)):
			t.Errorf("%+v: %+v, %v", c.s, s, err)
		case c.field == "" && (s.Kind == corpus.Need) != (c.s.Achievement != "" || c.s.Kind == corpus.Need):
			t.Errorf("%+v wants %s", c.s, s.Kind)
		case c.field == "" && (s.Webhook != "") != (len(s.Secrets) == 1):
			t.Errorf("%+v has %d secrets", c.s, len(s.Secrets))
		}
	}
}

func TestSecretsAreRotatedWithOverlap(t *testing.T) {
	s, err := SubscriptionType.New(map[string]string{"need": "n1", "webhook": "https://a.example/"}, "key:1", now)
	if err != nil {
		t.Fatal(err)
	}
	first := s.Secrets[0].Secret
	if raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(first, "whsec_")); err != nil || len(raw) != 32 || !strings.HasPrefix(first, "whsec_") {
		t.Fatalf("%d bytes of secret, %v", len(raw), err)
	}
	s, err = s.Rotate(now, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	second := s.Secrets[0].Secret
	for _, c := range []struct {
		after time.Duration
		want  []string
	}{{0, []string{second, first}}, {time.Hour - 1, []string{second, first}}, {time.Hour, []string{second}}} {
		if got := s.Signing(now.Add(c.after)); !slices.Equal(got, c.want) {
			t.Errorf("after %v %d secrets sign, want %d", c.after, len(got), len(c.want))
		}
	}
	third, err := s.Rotate(now, time.Hour)
	if got := third.Signing(now); err != nil || len(got) != 2 || slices.Contains(got, first) {
		t.Errorf("rotated again: %d secrets sign (%v)", len(got), err)
	}
	at, err := s.Rotate(now, 0)
	if got := at.Signing(now); err != nil || len(got) != 1 || got[0] == second {
		t.Errorf("rotated at once: %d secrets sign (%v)", len(got), err)
	}
	mailed, err := SubscriptionType.Edit(s, map[string]string{"webhook": "", "mail": "a@b.example"}, now)
	if err != nil || len(mailed.Secrets) > 0 || mailed.ID != s.ID {
		t.Errorf("mailed now: %+v, %v", mailed, err)
	}
	if _, err := mailed.Rotate(now, 0); corpus.CodeOf(err) != corpus.Conflict {
		t.Errorf("rotated without a webhook: %v", err)
	}
	if same, err := SubscriptionType.Edit(s, map[string]string{"need": "", "query": "淀粉"}, now); err != nil || same.Secrets[0].Secret != second || same.Query == "" || same.Need != "" {
		t.Errorf("edited: %v", err)
	}
	if other, err := SubscriptionType.Edit(s, map[string]string{"webhook": "https://b.example/"}, now); err != nil || len(other.Secrets) != 1 || other.Secrets[0].Secret == second {
		t.Errorf("another receiver knows the secret of the first (%v)", err)
	}
}
