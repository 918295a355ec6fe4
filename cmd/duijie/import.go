package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"duijie/api"
	"duijie/corpus"
)

// shownProblems is how many bad rows of a file are told of on a terminal; --errors has them all.
const shownProblems = 20

// An importing is one run of duijie import.
type importing struct {
	kind, source, encoding string
	columns                []string // HEADER=FIELD
	useMap, saveMap        string
	dryRun, paste          bool
	errorsPath             string
}

func (a *app) importCommand() *cobra.Command {
	var im importing
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Read workbooks, CSV, JSONL, forms in .docx, PDF, or .zip of them; - is standard input",
		Long: "Read workbooks (.xlsx, .xls, also HTML, CSV or XML named .xls), CSV, JSONL, forms and lists in .docx, and .zip of\n" +
			"them, gzipped or not; - is standard input. Format, encoding, separator and columns are found by content, all sheets\n" +
			"with a known header are read, and a form (label beside value) makes one row. A PDF, which must have text and not\n" +
			"pictures alone, becomes a draft or several. With --paste files hold a message as people wrote it, standard input\n" +
			"without one: it becomes drafts, each told with what it lacks. Reading a file again changes nothing; a row with a\n" +
			"known id updates. Bad rows never stop good ones: exit code 3 says that there were some, --errors keeps them to be\n" +
			"mended and imported again. For 30 days duijie undo takes an import back.",
		Args: func(cmd *cobra.Command, args []string) error {
			if im.paste {
				return nil
			}
			return cobra.MinimumNArgs(1)(cmd, args)
		},
		RunE: a.does(func(ctx context.Context, args []string) error {
			if im.paste {
				return a.pasteFiles(ctx, im, args)
			}
			return a.importFiles(ctx, im, args)
		}),
	}
	f := cmd.Flags()
	f.BoolVar(&im.paste, "paste", false, "make drafts of a message as people wrote it (default: standard input)")
	f.StringVar(&im.kind, "kind", "", "achievement, need, expert or project, of rows that don't say (default: by the file's name)")
	f.StringVar(&im.source, "source", "", "where the rows come from; with a row's id its identity (default import)")
	f.StringArrayVar(&im.columns, "map", nil, "read column HEADER into FIELD: HEADER=FIELD, may be repeated; HEADER= leaves it out")
	f.StringVar(&im.useMap, "use-map", "", "read columns as the saved map of this name says (default: the one named like --source, if there is one)")
	f.StringVar(&im.saveMap, "save-map", "", "save what --map says under this name")
	f.StringVar(&im.encoding, "encoding", "", "of text files: utf-8 or gb18030 (default: by content)")
	f.BoolVar(&im.dryRun, "dry-run", false, "check and count, show what each column is taken for, write nothing")
	f.StringVar(&im.errorsPath, "errors", "", "write bad rows to this CSV file, to be mended and imported again")
	f.BoolVar(&a.json, "json", false, "print a line of JSON at each event, {\"committed\":N} after each commit; with --paste the API's answer")
	for _, other := range []string{"map", "encoding", "errors"} {
		cmd.MarkFlagsMutuallyExclusive("paste", other)
	}
	return cmd
}

func (a *app) importFiles(ctx context.Context, im importing, paths []string) (err error) {
	for _, path := range paths {
		if info, err := os.Stat(path); path != "-" && err != nil {
			return err
		} else if path != "-" && info.IsDir() {
			return fmt.Errorf("%s is a folder (name the files in it)", path)
		}
	}
	c, err := a.begin(ctx, !im.dryRun)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if err := c.settle(ctx); err != nil {
		return err
	}
	defer c.follow(ctx)()
	bad, err := newErrorFile(im.errorsPath)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bad.close()) }()
	out := output{app: a, dry: im.dryRun, bad: bad}
	for _, path := range paths {
		if err := a.importFile(ctx, c, im, path, &out); err != nil {
			return err
		}
	}
	if err := out.end(); err != nil {
		return err
	}
	if err := c.settle(ctx); err != nil {
		return err
	}
	if out.total.Bad > 0 {
		return errRows
	}
	return nil
}

// importFile sends one file while the server tells of its rows.
func (a *app) importFile(ctx context.Context, c *client, im importing, path string, out *output) error {
	file, name, size := a.stdin, "stdin", int64(-1)
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		file, name, size = f, filepath.Base(path), info.Size()
	}
	kind := cmp.Or(im.kind, string(kindOf(name)))
	q := params("name", name, "dry_run", strconv.FormatBool(im.dryRun), "kind", kind, "source", im.source, "encoding", im.encoding,
		"use_map", im.useMap, "save_map", im.saveMap)
	q["map"] = im.columns
	bar := a.bar(name, size)
	defer bar.Exit()
	answer, err := c.do(ctx, http.MethodPost, "/v1/import", q, &content{"application/octet-stream", watched{file, bar}})
	if err != nil {
		return err
	}
	defer answer.Close()
	out.begin(name, kind, bar)
	for dec := json.NewDecoder(answer); ; {
		var e api.ImportEvent
		if err := dec.Decode(&e); err != nil {
			return fmt.Errorf("%s: the import broke off, rows safe so far: %d (import it again: what is there stays): %w", name, out.rows(), err)
		}
		if err := out.event(e); err != nil {
			return err
		}
		if e.Error != nil {
			if err := problemError(e.Error); strings.HasPrefix(err.Error(), name) {
				return err
			}
			return fmt.Errorf("%s: %w", name, problemError(e.Error))
		}
		if e.Summary != nil {
			return nil
		}
	}
}

// bar returns a progress bar on the terminal, by bytes where the size is known; a silent one where there is none.
func (a *app) bar(name string, size int64) *progressbar.ProgressBar {
	f, ok := a.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return progressbar.DefaultBytesSilent(size)
	}
	return progressbar.NewOptions64(size, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(name),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(),
		progressbar.OptionFullWidth())
}

// A watched reader moves a bar.
type watched struct {
	r   io.Reader
	bar *progressbar.ProgressBar
}

func (w watched) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	w.bar.Add(n) // an error says that the file has grown meanwhile
	return n, err
}

// kindOf guesses the kind of a file's rows by its name; "" where it names none, or several.
func kindOf(name string) corpus.Kind {
	var found corpus.Kind
	for word, kind := range map[string]corpus.Kind{"achievement": corpus.Achievement, "成果": corpus.Achievement, "need": corpus.Need, "需求": corpus.Need,
		"expert": corpus.Expert, "专家": corpus.Expert, "project": corpus.Project, "项目": corpus.Project} {
		if strings.Contains(strings.ToLower(name), word) {
			if found != "" && found != kind {
				return ""
			}
			found = kind
		}
	}
	return found
}
