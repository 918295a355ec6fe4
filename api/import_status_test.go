package api

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

func TestEventsTellOfAnImport(t *testing.T) {
	w := newWorld(t, nil)
	w.as(w.adminKey, "POST", "/v1/import?kind=need&name=a.csv", "名称\n甲\n乙\n").want(200)
	list, _, err := w.svc.Imports(t.Context(), Caller{Name: "test", Admin: true}, 1, "")
	w.must(err)
	got := w.as(w.adminKey, "GET", "/v1/imports/"+list[0].ID+"/events", "")
	var st ImportStatus
	data, ok := strings.CutPrefix(string(got.body), "data: ")
	if err := json.Unmarshal([]byte(data), &st); err != nil || !ok || got.Header.Get("Content-Type") != "text/event-stream" || st.Created != 2 || st.State != corpus.ImportDone {
		t.Errorf("%s %+v %v", got.body, st, err)
	}
	w.as(w.adminKey, "GET", "/v1/imports/none/events", "").problem(404)
}

func TestProgressIsAShareOfTheRowsOrOfTheBytes(t *testing.T) {
	u := newUploading(t)
	up := u.add(table(2_000))
	_, err := u.Preview(t.Context(), ann, up.ID) // counts the rows
	u.must(err)
	uncounted := u.add(table(2_000))
	for _, id := range []string{up.ID, uncounted.ID} {
		_, err = u.StartImport(ann, id)
		u.must(err)
	}
	if st, err := u.ImportStatus(ann, up.ID); err != nil || !st.Waiting || !st.Working() || st.Share != 0 {
		t.Errorf("before its turn: %+v %v", st, err)
	}
	u.run()
	for _, id := range []string{up.ID, uncounted.ID} {
		before := ImportStatus{}
		for st, err := range u.WatchImport(t.Context(), ann, id) {
			u.must(err)
			if st.Share < before.Share && st.Working() || st.Share > 1 || st.Read < before.Read {
				t.Errorf("%+v comes after %+v", st, before)
			}
			before = st
		}
		if before.Working() || before.Share != 0 || before.Read != 2_000 {
			t.Errorf("at the end: %+v", before)
		}
	}
}

func TestProgressStaysKnownToTheLastRow(t *testing.T) {
	u := newUploading(t)
	streamed, whole := Upload{ID: "a", Bytes: 100}, Upload{ID: "b", Bytes: 100}
	read := map[string]*uploadReader{"a": {}, "b": {}}
	u.uploads.read = read
	for i, c := range []struct {
		of          Upload
		bytes, rows int
		want        float64
	}{{streamed, 30, 0, 0}, {streamed, 60, 5, .6}, {streamed, 100, 8, 1}, {streamed, 100, 9, 1}, {whole, 100, 0, 0}, {whole, 100, 5, 0}} {
		read[c.of.ID].bytes.Store(int64(c.bytes))
		if got, _ := u.share(c.of, c.rows); got != c.want {
			t.Errorf("case %d: %v, want %v", i, got, c.want)
		}
	}
}

func TestAWatcherLeavesWithTheProgram(t *testing.T) {
	u := newUploading(t)
	up := u.add(table(3))
	u.run()
	up.Begun = time.Time{}.Add(time.Hour) // and nobody was told: it waits
	u.must(u.saveUpload(up))
	told := make(chan int)
	go func() {
		n := 0
		for range u.WatchImport(t.Context(), ann, up.ID) {
			if n++; n == 1 {
				told <- n
			}
		}
		told <- n
	}()
	<-told
	u.stop()
	u.stop = func() {}
	select {
	case <-told:
	case <-time.After(time.Minute):
		t.Error("somebody still waits for an import that nobody will do")
	}
}
