package indexer

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duijie/corpus"
)

func openFar(t *testing.T, path string, emb Embedder, change func(*FarOptions)) *Far {
	t.Helper()
	o := FarOptions{Path: path, Identity: "store", Embedder: emb, Near: &fakeEmbedder{}, Typed: true, Log: discard}
	if change != nil {
		change(&o)
	}
	f, err := OpenFar(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

var farDocs = []corpus.Doc{
	{Kind: corpus.Need, Number: 1, Title: "淀粉"},
	{Kind: corpus.Achievement, Number: 1, Title: "玉米", Text: "废水"},
}

func TestOutsideModelWorksOrFails(t *testing.T) {
	broken := errors.New("connection refused")
	for _, c := range []struct {
		name string
		emb  Embedder
		has  bool  // an outside model
		want error // in what Complete says; nil where the entries have Far
	}{
		{"works", &fakeEmbedder{model: "far"}, true, nil},
		{"fails", &fakeEmbedder{model: "far", err: broken}, true, broken},
		{"gives too few", &fakeEmbedder{model: "far", short: true}, true, ErrNoMeaning},
		{"nil", nil, false, nil},
		{"typed nil", (*fakeEmbedder)(nil), false, nil},
		{"typed nil of HTTP", (*HTTP)(nil), false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			plain := NewAnalyzer(segmenter(t), &fakeEmbedder{}, discard)
			a := plain.WithFar(openFar(t, filepath.Join(t.TempDir(), "far.db"), c.emb, nil))
			if got := a.FarModel(); (got == "far") != c.has {
				t.Errorf("the outside model is %q", got)
			}
			if a.Name() != plain.Name() {
				t.Errorf("name %s, want %s: the words of another model's index are the same", a.Name(), plain.Name())
			}
			want, err := plain.Entries(t.Context(), farDocs)
			if err != nil {
				t.Fatal(err)
			}
			got, err := a.Complete(t.Context(), farDocs)
			if c.want == nil && err != nil || c.want != nil && !(errors.Is(err, c.want) && errors.Is(err, ErrNoMeaning)) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			for i := range got {
				if e := &got[i]; (e.Far != nil) != (c.has && c.want == nil) || a.Lacks(e) != (c.want != nil) {
					t.Errorf("%v has the vector %v, lacks it: %v", e.Ref, e.Far, a.Lacks(e))
				}
				got[i].Far = nil
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("beside Far, got %+v\nwant %+v", got, want)
			}
		})
	}
}

// TestTypedTextDoesNotWait asks a model that hangs, then one that answers again.
func TestTypedTextDoesNotWait(t *testing.T) {
	const secret = "淀粉废水怎么处理"
	s, emb := segmenter(t), &fakeEmbedder{model: "far"}
	far := openFar(t, filepath.Join(t.TempDir(), "far.db"), emb, nil)
	var log bytes.Buffer
	a := NewAnalyzer(s, &fakeEmbedder{}, slog.New(slog.NewTextHandler(&log, nil))).WithFar(far)
	if _, err := a.Complete(t.Context(), farDocs); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		ask := func(what string, wantFar bool, wantAsked int) time.Duration {
			t.Helper()
			emb.asked()
			before := time.Now()
			e, err := a.TextEntry(t.Context(), secret)
			if err != nil || len(e.Vector) == 0 || (e.Far != nil) != wantFar || a.Lacks(&e) == wantFar {
				t.Errorf("%s: vectors %v and %v, error %v", what, e.Vector, e.Far, err)
			}
			if got := emb.asked(); got != wantAsked {
				t.Errorf("%s: asked for %d texts, want %d", what, got, wantAsked)
			}
			return time.Since(before)
		}
		ask("at first", true, 2)
		emb.set(nil, true)
		if d := ask("while it hangs", false, 2); d != EmbedTimeout {
			t.Errorf("waited %v, want %v", d, EmbedTimeout)
		}
		if d := ask("a moment later", false, 0); d != 0 {
			t.Errorf("waited %v for what failed a moment ago", d)
		}
		emb.set(nil, false)
		time.Sleep(restTime)
		ask("when it works again", true, 2)
		far.filling.Store(true)
		ask("while documents wait", false, 0)
		far.filling.Store(false)
		ctx, cancel := context.WithCancel(t.Context())
		emb.set(nil, true)
		time.AfterFunc(time.Second, cancel)
		if _, err := a.TextEntry(ctx, secret); !errors.Is(err, context.Canceled) {
			t.Errorf("who went away got the error %v", err)
		}
		emb.set(nil, false)
		ask("after somebody went away", true, 2)
	})
	if strings.Contains(log.String(), "淀粉") || !strings.Contains(log.String(), "deadline") {
		t.Errorf("logged %s", log.String())
	}
}

