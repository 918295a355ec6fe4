package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"duijie/corpus"
	"duijie/matcher"
)

type judgeFlags struct {
	judged, need, judge string
	all, report, merge  bool
	pool                matcher.PoolOptions
}

func (a *app) judgeCommand() *cobra.Command {
	var o judgeFlags
	cmd := &cobra.Command{
		Use:   "judge --judged DIR (--need ID | --all) --judge NAME",
		Short: "Grade pairs in the terminal, compare judges, and make a judged set of your own",
		Long: `Makes a judged set for "duijie eval" out of DIR/achievements.jsonl and DIR/needs.jsonl, such as "duijie export --kind
need --format jsonl --out DIR/needs.jsonl" writes.

For each need it shows the best of several rankings and a few achievements taken at random, shuffled and without a sign
of what found them, and takes grades: 3 strong, 2 fairly strong, 1 weak, 0 none; s leaves a pair for later, u takes the
last grade back, q ends. Each grade is on disk in DIR/grades.NAME.tsv before the next is asked for; the same command
goes on where it stopped. Judges who are to be compared need the same --pool and --seed.

--report tells how far two judges agree: Cohen's kappa with quadratic weights.
--merge writes DIR/qrels.tsv: of several grades the median, of an even number the lower of the middle ones; pairs whose
judges are two grades or more apart are listed for a third look.`,
		Args: cobra.NoArgs,
		PreRunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case o.report || o.merge:
			case o.judge == "":
				return errors.New("--judge NAME is missing: say who gives the grades")
			case !judgeName.MatchString(o.judge):
				return fmt.Errorf("--judge %q is no name: use letters, digits, - and _, 40 at most", o.judge)
			case o.pool.Best < 1:
				return errors.New("--pool must be 1 or more")
			}
			return nil
		},
		RunE: a.does(func(ctx context.Context, _ []string) error {
			switch {
			case o.report:
				return a.agreement(o.judged)
			case o.merge:
				return a.mergeGrades(o.judged)
			}
			return a.judge(ctx, o)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&o.judged, "judged", "", "folder with achievements.jsonl and needs.jsonl")
	f.StringVar(&o.need, "need", "", "id of the need to judge")
	f.BoolVar(&o.all, "all", false, "judge all needs, one after the other")
	f.StringVar(&o.judge, "judge", "", "name of the judge")
	f.Uint64Var(&o.pool.Seed, "seed", 1, "number that the random achievements and the order follow from")
	f.IntVar(&o.pool.Best, "pool", 10, "how many of each ranking are shown")
	f.BoolVar(&o.report, "report", false, "tell how far the judges agree")
	f.BoolVar(&o.merge, "merge", false, "write qrels.tsv from all judges' grades")
	cmd.MarkFlagRequired("judged")
	cmd.MarkFlagsOneRequired("need", "all", "report", "merge")
	cmd.MarkFlagsMutuallyExclusive("need", "all", "report", "merge")
	return cmd
}

const gradesPrefix, gradesSuffix = "grades.", ".tsv"

var judgeName = regexp.MustCompile(`^[\p{L}\p{N}_-]{1,40}$`)

// A session is one judge at work.
type session struct {
	app   *app
	path  string // of the grades
	given []matcher.Grade
	pairs []matcher.Pair
	later map[int]bool // pairs left for another time
}

