package market

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func TestAKeyIsKnownByItsSecretOnly(t *testing.T) {
	store, err := corpus.Open(t.TempDir(), corpus.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	k, secret, err := MakeKey("县科技局", Reader, now)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^dj_[0-9A-Za-z]{32}$`).MatchString(secret) {
		t.Errorf("secret %q has another form", secret)
	}
	body, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(body), secret[len(secretPrefix):]) {
		t.Error("the stored record holds the secret")
	}
	if _, err := store.Write(context.Background(), corpus.Batch{Actor: "test", Action: "test", Records: []corpus.Record{{Table: Keys, ID: k.ID, Body: body}}}); err != nil {
		t.Fatal(err)
	}
	if got, err := KeyOf(store, secret); err != nil || got != k {
		t.Errorf("KeyOf(secret) = %+v, %v; want %+v", got, err, k)
	}
	for _, other := range []string{"", secret[:len(secret)-1], secret + "0", k.ID, k.Hash, strings.ToUpper(secret)} {
		if _, err := KeyOf(store, other); corpus.CodeOf(err) != corpus.Unauthorized {
			t.Errorf("KeyOf(%q) gives %v, want unauthorized", other, err)
		}
	}
}

func TestSecretsDiffer(t *testing.T) {
	seen := map[string]bool{}
	letters := map[rune]int{}
	for range 1000 {
		_, secret, err := MakeKey("x", Admin, now)
		if err != nil || seen[secret] {
			t.Fatalf("secret %q again, or %v", secret, err)
		}
		seen[secret] = true
		for _, r := range secret[len(secretPrefix):] {
			letters[r]++
		}
	}
	if len(letters) != len(base62) {
		t.Errorf("%d different characters in 32,000, want 62", len(letters))
	}
}

func TestAKeyNeedsANameAndARole(t *testing.T) {
	for _, test := range []struct{ name, role, field string }{
		{"", "admin", "name"},
		{" ", "admin", "name"},
		{strings.Repeat("名", 101), "admin", "name"},
		{"a", "", "role"},
		{"a", "owner", "role"},
	} {
		_, secret, err := MakeKey(test.name, Role(test.role), now)
		e, ok := err.(*corpus.Error)
		if !ok || e.Code != corpus.Invalid || e.Field != test.field || e.Fix == "" || secret != "" {
			t.Errorf("MakeKey(%q, %q) = %q, %v; want field %s", test.name, test.role, secret, err, test.field)
		}
	}
}