func TestTypedTextStaysHereUnlessAllowed(t *testing.T) {
	emb := &fakeEmbedder{model: "far"}
	a := NewAnalyzer(segmenter(t), &fakeEmbedder{}, discard).WithFar(
		openFar(t, filepath.Join(t.TempDir(), "far.db"), emb, func(o *FarOptions) { o.Typed = false }))
	if _, err := a.Complete(t.Context(), farDocs); err != nil {
		t.Fatal(err)
	}
	emb.asked()
	e, err := a.TextEntry(t.Context(), "淀粉废水")
	if err != nil || e.Far != nil || emb.asked() != 0 {
		t.Errorf("vector %v, error %v, asked %v", e.Far, err, emb.texts)
	}
	if a.Lacks(&e) {
		t.Error("what may not be asked is not missing")
	}
}

func TestVectorsAreAskedForOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "far.db")
	probes := 2 * (strings.Count(probesFile, "\n"))
	other := slices.Clone(farDocs)
	other[1].Text = "秸秆"
	for _, step := range []struct {
		name   string
		docs   []corpus.Doc
		change func(*FarOptions)
		spoil  func() error
		asked  int
	}{
		{"at first", farDocs, nil, nil, probes + 4},
		{"after a restart", farDocs, nil, nil, 0},
		{"one text changed", other, nil, nil, 2},
		{"and back", farDocs, nil, nil, 2},
		{"a typed text is not kept", []corpus.Doc{{Kind: corpus.Need, Title: "煤"}}, nil, nil, 2},
		{"nor found again", []corpus.Doc{{Kind: corpus.Need, Title: "煤"}}, nil, nil, 2},
		{"another model", farDocs, func(o *FarOptions) { o.Embedder.(*fakeEmbedder).model = "new" }, nil, probes + 4},
		{"another store", farDocs, func(o *FarOptions) { o.Embedder.(*fakeEmbedder).model = "new"; o.Identity = "other" }, nil, probes + 4},
		{"another measure", farDocs, func(o *FarOptions) { o.Near = &fakeEmbedder{model: "new"} }, nil, probes + 4},
		{"a damaged file", farDocs, nil, func() error { return os.WriteFile(path, []byte(strings.Repeat("damage", 5000)), 0o600) }, probes + 4},
		{"no file", farDocs, nil, func() error { return os.Remove(path) }, probes + 4},
	} {
		if step.spoil != nil {
			if err := step.spoil(); err != nil {
				t.Fatal(err)
			}
		}
		emb := &fakeEmbedder{model: "far"}
		far := openFar(t, path, emb, step.change)
		entries, err := NewAnalyzer(segmenter(t), &fakeEmbedder{}, discard).WithFar(far).Complete(t.Context(), step.docs)
		if err != nil || slices.ContainsFunc(entries, func(e Entry) bool { return e.Far == nil }) {
			t.Errorf("%s: %+v, %v", step.name, entries, err)
		}
		if got := emb.asked(); got != step.asked {
			t.Errorf("%s: asked for %d texts, want %d", step.name, got, step.asked)
		}
		if err := far.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestKeptVectorsAreThoseThatCame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "far.db")
	made := func() []Entry {
		far := openFar(t, path, &fakeEmbedder{model: "far"}, nil)
		defer far.Close()
		entries, err := NewAnalyzer(segmenter(t), nil, discard).WithFar(far).Complete(t.Context(), farDocs)
		if err != nil {
			t.Fatal(err)
		}
		return entries
	}
	came, kept := made(), made()
	for i := range came {
		if !slices.Equal(came[i].Far, kept[i].Far) || len(kept[i].Far) != fakeDims {
			t.Errorf("%v: came %v, kept %v", came[i].Ref, came[i].Far, kept[i].Far)
		}
	}
}

func TestOpenFarSaysWhoHasTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "far.db")
	openFar(t, path, &fakeEmbedder{model: "far"}, nil)
	_, err := OpenFar(FarOptions{Path: path, Identity: "store", Embedder: &fakeEmbedder{model: "far"}, Near: &fakeEmbedder{}, Log: discard})
	if corpus.CodeOf(err) != corpus.Unavailable {
		t.Errorf("error %v", err)
	}
}

