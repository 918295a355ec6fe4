package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
)

// compareSizes prints the figures of files that report.write wrote, by rising size, and how they grow from each to the
// next.
func compareSizes(out io.Writer, paths []string) error {
	var all []report
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var r report
		if err := json.Unmarshal(b, &r); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if n := len(all); n > 0 && r.Size <= all[n-1].Size {
			return fmt.Errorf("%s: %d achievements after %d (give the files by rising size)", path, r.Size, all[n-1].Size)
		}
		if len(r.Engines) == 0 {
			return fmt.Errorf("%s: the run was ended before it measured candidates: measure it again", path)
		}
		all = append(all, r)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer w.Flush()
	fmt.Fprint(w, "achievements")
	for i, r := range all {
		if i > 0 {
			fmt.Fprint(w, "\tgrowth")
		}
		fmt.Fprintf(w, "\t%d", r.Size)
	}
	fmt.Fprintln(w)
	for _, row := range []struct {
		name string
		of   func(report) float64
	}{
		{"load, s", func(r report) float64 { return r.LoadSeconds }},
		{"start to ready, s", func(r report) float64 { return r.ReadySeconds }},
		{"memory, MB", func(r report) float64 { return r.RSSMB }},
		{"disk, MB", func(r report) float64 { return r.DiskMB }},
		{"live match p50, ms", func(r report) float64 { return r.LiveP50 }},
		{"live match p95, ms", func(r report) float64 { return r.LiveP95 }},
		{"candidates p50, ms", func(r report) float64 { return r.Engines[0].Both.P50 }},
		{"one match list made, ms", func(r report) float64 { return 1000 / r.ListsPerSecond }},
		{"kept list p99, ms", func(r report) float64 { return r.KeptP99 }},
		{"typed search p95, ms", func(r report) float64 { return r.SearchP95 }},
	} {
		fmt.Fprint(w, row.name)
		for i, r := range all {
			if i > 0 {
				fmt.Fprintf(w, "\t^%.2f", exponent(float64(all[i-1].Size), row.of(all[i-1]), float64(r.Size), row.of(r)))
			}
			fmt.Fprintf(w, "\t%.2f", row.of(r))
		}
		fmt.Fprintln(w)
	}
	return nil
}
