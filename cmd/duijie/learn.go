package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/matcher"
)

func (a *app) learnCommand() *cobra.Command {
	var o learnFlags
	cmd := &cobra.Command{
		Use:   "learn (--judged DIR | --report | --reset)",
		Short: "Learn the weights of the ranking from your own judged pairs and what people did with match lists",
		Long: `Learns how much each part of a match counts, from a folder of your own judged pairs as duijie eval takes it, and from
the leads and the feedback of the data folder. At least 300 judged pairs on 50 needs must be there.

The weights stay as they are unless the judged nDCG@10 rises in cross-validation by need, beyond chance. Learned ones
are kept in DATA/ranking.json and serve from the next start on. --report says why the weights in use are as they are.`,
		Args: cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error { return a.learn(ctx, o) }),
	}
	f := cmd.Flags()
	f.StringVar(&o.judged, "judged", "", "folder with the judged pairs")
	f.BoolVar(&o.dryRun, "dry-run", false, "say what would be learned, and change nothing")
	f.BoolVar(&o.report, "report", false, "say how the weights in use came about")
	f.BoolVar(&o.reset, "reset", false, "go back to the built-in weights")
	f.BoolVar(&a.json, "json", false, "print JSON")
	cmd.MarkFlagsOneRequired("judged", "report", "reset")
	cmd.MarkFlagsMutuallyExclusive("judged", "reset")
	cmd.MarkFlagsMutuallyExclusive("report", "reset")
	return cmd
}

type learnFlags struct {
	judged                string
	dryRun, report, reset bool
}

func (a *app) learn(ctx context.Context, o learnFlags) error {
	if o.reset {
		return a.resetRanking()
	}
	present, lesson, err := matcher.ReadRanking(a.rankingPath())
	if err != nil {
		return err
	}
	if o.judged == "" {
		return a.tellLesson(present, lesson)
	}
	learned, lesson, err := a.learnFrom(ctx, o.judged, present)
	if err != nil {
		return err
	}
	if err := a.tellLesson(learned, lesson); err != nil || !lesson.Accepted || o.dryRun {
		return err
	}
	b, err := matcher.WriteRanking(learned, lesson)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(a.Data, 0o700); err != nil {
		return err
	}
	if _, err := writeFile(a.rankingPath(), bytes.NewReader(b)); err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "duijie: wrote %s; a running server takes it at its next start\n", a.rankingPath())
	return nil
}

func (a *app) resetRanking() error {
	err := os.Remove(a.rankingPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		fmt.Fprintf(a.stderr, "duijie: removed %s; a running server goes on with it until its next start\n", a.rankingPath())
	}
	return err
}

// learnFrom learns in a folder that is thrown away, with the built-in vectors.
func (a *app) learnFrom(ctx context.Context, judged string, present matcher.Ranking) (r matcher.Ranking, l matcher.Lesson, err error) {
	set, err := matcher.ReadJudgedSet(judged)
	if err != nil {
		return r, l, err
	}
	if n := len(set.Skipped); n > 0 {
		fmt.Fprintf(a.stderr, "skipped: %d rows or pairs; duijie eval --judged %s names them\n", n, judged)
	}
	temp, err := os.MkdirTemp("", "duijie-learn-")
	if err != nil {
		return r, l, err
	}
	defer os.RemoveAll(temp)
	words, err := a.openLanguage(temp, a.logger(slog.LevelWarn))
	if err != nil {
		return r, l, err
	}
	w := matcher.Workbench{Analyzer: words.analyzer, Scorer: words.scorer}
	var q matcher.Questions
	if err := q.AddJudged(ctx, set, w); err != nil {
		return r, l, err
	}
	if err := a.addFeedback(ctx, &q, w); err != nil {
		return r, l, err
	}
	return q.Learn(present, time.Now())
}

