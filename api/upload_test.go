package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// table is n rows of which every seventh is bad.
func table(n int) string {
	var b strings.Builder
	b.WriteString("编号,名称,内容\n")
	for i := range n {
		title := fmt.Sprint("成果", i)
		if i%7 == 0 {
			title = ""
		}
		fmt.Fprintf(&b, "%d,%s,第%d条的内容\n", i, title, i)
	}
	return b.String()
}

// An uploading is a service that imports files of pages, without an index.
type uploading struct {
	testing.TB
	*Service
	dir  string
	now  time.Time
	stop func()
}

func newUploading(t testing.TB) *uploading {
	u := &uploading{TB: t, dir: t.TempDir(), now: day}
	u.open()
	t.Cleanup(func() { u.close() })
	return u
}

// open begins the service; nothing is imported before run.
func (u *uploading) open() {
	u.Helper()
	now := func() time.Time { return u.now }
	store, err := corpus.Open(u.dir, corpus.Options{Now: now})
	u.must(err)
	u.Service = &Service{Store: store, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: now, Uploads: filepath.Join(u.dir, "uploads")}
	u.stop = func() {}
}

func (u *uploading) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- u.RunUploads(ctx) }()
	u.stop = func() {
		cancel()
		u.must(<-done)
	}
}

func (u *uploading) close() {
	u.Helper()
	u.stop()
	u.must(u.Store.Close())
}

func (u *uploading) must(err error) {
	u.Helper()
	if err != nil {
		u.Fatal(err)
	}
}

var (
	ann = Caller{Name: "key:ann", Key: true, Admin: true}
	bob = Caller{Name: "key:bob", Key: true, Admin: true}
)

func (u *uploading) add(text string) Upload {
	u.Helper()
	up, err := u.AddUpload(ann, Upload{Name: "a.csv", Kind: corpus.Achievement}, strings.NewReader(text))
	u.must(err)
	return up
}

// ended waits until an import has ended.
func (u *uploading) ended(id string) ImportStatus {
	u.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	var last ImportStatus
	for st, err := range u.WatchImport(ctx, ann, id) {
		u.must(err)
		last = st
	}
	if last.Working() {
		u.Fatalf("the import has not ended: %+v", last)
	}
	return last
}

func (u *uploading) documents() int {
	n := 0
	for _, err := range u.Store.Each(corpus.Achievement, 0) {
		u.must(err)
		n++
	}
	return n
}

