package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"
)

func (a *app) exportCommand() *cobra.Command {
	var kinds []string
	var format, out, encoding string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write documents as a file that import takes back",
		Args:  cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error {
			q := params("format", format, "encoding", encoding)
			q["kind"] = kinds
			return a.download(ctx, "/v1/export", q, out)
		}),
	}
	f := cmd.Flags()
	f.StringSliceVar(&kinds, "kind", nil, "only these kinds: achievement, need, expert, project")
	f.StringVar(&format, "format", "csv", "csv, xlsx or jsonl")
	f.StringVar(&out, "out", "", "file to write, in the place of one of that name (default: standard output)")
	f.StringVar(&encoding, "encoding", "", "of a CSV file: utf-8 or gb18030")
	return cmd
}

// download writes a file that the API answers with.
func (a *app) download(ctx context.Context, path string, q url.Values, out string) error {
	c, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer c.close()
	body, err := c.do(ctx, http.MethodGet, path, q, nil)
	if err != nil {
		return err
	}
	defer body.Close()
	if out == "" {
		_, err := io.Copy(a.stdout, body)
		return err
	}
	n, err := writeFile(out, body)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s  %.0f kB\n", out, math.Ceil(float64(n)/1000))
	return err
}
