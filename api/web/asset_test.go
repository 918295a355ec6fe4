package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// maxHome is what the home page may weigh with its style sheets and scripts, compressed, in bytes: half a second on a line
// of 320 kbit/s. It has 14,000.
const maxHome = 20_000

func packedSize(t *testing.T, b []byte) int {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

func TestTheHomePageIsLight(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, source := w.get("/")
	total, said := packedSize(t, []byte(source)), []string{}
	for _, e := range all(doc, func(e *html.Node) bool { return e.Data == "script" || e.Data == "link" || e.Data == "img" }) {
		address := attr(e, "src") + attr(e, "href")
		res := w.ask(http.MethodGet, address, nil)
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Fatalf("%s: %d, %v", address, res.StatusCode, err)
		}
		total += packedSize(t, b)
		said = append(said, address)
	}
	t.Logf("%d bytes with %s", total, strings.Join(said, " "))
	if total > maxHome {
		t.Errorf("the home page weighs %d bytes with %s, more than %d", total, strings.Join(said, " "), maxHome)
	}
}

// newerThan86 are features of CSS and JavaScript that came after Chromium 86, by what they look like in a source.
var newerThan86 = map[string]string{
	"style":  `:has\(|:is\(|:where\(|\binset:|@import|@container|container-type|@layer|:modal|:popover-open|aspect-ratio\s*:|color-mix\(|oklch\(|oklab\(|\blab\(|\blch\(|@property|\d(dvh|svh|lvh|dvw|cqw|cqi)\b|@scope|@starting-style|:user-(in)?valid|text-wrap\s*:|inset-area|anchor-name|scrollbar-gutter|scrollbar-color|animation-timeline|subgrid|^\s*&`,
	"script": `\?\?=|\|\|=|&&=|\bawait\b|\.at\(-?\d|\.replaceAll\(|structuredClone|Object\.hasOwn|\.findLast|\.toSorted|\.toReversed|\.groupBy|Array\.fromAsync|\.showPopover|showModal|\bstatic\s*\{|#[a-z]\w*\s+in\s|AbortSignal\.(timeout|any)|navigation\.|startViewTransition|Promise\.any|WeakRef|\.checkVisibility|scheduler\.|URLPattern|Intl\.Segmenter|setHTML|hasUAVisualTransition`,
}

func TestAssetsKeepToTheFeaturesOfChromium86(t *testing.T) {
	list, err := files.ReadDir("assets")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, f := range list {
		kind := map[string]string{"css": "style", "js": "script"}[f.Name()[strings.LastIndex(f.Name(), ".")+1:]]
		if kind == "" {
			continue
		}
		seen++
		b, err := files.ReadFile("assets/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(b), "\n") {
			if what := regexp.MustCompile(newerThan86[kind]).FindString(line); what != "" {
				t.Errorf("%s line %d: %q came after Chromium 86", f.Name(), i+1, what)
			}
		}
	}
	if seen < 3 {
		t.Errorf("only %d assets were read", seen)
	}
	for kind, sample := range map[string]string{"style": "a:has(b) {}", "script": "x ??= 1"} {
		if !regexp.MustCompile(newerThan86[kind]).MatchString(sample) {
			t.Errorf("%q is let through", sample)
		}
	}
}
