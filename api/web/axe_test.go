package web

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axe-core (MPL-2.0) looks for what keeps people out of pages. npm brings it, once for a machine; the hash is of its
// minified file.
const (
	axeVersion = "4.10.3"
	axeHash    = "880970c081707360e64f34cea25ff91892f5bc95675b0776925b9709dd8a68bb"
)

// axe returns the source of axe-core.
func axe(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	kept := filepath.Join(cache, "duijie-test", "axe-"+axeVersion+".min.js")
	right := func(b []byte) bool {
		sum := sha256.Sum256(b)
		return hex.EncodeToString(sum[:]) == axeHash
	}
	if b, err := os.ReadFile(kept); err == nil && right(b) {
		return string(b)
	}
	npm, err := exec.LookPath("npm")
	if err != nil && os.Getenv("CI") != "true" {
		t.Skip("npm is not there to fetch axe-core, which this test needs: apt-get install npm")
	}
	if err != nil {
		t.Fatal("npm is not there to fetch axe-core: apt-get install npm")
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), npm, "pack", "axe-core@"+axeVersion, "--silent")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm pack axe-core: %v\n%s", err, out)
	}
	b := unpack(t, filepath.Join(dir, "axe-core-"+axeVersion+".tgz"), "package/axe.min.js")
	if !right(b) {
		t.Fatal("axe-core is not what it was")
	}
	if os.MkdirAll(filepath.Dir(kept), 0o755) == nil {
		os.WriteFile(kept, b, 0o644) // where it can't be kept it is fetched again
	}
	return string(b)
}

// unpack returns a file of an archive.
func unpack(t *testing.T, archive, name string) []byte {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err != nil {
			t.Fatalf("%s in %s: %v", name, archive, err)
		}
		if h.Name == name {
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
	}
}

// faultsOf returns the rules of WCAG 2.2 A and AA that the page breaks, with where.
func (r *reader) faultsOf(axe string) []string {
	r.t.Helper()
	eval[bool](r, axe+"; true")
	found, err := chromedp.Run(r.ctx, chromedp.Evaluate[[]string](`axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], rules: {"target-size": {enabled: true}}, iframes: false, preload: false})
		.then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.target.join(" ") + " " + n.failureSummary)))`, chromedp.EvalAwaitPromise))
	if err != nil {
		r.t.Fatal(err)
	}
	return found
}

func keepsNobodyOut(t *testing.T, p *portal) {
	axe := axe(t)
	p.wide(360)
	check := func(what string) {
		t.Helper()
		for _, fault := range p.faultsOf(axe) {
			t.Errorf("%s: %s", what, fault)
		}
	}
	embed := p.home + "/embed/" + p.key.Key + ".html?"
	for _, look := range []struct {
		features []*emulation.MediaFeature
		queries  []string
	}{
		{nil, []string{"need=N1", "query=玉米&lang=en", "need=N1&interest=achievement:A1", "need=none"}},
		{[]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}, []string{"need=N1", "need=N1&interest=achievement:A1"}},
		{[]*emulation.MediaFeature{{Name: "prefers-contrast", Value: "more"}}, []string{"need=N1"}},
	} {
		p.media(look.features...)
		for _, query := range look.queries {
			p.do(chromedp.Navigate(embed + query))
			eval[bool](p.reader, `document.querySelectorAll("details").forEach(d => { d.open = true }) || true`)
			check(query)
		}
		p.heard() // that need=none is a page of an error
		p.visit("element")
		p.is(shadow + rows + `.length > 0`)
		eval[bool](p.reader, shadow+`.querySelectorAll("details").forEach(d => { d.open = true }) || true`)
		p.is(shadow + `.querySelector("textarea[required]") !== null`)
		check("component")
	}
	p.visit("light")
	p.is(`document` + rows + `.length > 0`)
	eval[bool](p.reader, `document.querySelectorAll("details").forEach(d => { d.open = true }) || true`)
	p.is(`document.querySelectorAll(".dj-form").length === 4 && document.documentElement.scrollWidth <= 360`)
	check("light")
	p.visit("published/index.html")
	check("published")
	p.do(chromedp.Navigate(embed + "need=N1"))
	eval[bool](p.reader, `(document.querySelector("#text").value = "玉米浸泡时间太长，亚硫酸用量大。", document.querySelector(".dj-form").requestSubmit(), true)`)
	p.becomes(`document.querySelector(".dj-questions") !== null`)
	check("problem")
	// The check itself finds what is wrong.
	eval[bool](p.reader, `document.querySelector("main").append(document.createElement("img"), document.createElement("textarea")) || true`)
	if found := p.faultsOf(axe); !slices.ContainsFunc(found, func(f string) bool { return f[:9] == "image-alt" }) {
		t.Errorf("of a picture without words axe says %v", found)
	}
}