func TestAnImportGoesOnAfterARestart(t *testing.T) {
	const rows = 5_000
	u := newUploading(t)
	up := u.add(table(rows))
	_, err := u.StartImport(ann, up.ID)
	u.must(err)
	cut := 0 // restarts in the middle
	for st := (ImportStatus{Waiting: true}); st.Working() && cut < 3; cut++ {
		st, err = u.ImportStatus(ann, up.ID)
		u.must(err)
		if !st.Waiting || st.Error != "" {
			t.Errorf("restart %d: %+v does not wait", cut, st)
		}
		before := st.Read
		u.run()
		for st.Read == before && st.Working() { // a batch at least
			st, err = u.ImportStatus(ann, up.ID)
			u.must(err)
		}
		u.close()
		u.open()
		st, err = u.ImportStatus(ann, up.ID)
		u.must(err)
	}
	if cut < 2 {
		t.Fatal("no restart came in the middle")
	}
	u.run()
	st := u.ended(up.ID)
	bad := (rows + 6) / 7
	if st.State != corpus.ImportDone || st.Read != rows || st.Created != rows-bad || st.Bad != bad || st.Rest != bad || st.Updated+st.Unchanged != 0 {
		t.Errorf("the import counts %+v", st)
	}
	if n := u.documents(); n != rows-bad {
		t.Errorf("%d documents are stored, want %d", n, rows-bad)
	}
	n := 0
	for row, err := range u.Rest(ann, up.ID) {
		u.must(err)
		if want := fmt.Sprint(n * 7); row.Cells[0] != want || !row.Bad() {
			t.Fatalf("row %d of the rest is %v", n, row.Cells)
		}
		n++
	}
	if n != bad {
		t.Errorf("%d rows are kept, want %d", n, bad)
	}
	if _, err := os.Stat(u.uploadPath(up.ID, uploadFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	u.must(u.StartUndo(t.Context(), ann, up.ID))
	for st, err := range u.WatchImport(t.Context(), ann, up.ID) {
		u.must(err)
		if !st.Working() && st.State != corpus.ImportUndone {
			t.Errorf("after the undo: %+v", st)
		}
	}
	if n := u.documents(); n != 0 {
		t.Errorf("%d documents are left after the undo", n)
	}
}

func TestAnImportThatEndedIsNotDoneAgain(t *testing.T) {
	u := newUploading(t)
	up := u.add(table(20))
	_, err := u.StartImport(ann, up.ID)
	u.must(err)
	u.run()
	done := u.ended(up.ID)
	u.close()
	// The program ended after the import and before it could say so.
	u.open()
	up, err = u.readUpload(up.ID)
	u.must(err)
	up.Ended, up.Rest = time.Time{}, 0
	u.must(u.saveUpload(up))
	u.must(os.WriteFile(u.uploadPath(up.ID, uploadFile), []byte(table(20)), 0o600))
	u.run()
	if again := u.ended(up.ID); again.Read != done.Read || again.Created != done.Created || again.Rest != done.Rest {
		t.Errorf("%+v became %+v", done, again)
	}
}

func TestAnImportThatEndsTheProgramIsGivenUp(t *testing.T) {
	u := newUploading(t)
	up := u.add(table(3))
	up, err := u.StartImport(ann, up.ID)
	u.must(err)
	up.Tries = maxTries
	u.must(u.saveUpload(up))
	u.run()
	if st := u.ended(up.ID); st.State != corpus.ImportBroken || u.documents() != 0 {
		t.Errorf("%+v", st)
	}
}

func TestUploadsBelongToTheirOwnerUntilTheyAreImported(t *testing.T) {
	u := newUploading(t)
	up := u.add(table(3))
	for _, id := range []string{up.ID, "../" + filepath.Base(u.dir), "", ".", "20260101-000000-aaaa"} {
		_, looked := u.Upload(bob, id)
		_, previewed := u.Preview(t.Context(), bob, id)
		_, changed := u.ChangeUpload(bob, id, func(*Upload) error { return nil })
		_, started := u.StartImport(bob, id)
		for i, err := range []error{looked, previewed, changed, started, u.DropUpload(bob, id)} {
			if corpus.CodeOf(err) != corpus.NotFound {
				t.Errorf("%q: call %d says %v", id, i, err)
			}
		}
	}
	reader := Caller{Name: "key:x", Role: market.Reader, Key: true}
	if _, err := u.Upload(reader, up.ID); corpus.CodeOf(err) != corpus.Forbidden {
		t.Errorf("a reader gets %v", err)
	}
	if _, err := u.AddUpload(reader, Upload{}, strings.NewReader("x")); corpus.CodeOf(err) != corpus.Forbidden {
		t.Errorf("a reader may give a file: %v", err)
	}
	_, err := u.StartImport(ann, up.ID)
	u.must(err)
	if _, err := u.ChangeUpload(ann, up.ID, func(*Upload) error { return nil }); corpus.CodeOf(err) != corpus.Conflict {
		t.Errorf("after its import began: %v", err)
	}
	u.run()
	u.ended(up.ID)
	if st, err := u.ImportStatus(bob, up.ID); err != nil || st.Created != 2 {
		t.Errorf("another admin sees %+v %v", st, err)
	}
	next, err := u.MendRest(bob, up.ID, map[int]Edit{0: {Line: 2, Cells: []string{"0", "改好的", "内容"}}})
	u.must(err)
	if _, err := u.MendRest(ann, up.ID, nil); corpus.CodeOf(err) != corpus.Conflict {
		t.Errorf("the rest is mended twice: %v", err)
	}
	u.must(u.DropUpload(bob, next.ID))
	if next, err = u.MendRest(bob, up.ID, map[int]Edit{0: {Line: 2, Cells: []string{"0", "改好的", "内容"}}}); err != nil {
		t.Fatal(err)
	}
	_, err = u.StartImport(bob, next.ID)
	u.must(err)
	if st := u.ended(next.ID); st.Created != 1 || st.By != bob.Name || u.documents() != 3 {
		t.Errorf("the mended row: %+v", st)
	}
}

func TestOldUploadsAreRemoved(t *testing.T) {
	u := newUploading(t)
	waits, taken := u.add(table(3)), u.add(table(3))
	_, err := u.StartImport(ann, taken.ID)
	u.must(err)
	u.run()
	u.ended(taken.ID)
	u.stop()
	u.stop = func() {}
	for _, step := range []struct {
		after       time.Duration
		waits, kept bool
	}{{uploadKept - time.Minute, true, true}, {2 * time.Minute, false, true}, {restKept - 25*time.Hour, false, true}, {48 * time.Hour, false, false}} {
		u.now = u.now.Add(step.after)
		u.must(u.sweepUploads())
		for id, want := range map[string]bool{waits.ID: step.waits, taken.ID: step.kept} {
			if _, err := u.readUpload(id); (err == nil) != want {
				t.Errorf("after %v more %s is there: %v, want %v", step.after, id, err == nil, want)
			}
		}
	}
}

func TestAnUploadHasALimit(t *testing.T) {
	u := newUploading(t)
	u.Limits.Set = map[*Limit]int64{BodyUpload: 1 << 20}
	if _, err := u.AddUpload(ann, Upload{Name: "a"}, io.LimitReader(zeros{}, 1<<20+1)); corpus.CodeOf(err) != corpus.TooLarge || !strings.Contains(err.Error(), "1 MiB") {
		t.Errorf("a large file: %v", err)
	}
	if _, err := u.AddUpload(ann, Upload{Name: "a"}, strings.NewReader("")); corpus.CodeOf(err) != corpus.Invalid {
		t.Errorf("an empty file: %v", err)
	}
	if list, err := os.ReadDir(u.Uploads); err != nil || len(list) != 0 {
		t.Errorf("%d folders are left, %v", len(list), err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestAPreviewShowsWhatAnImportWouldDo(t *testing.T) {
	u := newUploading(t)
	_, err := u.Store.Write(t.Context(), corpus.Batch{Actor: "test", Action: "x", Puts: []corpus.Put{{Doc: corpus.Doc{Kind: corpus.Achievement, SourceID: "4", Title: "旧"}}}})
	u.must(err)
	up := u.add("编号,名称,价格,备注\n1,甲,10万元,无\n2,,5万元,\n3,丙,很贵很贵3年,\n4,丁,,\n")
	p, err := u.Preview(t.Context(), ann, up.ID)
	u.must(err)
	if s := p.Summary; !p.Whole || s.Read != 4 || s.Created != 2 || s.Updated != 1 || s.Bad != 1 || s.Warnings != 1 || len(p.Bad) != 1 || len(p.Warned) != 1 || len(p.Good) != 2 || len(p.Mapped) != 4 {
		t.Errorf("%+v", p)
	}
	if p.Bad[0].Index != 1 || p.Warned[0].Index != 2 {
		t.Errorf("rows %d and %d", p.Bad[0].Index, p.Warned[0].Index)
	}
	_, err = u.ChangeUpload(ann, up.ID, func(u *Upload) error {
		u.Edits[1] = Edit{3, []string{"2", "乙", "5万元", ""}}
		u.Edits[0] = Edit{2, []string{"1", "甲", "10万元", "无"}} // says the same
		u.Edits[3] = Edit{9, []string{"4", "不是这一行", "", ""}}  // another row
		u.Columns["备注"], u.Columns["价格"] = "-", "+"
		return nil
	})
	u.must(err)
	if p, err = u.Preview(t.Context(), ann, up.ID); err != nil || p.Summary.Bad != 0 || p.Summary.Warnings != 0 || len(p.Mended) != 1 || len(p.Edits) != 1 {
		t.Errorf("mended: %+v %v", p, err)
	}
	if n := u.documents(); n != 1 {
		t.Errorf("a preview wrote %d documents", n-1)
	}
	_, err = u.StartImport(ann, up.ID)
	u.must(err)
	u.run()
	u.ended(up.ID)
	for d, err := range u.Store.Each(corpus.Achievement, 0) {
		u.must(err)
		if _, note := d.Extra["备注"]; note || d.Price != nil || d.Title == "不是这一行" || d.SourceID == "2" && d.Title != "乙" || d.SourceID == "1" && d.Extra["价格"] != "10万元" {
			t.Errorf("stored: %+v", d)
		}
	}
}

func TestAPreviewOfWhatCantBeReadSaysWhy(t *testing.T) {
	u := newUploading(t)
	for name, text := range map[string]string{"no header": "a,b\n1,2\n", "not a table": "PK\x03\x04broken", "no entries": "[]"} {
		p, err := u.Preview(t.Context(), ann, u.add(text).ID)
		if err != nil || p.Fault == nil || p.Fault.Message == "" || p.Whole {
			t.Errorf("%s: %+v %v", name, p, err)
		}
	}
}