func (a *app) judge(ctx context.Context, o judgeFlags) error {
	set, err := matcher.ReadPostings(o.judged)
	if err != nil {
		return err
	}
	a.tellSkipped(set.Skipped)
	needs := set.Needs
	if !o.all {
		at := slices.IndexFunc(needs, func(d corpus.Doc) bool { return d.ID == o.need || d.SourceID == o.need })
		if at < 0 {
			return corpus.Errorf(corpus.NotFound, "there is no need %q in %s", o.need, filepath.Join(o.judged, "needs.jsonl"))
		}
		needs = needs[at : at+1]
	}
	s := &session{app: a, path: filepath.Join(o.judged, gradesPrefix+o.judge+gradesSuffix), later: map[int]bool{}}
	if s.given, err = matcher.ReadGrades(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	o.pool.Judge = o.judge
	err = a.withWorkbench(func(_ language, w matcher.Workbench) (err error) {
		s.pairs, err = w.Pool(ctx, set.Achievements, needs, o.pool)
		return err
	})
	if err != nil {
		return err
	}
	return s.run(ctx)
}

// run asks until all pairs have a grade, the input ends or the judge has had enough.
func (s *session) run(ctx context.Context) error {
	answers, out := inputLines(s.app.stdin), s.app.stdout
	shown, more := -1, true
	for more {
		open := slices.DeleteFunc(s.open(), func(i int) bool { return s.later[i] })
		if len(open) == 0 {
			break
		}
		at := open[0]
		if at != shown {
			s.show(at, shown)
			shown = at
		}
		fmt.Fprint(out, "3 很符合  2 较符合  1 有点关系  0 无关  |  s 以后再评  u 撤回上一个  q 结束 > ")
		answer := "q"
		select {
		case typed, ok := <-answers:
			if ok {
				answer = typed
			}
		case <-ctx.Done():
		}
		switch grade, err := strconv.Atoi(answer); {
		case err == nil && grade >= 0 && grade <= 3:
			s.given = append(s.given, matcher.Grade{Need: s.pairs[at].Need.ID, Achievement: s.pairs[at].Achievement.ID, Grade: grade})
			if err := s.save(); err != nil {
				return err
			}
		case answer == "q":
			fmt.Fprintln(out)
			more = false
		case answer == "s":
			s.later[at] = true
		case answer == "u" && s.undoes():
			s.given = s.given[:len(s.given)-1]
			if err := s.save(); err != nil {
				return err
			}
		case answer == "u":
			fmt.Fprintln(out, "没有可以撤回的")
		default:
			fmt.Fprintf(out, "看不懂 %q\n", answer)
		}
	}
	fmt.Fprintf(out, "已评 %d 项，存于 %s；还有 %d 项\n", len(s.given), s.path, len(s.open()))
	return ctx.Err()
}

// save writes all grades; the file holds the old ones or the new ones, whatever happens.
func (s *session) save() error {
	_, err := writeFile(s.path, strings.NewReader(matcher.FormatGrades(s.given)))
	return err
}

// undoes reports whether the last grade is of a pair that will be asked again.
func (s *session) undoes() bool {
	if len(s.given) == 0 {
		return false
	}
	last := s.given[len(s.given)-1]
	return slices.ContainsFunc(s.pairs, func(p matcher.Pair) bool {
		return p.Need.ID == last.Need && p.Achievement.ID == last.Achievement
	})
}

// open lists the pairs without a grade.
func (s *session) open() []int {
	type ids struct{ need, achievement string }
	graded := map[ids]bool{}
	for _, g := range s.given {
		graded[ids{g.Need, g.Achievement}] = true
	}
	var out []int
	for i, p := range s.pairs {
		if !graded[ids{p.Need.ID, p.Achievement.ID}] {
			out = append(out, i)
		}
	}
	return out
}

// show prints a pair; the need only where the pair shown before had another one.
func (s *session) show(at, before int) {
	out, p := s.app.stdout, s.pairs[at]
	if before < 0 || s.pairs[before].Need.ID != p.Need.ID {
		fmt.Fprintf(out, "\n======== 需求 %s  %s\n", p.Need.ID, said(p.Need))
	}
	fmt.Fprintf(out, "\n---- [%d/%d] 成果  %s\n", at+1, len(s.pairs), said(p.Achievement))
}

// said is title and text of a document, as far as the ranking sees them.
func said(d corpus.Doc) string {
	d = d.Public()
	return strings.TrimSpace(d.Title + "\n" + d.Body())
}

// inputLines sends what a person types, a line at a time, and closes the channel at the end of the input.
func inputLines(r io.Reader) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for sc := bufio.NewScanner(r); sc.Scan(); {
			out <- strings.TrimSpace(sc.Text())
		}
	}()
	return out
}

// readJudges reads the grades of all judges of a folder, by name.
func readJudges(dir string) (map[string][]matcher.Grade, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	given := map[string][]matcher.Grade{}
	for _, e := range entries {
		name, ok := strings.CutPrefix(e.Name(), gradesPrefix)
		if name, ok2 := strings.CutSuffix(name, gradesSuffix); ok && ok2 {
			if given[name], err = matcher.ReadGrades(filepath.Join(dir, e.Name())); err != nil {
				return nil, err
			}
		}
	}
	if len(given) == 0 {
		e := corpus.Errorf(corpus.NotFound, "nobody has judged in %s", dir)
		e.Fix = "duijie judge --judged " + dir + " --all --judge NAME"
		return nil, e
	}
	return given, nil
}

// agreement prints Cohen's kappa of every two judges.
func (a *app) agreement(dir string) error {
	given, err := readJudges(dir)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		fmt.Fprintf(a.stdout, "%s  已评 %d 项\n", name, len(given[name]))
	}
	t := newTable("评审人", "共同评过", "评级相同", "加权 kappa（二次权重）")
	for _, g := range matcher.Agreements(given) {
		kappa := "无法计算：两人始终只给同一个评级"
		if !math.IsNaN(g.Kappa) {
			kappa = fmt.Sprintf("%.3f", g.Kappa)
		}
		t.add(g.Judges[0]+"、"+g.Judges[1], strconv.Itoa(g.Pairs), fmt.Sprintf("%.0f%%", 100*g.Same), kappa)
	}
	return t.print(a.stdout)
}

// mergeGrades writes qrels.tsv. One that holds pairs of somebody else's is not overwritten.
func (a *app) mergeGrades(dir string) error {
	given, err := readJudges(dir)
	if err != nil {
		return err
	}
	merged, disputed := matcher.MergeGrades(given)
	path := filepath.Join(dir, "qrels.tsv")
	there, err := matcher.ReadGrades(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, g := range there {
		if !slices.ContainsFunc(merged, g.SamePair) {
			e := corpus.Errorf(corpus.Conflict, "%s holds the pair %s, %s, which none of the judges graded", path, g.Need, g.Achievement)
			e.Fix = "move the file away, or name it " + gradesPrefix + "NAME" + gradesSuffix + " to count it as a judge's"
			return e
		}
	}
	if _, err := writeFile(path, strings.NewReader(matcher.FormatGrades(merged))); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s  %d 项\n", path, len(merged))
	for i, g := range disputed {
		if i == 0 {
			fmt.Fprintln(a.stdout, "相差两级及以上，请再评一次：")
		}
		fmt.Fprintf(a.stdout, "  %s  %s  暂取 %d\n", g.Need, g.Achievement, g.Grade)
	}
	return nil
}
