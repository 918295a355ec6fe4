package api

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"duijie/corpus"
)

func TestAnExportThatFailsBeforeItsFirstByteIsAProblem(t *testing.T) {
	for query, text := range map[string]string{"format=xlsx": strings.Repeat("a", 32_768), "format=csv&encoding=gb18030": "\ue000"} {
		w := newWorld(t, nil, corpus.Doc{Kind: corpus.Need, SourceID: "n1", Title: "求", Text: text})
		r := w.as("", "GET", "/v1/export?"+query, "")
		p := r.problem(422)
		if len(p.Errors) != 1 || p.Errors[0].Field != "内容" || !strings.Contains(p.Detail, "need n1") {
			t.Errorf("%s: document and field are not named: %s", query, r.body)
		}
		if got := r.Header.Get("Content-Disposition"); got != "" {
			t.Errorf("%s: Content-Disposition %q", query, got)
		}
	}
}

func TestAnExportThatBreaksOffIsNotTakenForTheWhole(t *testing.T) {
	docs := []corpus.Doc{{Kind: corpus.Need, SourceID: "n1", Title: "求", Text: strings.Repeat("长", 20_000)},
		{Kind: corpus.Need, SourceID: "n2", Title: "求", Text: "\ue000"}}
	w := newWorld(t, nil, docs...)
	server := httptest.NewServer(w.http)
	defer server.Close()
	for _, encoding := range []string{"gzip", "identity"} {
		r, err := http.NewRequest("GET", server.URL+"/v1/export?encoding=gb18030", nil)
		w.must(err)
		r.Header.Set("Accept-Encoding", encoding)
		res, err := http.DefaultClient.Do(r)
		if err != nil { // it broke off before a byte was compressed
			continue
		}
		if b, err := io.ReadAll(res.Body); err == nil || res.StatusCode != 200 {
			t.Errorf("%s: status %d, %d bytes, and no error", encoding, res.StatusCode, len(b))
		}
		res.Body.Close()
	}
	if log := w.log.String(); !strings.Contains(log, "an export broke off") || !strings.Contains(log, "need n2") {
		t.Errorf("the log says nothing of it: %s", log)
	}
}

func TestExportsWithoutAKeyAreFewAtATime(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	begun, goOn := make(chan bool), make(chan bool)
	ended := make(chan bool)
	for range maxOpenExports {
		go func() {
			defer func() { ended <- true }()
			r := httptest.NewRequestWithContext(context.Background(), "GET", "/v1/export", nil)
			w.http.ServeHTTP(&slowWriter{httptest.NewRecorder(), begun, goOn, false}, r)
		}()
		<-begun
	}
	r := w.as("", "GET", "/v1/export", "")
	if r.problem(503); r.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	w.as(w.readKey, "GET", "/v1/export", "").want(200)
	for range maxOpenExports {
		goOn <- true
		<-ended
	}
	w.as("", "GET", "/v1/export", "").want(200)
}

// A slowWriter says when it is first written to, and waits.
type slowWriter struct {
	*httptest.ResponseRecorder
	begun, goOn chan bool
	written     bool
}

func (w *slowWriter) Write(b []byte) (int, error) {
	if !w.written {
		w.written = true
		w.begun <- true
		<-w.goOn
	}
	return w.ResponseRecorder.Write(b)
}
