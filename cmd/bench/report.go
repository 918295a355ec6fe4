package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
)

const (
	keptList    = "kept list"
	typedSearch = "typed search"
)

// A report is the figures of one run: the form of bench/last.json. Times are in the unit that their name ends with.
type report struct {
	Date  string `json:"date"`
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"`
	Go    string `json:"go"`
	Size  int    `json:"size"` // achievements
	Needs int    `json:"needs"`

	ImportSeconds float64            `json:"import_s"`           // until import has ended
	LoadSeconds   float64            `json:"load_s"`             // until all of it can be found
	LoadedBy      map[string]float64 `json:"loaded_s,omitempty"` // by milestone of /v1/status
	LoadPerSecond float64            `json:"load_docs_per_s"`
	ReadySeconds  float64            `json:"ready_s"`            // from start to /readyz
	ReadyBy       map[string]float64 `json:"ready_by,omitempty"` // by milestone of /v1/status, in seconds, to .2
	DiskMB        float64            `json:"disk_mb"`
	RSSMB         float64            `json:"rss_mb"` // after the queries: anonymous and the mapped match index
	OtherFilesMB  float64            `json:"other_files_mb"`

	LiveP50 float64 `json:"live_match_p50_ms"`
	LiveP95 float64 `json:"live_match_p95_ms"`
	Recall  float64 `json:"recall50,omitempty"` // 0 where it was not measured

	ListsPerSecond float64 `json:"lists_per_s"` // match lists made beside nothing else, by one worker for two cores

	KeptP99       float64      `json:"kept_list_p99_ms"` // 4 clients
	KeptPerSecond float64      `json:"kept_list_per_s"`  // 4 clients
	SearchP95     float64      `json:"search_p95_ms"`    // 1 client
	HTTP          []httpFigure `json:"http"`

	Engines []engineFigures `json:"engines"` // ours first
	ratios
}

// An httpFigure is one load over HTTP; times are in milliseconds.
type httpFigure struct {
	What      string  `json:"what"`
	Clients   int     `json:"clients"`
	PerSecond float64 `json:"per_s"`
	P50       float64 `json:"p50"`
	P95       float64 `json:"p95"`
	P99       float64 `json:"p99"`
}

// Ratios are a peer's median over ours: above 1 ours is faster. 0 where the peer was left out.
type ratios struct {
	Lucene   float64 `json:"lucene_ratio,omitempty"`   // words and meaning
	Tantivy  float64 `json:"tantivy_ratio,omitempty"`  // words
	BM25S    float64 `json:"bm25s_ratio,omitempty"`    // words
	Weaviate float64 `json:"weaviate_ratio,omitempty"` // words and meaning, over HTTP
}

func (r *report) http(what string, clients int) httpFigure {
	for _, f := range r.HTTP {
		if f.What == what && f.Clients == clients {
			return f
		}
	}
	return httpFigure{}
}

// compare fills the ratios.
func (r *report) compare() {
	ours := r.Engines[0]
	for _, e := range r.Engines[1:] {
		switch e.Name {
		case "lucene":
			r.Lucene = e.Both.P50 / ours.Both.P50
		case "tantivy":
			r.Tantivy = e.Words.P50 / ours.Words.P50
		case "bm25s":
			r.BM25S = e.Words.P50 / ours.Words.P50
		case "weaviate":
			r.Weaviate = e.Both.P50 / ours.Both.P50
		}
	}
}

func (r *report) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%d achievements, %d needs; %d x %s; %s\n\n", r.Size, r.Needs, r.Cores, r.CPU, r.Go)
	fmt.Fprintf(w, "first load\t%.0f documents/s: import %.1f s, all found after %.1f s%s\n", r.LoadPerSecond, r.ImportSeconds, r.LoadSeconds, milestones(r.LoadedBy))
	fmt.Fprintf(w, "start to ready\t%.2f s%s\n", r.ReadySeconds, milestones(r.ReadyBy))
	fmt.Fprintf(w, "memory after the queries\t%.0f MB, other files' pages %.0f MB; %.0f MB on disk\n", r.RSSMB, r.OtherFilesMB, r.DiskMB)
	fmt.Fprintf(w, "live match of a need, one core\tp50 %.2f ms, p95 %.2f ms\n", r.LiveP50, r.LiveP95)
	fmt.Fprintf(w, "match lists made\t%.0f a second\n", r.ListsPerSecond)
	fmt.Fprintf(w, "recall@%d of meaning\t%s\n", depth, orDash("%.3f", r.Recall))
	fmt.Fprintf(w, "\nover HTTP, 20 rows\tclients\tper second\tp50 ms\tp95 ms\tp99 ms\n")
	for _, f := range r.HTTP {
		fmt.Fprintf(w, "%s\t%d\t%.0f\t%.2f\t%.2f\t%.2f\n", f.What, f.Clients, f.PerSecond, f.P50, f.P95, f.P99)
	}
	fmt.Fprintf(w, "\nbest %d for a whole need, one thread\twords p50 / p95 ms\tmeaning\tboth\trecall@%d\tbuild docs/s\n", depth, depth)
	for _, e := range r.Engines {
		if e.LeftOut != "" {
			fmt.Fprintf(w, "%s\tleft out: %s\n", e.Name, e.LeftOut)
			continue
		}
		fmt.Fprintf(w, "%s %s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.Name, e.Version, e.Words, e.Meaning, e.Both, orDash("%.3f", e.Recall), orDash("%.0f", e.LoadPerSecond), e.Note)
	}
	fmt.Fprintln(w)
	for _, x := range []struct {
		name  string
		value float64
	}{{"lucene over ours, both", r.Lucene}, {"tantivy over ours, words", r.Tantivy}, {"bm25s over ours, words", r.BM25S}, {"weaviate over ours, both", r.Weaviate}} {
		if x.value > 0 {
			fmt.Fprintf(w, "%s\t%.1f times as long\n", x.name, x.value)
		}
	}
	w.Flush()
}

// milestones prints those that /v1/status tells apart, "" where there is one only.
func milestones(at map[string]float64) string {
	if len(at) < 2 {
		return ""
	}
	out := " ("
	for i, name := range slices.Sorted(maps.Keys(at)) {
		if i > 0 {
			out += ", "
		}
		out += fmt.Sprintf("%s %.1f s", name, at[name])
	}
	return out + ")"
}

func (t times) String() string {
	if t.P50 == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f / %.2f", t.P50, t.P95)
}

func orDash(format string, x float64) string {
	if x == 0 {
		return "-"
	}
	return fmt.Sprintf(format, x)
}

// write writes the file anew.
func (r *report) write(path string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}

// record adds a line to the history.
func (r *report) record(path, name string) error {
	b, err := json.Marshal(struct {
		Name   string  `json:"name"`
		Date   string  `json:"date"`
		Size   int     `json:"size"`
		CPU    string  `json:"cpu"`
		Cores  int     `json:"cores"`
		Recall float64 `json:"recall50"`
		ratios
	}{name, r.Date, r.Size, r.CPU, r.Cores, r.Recall, r.ratios})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	old, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	return os.WriteFile(path, bytes.Join([][]byte{old, b, []byte("\n")}, nil), 0o644)
}
