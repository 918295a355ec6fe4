package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"duijie/indexer"
	"duijie/matcher"
)

func (a *app) evalCommand() *cobra.Command {
	var o evalFlags
	cmd := &cobra.Command{
		Use:   "eval --judged DIR",
		Short: "Measure the ranking on judged pairs: achievements.jsonl, needs.jsonl, and judged.txt or qrels.tsv",
		Long: `Measures the built-in ranking and BM25 on a folder of judged pairs, with 95 % intervals; no data folder is needed.

The folder holds achievements.jsonl and needs.jsonl in any form that import takes, and qrels.tsv: a header, then lines
of need id, achievement id and a grade from 0 to 3 with tabs between; or judged.txt in their place.

bm25 is the words part of our ranking alone. --ablate adds "without" each part that the set has data for, meaning and
coverage alone, and "every pair": our ranking without the choice of candidates. With --embedder http, --embedder-url and
--embedder-model the model server is measured too: "endpoint", the cosine of the titles; "rrf", endpoint and bm25 merged
by reciprocal rank; "ours with endpoint", in the place of the built-in embedder.`,
		Args: cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error { return a.eval(ctx, o) }),
	}
	f := cmd.Flags()
	f.StringVar(&o.judged, "judged", "", "folder with the judged pairs")
	f.BoolVar(&a.json, "json", false, "print JSON")
	f.BoolVar(&o.ablate, "ablate", false, "measure also without each part, and by single parts")
	f.StringVar(&o.report, "report", "", "write a page with plots and the worst needs to this HTML file")
	cmd.MarkFlagRequired("judged")
	return cmd
}

type evalFlags struct {
	judged, report string
	ablate         bool
}

func (a *app) eval(ctx context.Context, o evalFlags) error {
	e, err := a.evaluate(ctx, o)
	if err != nil {
		return err
	}
	a.tellSkipped(e.Skipped)
	if o.report != "" {
		if err := writeReport(o.report, e); err != nil {
			return err
		}
	}
	if a.json {
		return json.NewEncoder(a.stdout).Encode(e)
	}
	return a.printEvaluation(e)
}

// tellSkipped says what of a judged set was left out.
func (a *app) tellSkipped(skipped []string) {
	for i, s := range skipped {
		if i == shownProblems {
			fmt.Fprintf(a.stderr, "skipped: %d more\n", len(skipped)-i)
			break
		}
		fmt.Fprintln(a.stderr, "skipped:", s)
	}
}

// evaluate works in a folder that is thrown away.
func (a *app) evaluate(ctx context.Context, o evalFlags) (*matcher.Evaluation, error) {
	set, err := matcher.ReadJudgedSet(o.judged)
	if err != nil {
		return nil, err
	}
	var e *matcher.Evaluation
	err = a.withWorkbench(func(l language, w matcher.Workbench) error {
		options := matcher.EvalOptions{Ablate: o.ablate}
		if a.Embedder == "http" {
			var err error
			if options.Endpoint, err = a.httpEmbedder(); err != nil {
				return err
			}
			framed, err := indexer.Framed(ctx, options.Endpoint, l.static)
			if err != nil {
				return err
			}
			options.WithEndpoint = indexer.NewAnalyzer(l.segmenter, framed, a.logger(slog.LevelWarn))
		}
		e, err = matcher.Eval(ctx, set, w, options)
		return err
	})
	return e, err
}

// withWorkbench calls work with the built-in language and a workbench whose files are removed afterwards.
func (a *app) withWorkbench(work func(language, matcher.Workbench) error) error {
	temp, err := os.MkdirTemp("", "duijie-judged-")
	if err != nil {
		return err
	}
	log := a.logger(slog.LevelWarn)
	l, err := a.openLanguage(temp, log)
	if err != nil {
		return errors.Join(err, os.RemoveAll(temp))
	}
	open := func(analyzer *indexer.Analyzer) (indexer.Engine, error) {
		dir, err := os.MkdirTemp(temp, "index-")
		if err != nil {
			return nil, err
		}
		return openEngine(dir, "judged", l.segmenter, analyzer, log)
	}
	err = work(l, matcher.Workbench{Analyzer: l.analyzer, Scorer: l.scorer, Open: open})
	return errors.Join(err, os.RemoveAll(temp))
}

func writeReport(path string, e *matcher.Evaluation) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(e.Report(f), f.Close())
}

// printEvaluation prints a line a system, ours first and the others by their nDCG, and below what each lacks against
// ours.
func (a *app) printEvaluation(e *matcher.Evaluation) error {
	systems := e.SystemNames()
	t := newTable("", "nDCG@10 full", "nDCG@10 judged", "recall@100", "MRR")
	row := func(name string, m matcher.Measures) {
		cells := []string{name}
		for i, x := range m.Figures() {
			ci := m.CI[matcher.FigureNames[i]]
			cells = append(cells, fmt.Sprintf("%.3f [%.3f, %.3f]", x, ci[0], ci[1]))
		}
		t.add(cells...)
	}
	row("ours", e.Measures)
	for _, name := range systems {
		row(name, e.Systems[name])
	}
	t.add("less ours", "", "", "", "")
	for _, name := range systems {
		m, cells := e.Systems[name], []string{name}
		us := e.Figures()
		for i, x := range m.Figures() {
			d := m.Difference[matcher.FigureNames[i]]
			cells = append(cells, fmt.Sprintf("%+.3f [%+.3f, %+.3f]", x-us[i], d[0], d[1]))
		}
		t.add(cells...)
	}
	fmt.Fprintf(a.stdout, "%d needs, 95 %% intervals\n", e.Needs)
	return t.print(a.stdout)
}
