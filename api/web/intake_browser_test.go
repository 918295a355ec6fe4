package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"duijie/corpus"
)

// A told is what a golden file of corpus/testdata/intake says of its file.
type told struct {
	docs  map[string]string // by kind and id: the posting as JSON
	bad   []string          // what is wrong with each row that can't be taken
	fault string            // why nothing can be read; "": it can
}

func readTold(t *testing.T, path string) told {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := told{docs: map[string]string{}}
	doc, fresh := "", true
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case doc != "":
			if doc += line; line != "  }" {
				continue
			}
			var d corpus.Doc
			if err := json.Unmarshal([]byte(doc), &d); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			out.docs[string(d.Kind)+"/"+d.ID], doc = plain(t, d), ""
		case strings.HasPrefix(line, "  bad "):
			message, _, _ := strings.Cut(line[len("  bad "):], " (")
			if _, after, ok := strings.Cut(message, ": "); ok { // the field stands at the cell
				message = after
			}
			if fresh {
				out.bad = append(out.bad, message)
			}
			fresh = false
		case strings.HasPrefix(line, "error "):
			_, message, _ := strings.Cut(line, ": ")
			out.fault, _, _ = strings.Cut(message, " (")
		case strings.HasSuffix(line, " {"):
			doc = "{"
		default:
			fresh = true
		}
	}
	return out
}

// plain is a posting without what the store gives it.
func plain(t *testing.T, d corpus.Doc) string {
	t.Helper()
	d.Number, d.Version, d.Created, d.Updated = 0, 0, time.Time{}, time.Time{}
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Every file of corpus's golden test, as a person would give it to the page.
func TestFilesAsTheyArriveImportExactlySoInABrowser(t *testing.T) {
	wants, err := filepath.Glob("../../corpus/testdata/intake/*.want")
	if err != nil || len(wants) < 20 {
		t.Fatalf("%d files, %v", len(wants), err)
	}
	r := newReader(t, false)
	r.signIn()
	main := func() string {
		return eval[string](r, `document.querySelector("main").textContent.replace(/\s+/g, " ")`)
	}
	for _, path := range wants {
		want := readTold(t, path)
		file, err := filepath.Abs(strings.TrimSuffix(path, ".want"))
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		r.open("/imports")
		r.do(chromedp.SetValue(chromedp.CSS("#kind"), "need"), chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file}))
		r.follow(click(".upload .button"))
		if want.fault != "" {
			if said := main(); !strings.Contains(said, want.fault) || len(want.docs)+len(want.bad) > 0 || eval[bool](r, `document.querySelector('[value="import"]') !== null`) {
				t.Errorf("%s: %q is not said in %s", name, want.fault, said)
			}
			r.follow(click(`[value="drop"]`))
			continue
		}
		said := main()
		for _, message := range want.bad {
			if !strings.Contains(said, message) {
				t.Errorf("%s: the preview does not say %q in %s", name, message, said)
			}
		}
		r.follow(click(`[value="import"]`))
		r.becomes(`document.querySelector("h2").textContent === "已完成" && document.querySelector("[data-events]") === null`)
		if counts := fmt.Sprintf("新增 %d，更新 0，无变化 0，未导入 %d", len(want.docs), len(want.bad)); !strings.Contains(main(), counts) {
			t.Errorf("%s: %q is not said in %s", name, counts, main())
		}
		got := r.world.takeAll()
		for _, id := range slices.Sorted(maps.Keys(want.docs)) {
			if got[id] != want.docs[id] {
				t.Errorf("%s: %s is stored as\n%s\nwant\n%s", name, id, got[id], want.docs[id])
			}
			delete(got, id)
		}
		for id := range got {
			t.Errorf("%s: %s is stored and not wanted", name, id)
		}
	}
}

// takeAll takes all postings out of the store and returns them.
func (w *world) takeAll() map[string]string {
	w.t.Helper()
	all, b := map[string]string{}, corpus.Batch{Actor: "test", Action: "clear"}
	for _, k := range corpus.Kinds {
		for d, err := range w.svc.Store.Each(k, 0) {
			if err != nil {
				w.t.Fatal(err)
			}
			all[string(k)+"/"+d.ID] = plain(w.t, d)
			b.Deletes = append(b.Deletes, corpus.Delete{Kind: k, ID: d.ID})
		}
	}
	if _, err := w.svc.Store.Write(w.t.Context(), b); err != nil {
		w.t.Fatal(err)
	}
	return all
}

func TestTwinsAreMergedAndTakenBackInABrowser(t *testing.T) {
	r := newReader(t, true)
	r.wide(1280)
	r.signIn()
	r.follow(click(`nav [href="/duplicates"]`))
	before := eval[int](r, `document.querySelectorAll(".pair").length`)
	r.is(`document.querySelectorAll(".pair mark").length > 0 && document.querySelector(".versus .button").getBoundingClientRect().width > 0`)
	title := eval[string](r, `document.querySelector(".pair thead th:nth-child(3) a").textContent`)
	r.follow(click(".pair .acts td:nth-child(3) .button")) // the right one stays
	r.is(`document.querySelector("h1").textContent === "合并前看一看结果" && document.querySelector(".sides a").textContent === ` + fmt.Sprintf("%q", title))
	r.follow(click("form.row .button"))
	r.is(`location.pathname === "/duplicates" && document.querySelector(".note").textContent.includes("今后指向")`)
	r.follow(click(".note .button"))
	r.is(`location.pathname === "/duplicates/history" && document.querySelector(".note").textContent.includes("恢复原样") && document.querySelector(".results") === null`)
	r.open("/duplicates")
	r.becomes(fmt.Sprintf(`document.querySelectorAll(".pair").length === %d`, before))
}

func TestTheWalkThroughWhatIsMissingInABrowser(t *testing.T) {
	r := newReader(t, true)
	r.wide(1280)
	r.signIn()
	r.follow(click(`nav [href="/incomplete"]`))
	r.follow(click("main p .button"))
	r.becomes(`location.pathname.startsWith("/incomplete/achievements/")`)
	first := eval[string](r, "location.pathname")
	r.follow(click("form .button.plain")) // skip
	r.becomes(`location.pathname.startsWith("/incomplete/achievements/") && location.pathname !== ` + fmt.Sprintf("%q", first))
	r.open(first + "?kind=achievement")
	title := eval[string](r, `document.querySelector("h1").textContent`)
	r.do(chromedp.SendKeys(chromedp.CSS("#price"), "50-100万元"))
	r.follow(click("form .button"))
	r.becomes(`location.pathname.startsWith("/incomplete/") && document.querySelector(".note").textContent.includes("已保存")`)
	id := strings.TrimPrefix(first, "/incomplete/achievements/")
	if d, err := r.world.svc.Store.Get(corpus.Achievement, id); err != nil || d.Title != title || d.Price == nil || d.Price.Min != 50_000_000 {
		t.Errorf("saved: %+v %v", d, err)
	}
	// All of a page at once.
	r.open("/incomplete")
	r.do(click("[data-all]"), chromedp.SetValue(chromedp.CSS("#set"), "contact"), chromedp.SendKeys(chromedp.CSS("#value"), "技术转移中心 0475-8200000"))
	r.follow(click(`[value="look"]`))
	r.is(`document.querySelectorAll("tbody tr").length === 27 && document.querySelector("main").textContent.includes("还没有写入")`)
}
