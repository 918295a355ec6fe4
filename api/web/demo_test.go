package web

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

// demoHost is where docs/portal expects the service.
const demoHost = "http://127.0.0.1:8080"

// demo serves docs/portal as docs/start.md says how to, but for the address of the service, the need and the field.
func (p *portal) demo(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	content, err := os.ReadFile("../../docs/portal/" + name)
	if err != nil {
		p.t.Error(err)
	}
	page := strings.NewReplacer(demoHost+"/", p.home+"/", demoHost, strings.TrimSuffix(p.home, "/duijie"), "djs_...", p.key.Key, "N001", p.need, `field="A"`, `field="`+p.field+`"`).Replace(string(content))
	if strings.HasSuffix(name, ".css") {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
	} else {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	w.Write([]byte(page))
}

// The demonstration is what an editor sees first: it shows both lists under its own strict policy, and holds the lines that
// the page /widget has for copying.
func showsTheDemo(t *testing.T, p *portal) {
	for _, wide := range []int64{1280, 360} {
		p.wide(wide)
		p.visit("demo/index.html")
		p.inFrame(`document` + rows + `.length > 0 && document` + reasons)
		p.is(`document.querySelector("iframe").offsetHeight > 300`)
		p.is(shadow + rows + `.length === 5 && getComputedStyle(document.querySelector("main")).display === "grid"`)
		if got := eval[int64](p.reader, "document.documentElement.scrollWidth"); got > wide {
			t.Errorf("the page is %d pixels wide on a screen of %d", got, wide)
		}
	}
	content, err := os.ReadFile("../../docs/portal/index.html")
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := p.world.get("/widget")
	help := text(doc)
	for line := range strings.SplitSeq(string(content), "\n") {
		line = strings.ReplaceAll(line, demoHost, "http://example.com/duijie")
		if (strings.HasPrefix(line, "<script") || strings.HasPrefix(line, "<noscript")) && !strings.Contains(help, line) {
			t.Errorf("/widget does not show %s", line)
		}
	}
}

// What the quick start tells people to press stands on the pages.
func TestTheQuickStartNamesWhatPagesShow(t *testing.T) {
	content, err := os.ReadFile("../../docs/start.md")
	if err != nil {
		t.Fatal(err)
	}
	words, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, say := range words {
		shown[say[0]] = true
	}
	named := regexp.MustCompile(`\*\*(.+?)\*\*`).FindAllStringSubmatch(string(content), -1)
	if len(named) < 5 {
		t.Fatalf("only %d words are found", len(named))
	}
	for _, n := range named {
		if !shown[n[1]] {
			t.Errorf("no page shows %s", n[1])
		}
	}
}