// addFeedback adds what the data folder knows of what people did, where there is one.
func (a *app) addFeedback(ctx context.Context, q *matcher.Questions, w matcher.Workbench) error {
	c, err := a.running(ctx)
	if c == nil && err == nil {
		if _, err := os.Stat(filepath.Join(a.Data, corpus.FileName)); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		c, err = a.open(false)
	}
	if err != nil {
		return err
	}
	defer c.close()
	told, err := c.feedback(ctx)
	if err != nil || len(told) == 0 {
		return err
	}
	achievements, err := c.documents(ctx, corpus.Achievement)
	if err != nil {
		return err
	}
	needs, err := c.documents(ctx, corpus.Need)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(told)) {
		if need, ok := needs[id]; ok {
			if err := q.AddFeedback(ctx, need, achievements, told[id], w); err != nil {
				return err
			}
		}
	}
	return nil
}

// feedback returns what was done with the list of each need, leads among it.
func (c *client) feedback(ctx context.Context) (map[string][]market.Feedback, error) {
	out := map[string][]market.Feedback{}
	for query := (url.Values{"limit": {"1000"}}); ; {
		var page struct {
			Feedback []market.Feedback
			Next     string
		}
		if _, err := c.call(ctx, http.MethodGet, "/v1/feedback", query, nil, &page); err != nil {
			return nil, err
		}
		for _, f := range page.Feedback {
			out[f.Need] = append(out[f.Need], f)
		}
		if page.Next == "" {
			break
		}
		query.Set("after", page.Next)
	}
	for query := (url.Values{"limit": {"100"}}); ; {
		var page struct {
			Leads []market.Lead
			Next  string
		}
		if _, err := c.call(ctx, http.MethodGet, "/v1/leads", query, nil, &page); err != nil {
			return nil, err
		}
		for _, l := range page.Leads {
			if l.Need != "" && l.Achievement != "" { // a visitor's may lack one of them
				out[l.Need] = append(out[l.Need], l.Feedback())
			}
		}
		if page.Next == "" {
			return out, nil
		}
		query.Set("after", page.Next)
	}
}

// documents returns all documents of a kind by id, as the public sees them.
func (c *client) documents(ctx context.Context, k corpus.Kind) (map[string]corpus.Doc, error) {
	body, err := c.do(ctx, http.MethodGet, "/v1/export", url.Values{"kind": {string(k)}, "format": {"jsonl"}}, nil)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	out := map[string]corpus.Doc{}
	for lines := json.NewDecoder(body); ; {
		var d corpus.Doc
		if err := lines.Decode(&d); err == io.EOF {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		out[d.ID] = d.Public()
	}
}

// tellLesson prints a ranking and how it came about.
func (a *app) tellLesson(r matcher.Ranking, l matcher.Lesson) error {
	if a.json {
		return json.NewEncoder(a.stdout).Encode(struct {
			Ranking string `json:"ranking"` // in use from now on
			matcher.Lesson
		}{r.Version, l})
	}
	if l.Made.IsZero() {
		_, err := fmt.Fprintf(a.stdout, "ranking %s: the built-in weights; nothing was learned here\n", r.Version)
		return err
	}
	t := newTable("part", "old", "learned", "told by")
	for _, p := range l.Parts {
		told := "nothing"
		if p.Told > 0 {
			told = fmt.Sprintf("%.1f %%", 100*p.Told)
		}
		t.add(p.Part, strconv.FormatFloat(p.Old, 'f', 3, 64), strconv.FormatFloat(p.New, 'f', 3, 64), told)
	}
	if err := t.print(a.stdout); err != nil {
		return err
	}
	decision := "kept the old weights: the interval does not lie above 0"
	if l.Accepted {
		decision = "took the learned weights: the interval lies above 0"
	}
	_, err := fmt.Fprintf(a.stdout, `
%s: %d judged pairs, %d needs with a fitting one, %d entries that people did something with
nDCG@10 judged, cross-validated by need: old %.3f, learned %.3f, difference %+.3f, 95 %% [%+.3f, %+.3f]
%s
ranking %s
`, moment(l.Made), l.Pairs, l.Needs, l.Feedback, l.Old, l.New, l.New-l.Old, l.CI[0], l.CI[1], decision, r.Version)
	return err
}