// A cone puts all texts near one direction, the more so the larger bias is, as transformers do.
type cone struct {
	bias float32
	dims int
}

func (c cone) Model() string { return "cone" }

func (c cone) Embed(_ context.Context, role Role, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, t := range texts {
		out[i] = make([]float32, c.dims)
		copy(out[i], fakeVector(t))
		out[i][0] += c.bias
		if role == AsQuery {
			out[i][1] += c.bias / 2
		}
		unit(out[i])
	}
	return out, nil
}

func TestFrameMakesModelsCompare(t *testing.T) {
	near := &fakeEmbedder{}
	probes := strings.Split(strings.TrimSpace(probesFile), "\n")
	of := func(emb Embedder) map[Role][][]float32 {
		out := map[Role][][]float32{}
		for _, role := range []Role{AsQuery, AsPassage} {
			out[role], _ = emb.Embed(t.Context(), role, probes)
		}
		return out
	}
	for _, bias := range []float32{0, 1, 5} {
		c := cone{bias, fakeDims}
		f, err := makeFrame(t.Context(), c, near)
		if err != nil {
			t.Fatal(err)
		}
		placed := of(c)
		var sum float64
		for _, role := range []Role{AsQuery, AsPassage} {
			for _, v := range placed[role] {
				f.place(role, v)
			}
		}
		for i := range probes {
			sum += dot(placed[AsQuery][i], placed[AsPassage][(i+1)%len(probes)])
		}
		if got, want := width(placed), width(of(near)); f.Scale < maxScale && math.Abs(got-want) > 1e-6 {
			t.Errorf("bias %v: unrelated texts spread by %v, want %v", bias, got, want)
		}
		if mean := sum / float64(len(probes)); math.Abs(mean) > .1 {
			t.Errorf("bias %v: unrelated texts are at %v on average, want 0", bias, mean)
		}
	}
}

// constant gives all texts one vector.
type constant struct{}

func (constant) Model() string { return "constant" }
func (constant) Embed(_ context.Context, _ Role, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i := range out {
		out[i] = []float32{1, 0}
	}
	return out, nil
}

func TestFarRefusesAModelThatTellsNothing(t *testing.T) {
	a := NewAnalyzer(segmenter(t), &fakeEmbedder{}, discard).WithFar(openFar(t, filepath.Join(t.TempDir(), "far.db"), constant{}, nil))
	if _, err := a.Complete(t.Context(), farDocs); err == nil || !strings.Contains(err.Error(), "apart") {
		t.Errorf("error %v", err)
	}
}

func TestFarRefusesOtherDimensionsAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "far.db")
	for _, c := range []struct {
		dims int
		want string
	}{{fakeDims, ""}, {fakeDims + 4, "20 dimensions and gave 16 before"}} {
		far := openFar(t, path, cone{1, c.dims}, nil)
		docs := farDocs[:1]
		if c.want != "" {
			docs = farDocs[1:]
		}
		_, err := NewAnalyzer(segmenter(t), &fakeEmbedder{}, discard).WithFar(far).Complete(t.Context(), docs)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%d dimensions: error %v, want %q", c.dims, err, c.want)
		}
		far.Close()
	}
}

func TestFarForgetsAndSweeps(t *testing.T) {
	path := filepath.Join(t.TempDir(), "far.db")
	far := openFar(t, path, &fakeEmbedder{model: "far"}, nil)
	docs := append(slices.Clone(farDocs), corpus.Doc{Kind: corpus.Expert, Number: 9, Title: "陈工"})
	if _, err := NewAnalyzer(segmenter(t), nil, discard).WithFar(far).Complete(t.Context(), docs); err != nil {
		t.Fatal(err)
	}
	if err := far.forget([]Ref{{corpus.Expert, 9}, {corpus.Expert, 8}}); err != nil {
		t.Fatal(err)
	}
	expect := func(want ...Ref) {
		t.Helper()
		if got, err := far.file.refs(); err != nil || !slices.Equal(got, want) {
			t.Errorf("kept %v, want %v; error %v", got, want, err)
		}
	}
	expect(Ref{corpus.Achievement, 1}, Ref{corpus.Need, 1})
	if err := far.sweep(func(r Ref) bool { return r.Kind == corpus.Need }); err != nil {
		t.Fatal(err)
	}
	expect(Ref{corpus.Need, 1})
}
