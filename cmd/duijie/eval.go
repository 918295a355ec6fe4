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
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "eval --judged DIR",
		Short: "Measure the ranking on judged pairs: achievements.jsonl, needs.jsonl, and judged.txt or qrels.tsv",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(ctx context.Context, _ []string) error { return a.eval(ctx, dir, asJSON) }),
	}
	cmd.Flags().StringVar(&dir, "judged", "", "folder with the judged pairs")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.MarkFlagRequired("judged")
	return cmd
}

// eval needs no data folder: what it makes is thrown away.
func (a *app) eval(ctx context.Context, judged string, asJSON bool) error {
	temp, err := os.MkdirTemp("", "duijie-eval-")
	if err != nil {
		return err
	}
	m, err := a.measure(ctx, temp, judged)
	if err := errors.Join(err, os.RemoveAll(temp)); err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(a.stdout).Encode(m)
	}
	_, err = fmt.Fprintln(a.stdout, m)
	return err
}

func (a *app) measure(ctx context.Context, temp, judged string) (matcher.Measures, error) {
	log := a.logger(slog.LevelWarn)
	l, err := a.openLanguage(temp, log)
	if err != nil {
		return matcher.Measures{}, err
	}
	return matcher.Eval(ctx, judged, l.analyzer, l.scorer, func(dir string) (indexer.Engine, error) {
		return l.openEngine(dir, "judged", log)
	})
}
