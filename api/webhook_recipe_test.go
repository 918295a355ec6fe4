package api

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// The recipe is what receivers copy.
func TestTheRecipeOfTheDocumentVerifies(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 to run the recipe with")
	}
	document, err := os.ReadFile("../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	_, recipe, _ := strings.Cut(string(document), "```python\n")
	recipe, _, _ = strings.Cut(recipe, "```")
	sub := hookTo(&receiver{Server: &httptest.Server{URL: "https://a.example"}}, "s1", "n1")
	hook, err := standardwebhooks.NewWebhook(sub.Secrets[0].Secret)
	if err != nil {
		t.Fatal(err)
	}
	now, body := time.Now(), `{"type":"match.created"}`
	signature, err := hook.Sign("id", now, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		body, signature string
		at              time.Time
		want            string
	}{
		{body, signature, now, "ok"}, {body, "v1,AAAA " + signature, now, "ok"}, {body + " ", signature, now, "not signed with this secret"},
		{body, "v1,AAAA", now, "not signed with this secret"}, {body, signature, now.Add(-time.Hour), "too old"},
	} {
		script := fmt.Sprintf("%s\ntry:\n    verify(%q, {'webhook-id': 'id', 'webhook-timestamp': '%d', 'webhook-signature': %q}, %q.encode())\n    print('ok')\nexcept ValueError as e:\n    print(e)\n",
			recipe, sub.Secrets[0].Secret, c.at.Unix(), c.signature, c.body)
		out, err := exec.Command(python, "-c", script).CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != c.want {
			t.Errorf("%q: %s (%v), want %s", c.body, got, err, c.want)
		}
	}
}
