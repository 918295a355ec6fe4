package main

import (
	"os"
	"strings"
	"testing"

	"duijie/api"
)

func TestLimitsAreWrittenDown(t *testing.T) {
	b, err := os.ReadFile("../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range api.AllLimits {
		if row := "| `" + l.Name + "` | " + l.Text(l.Default) + " | "; !strings.Contains(string(b), row) {
			t.Errorf("docs/operate.md lacks %s", row)
		}
	}
}
