package market

import (
	"context"
	"encoding/json"
	"reflect"
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
	k, secret, err := MakeKey("县科技局", Reader, time.Time{}, now)
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
	if got, err := KeyOf(store, secret, now); err != nil || !reflect.DeepEqual(got, k) {
		t.Errorf("KeyOf(secret) = %+v, %v; want %+v", got, err, k)
	}
	for _, other := range []string{"", secret[:len(secret)-1], secret + "0", k.ID, k.Hash, strings.ToUpper(secret)} {
		if _, err := KeyOf(store, other, now); corpus.CodeOf(err) != corpus.Unauthorized {
			t.Errorf("KeyOf(%q) gives %v, want unauthorized", other, err)
		}
	}
}

func TestSecretsDiffer(t *testing.T) {
	seen := map[string]bool{}
	letters := map[rune]int{}
	for range 1000 {
		_, secret, err := MakeKey("x", Admin, time.Time{}, now)
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
		_, secret, err := MakeKey(test.name, Role(test.role), time.Time{}, now)
		e, ok := err.(*corpus.Error)
		if !ok || e.Code != corpus.Invalid || e.Field != test.field || e.Fix == "" || secret != "" {
			t.Errorf("MakeKey(%q, %q) = %q, %v; want field %s", test.name, test.role, secret, err, test.field)
		}
	}
}

func TestARotatedKeyHasBothSecretsForAWhile(t *testing.T) {
	s := openStore(t)
	store := func(k, old Key) {
		t.Helper()
		records, err := k.Records(old, 0)
		if err == nil {
			_, err = s.Write(t.Context(), corpus.Batch{Records: records})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	opens := func(at time.Time, want string, secrets ...string) {
		t.Helper()
		got := ""
		for _, secret := range secrets {
			if k, err := KeyOf(s, secret, at); err == nil {
				got += k.ID[:1] + "+"
			} else if corpus.CodeOf(err) == corpus.Unauthorized {
				got += "-"
			}
		}
		if got != want {
			t.Errorf("secrets open %q, want %q", got, want)
		}
	}
	k1, first, err := MakeKey("x", Reader, now.Add(100*time.Hour), now)
	if err != nil {
		t.Fatal(err)
	}
	id := k1.ID[:1] + "+"
	store(k1, Key{})
	opens(now, id, first)
	k2, second, err := k1.Rotate(24*time.Hour, now)
	if err != nil || k2.ID != k1.ID {
		t.Fatal(k2, err)
	}
	store(k2, k1)
	opens(now.Add(24*time.Hour-time.Second), id+id, first, second)
	opens(now.Add(24*time.Hour), "-"+id, first, second)
	k3, third, err := k2.Rotate(time.Hour, now)
	if err != nil {
		t.Fatal(err)
	}
	store(k3, k2)
	opens(now, "-"+id+id, first, second, third)
	k4, fourth, err := k3.Rotate(0, now)
	if err != nil {
		t.Fatal(err)
	}
	store(k4, k3)
	opens(now, "---"+id, first, second, third, fourth)
	opens(now.Add(100*time.Hour), "-", fourth)
	store(Key{}, k4)
	opens(now, "----", first, second, third, fourth)
	for r := range s.Records(KeySecrets) {
		t.Errorf("a removed key leaves %+v", r)
	}
	for _, overlap := range []time.Duration{-time.Hour, MaxOverlap + time.Hour} {
		if _, _, err := k1.Rotate(overlap, now); corpus.CodeOf(err) != corpus.Invalid {
			t.Errorf("an overlap of %v: %v", overlap, err)
		}
	}
}
