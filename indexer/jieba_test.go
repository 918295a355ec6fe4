package indexer

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

var builtInSegmenter = sync.OnceValues(func() (*Segmenter, error) {
	return OpenSegmenter(filepath.Join(os.TempDir(), "duijie-test-dict"))
})

// segmenter is that of the built-in dictionary, kept for all tests.
func segmenter(t testing.TB) *Segmenter {
	t.Helper()
	s, err := builtInSegmenter()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// postingTexts are the titles and texts of the labelled postings.
func postingTexts(t testing.TB) (texts []string) {
	t.Helper()
	f, err := os.Open("../matcher/testdata/postings.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p struct{ Title, Text string }
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, p.Title, p.Text)
	}
	if len(texts) < 100 || lines.Err() != nil {
		t.Fatalf("%d texts, %v", len(texts), lines.Err())
	}
	return texts
}

// show writes tokens as term/position, and after = what the original has, where it differs.
func show(text string, tokens []Token) string {
	var b strings.Builder
	for _, t := range tokens {
		fmt.Fprintf(&b, " %s/%d", t.Term, t.Position)
		if got := text[t.Start:t.End]; got != t.Term {
			b.WriteString("=" + got)
		}
	}
	return strings.TrimPrefix(b.String(), " ")
}

// TestWordsInTheirSpellings finds a word however it is written: the dots of names, 繁 and 简, Mongolian with its joiners.
func TestWordsInTheirSpellings(t *testing.T) {
	s := segmenter(t)
	for _, c := range []struct{ text, want string }{
		{"阿不都·热西提", "阿不都 热西提"},
		{"阿不都•热西提", "阿不都 热西提"},
		{"阿不都・热西提", "阿不都 热西提"},
		{"阿不都‧热西提", "阿不都 热西提"},
		{"阿不都．热西提", "阿不都 热西提"},
		{"軟體與奈米雷射", "软件 与 纳米 激光"},
		{"乾燥設備的主幹", "干燥设备 的 主干"},
		{"ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ ᠬᠡᠯᠡ\u180eᠠ", "ᠮᠣᠩᠭᠣᠯ ᠤᠨ ᠬᠡᠯᠡᠠ"},
		{"ᠮᠣᠩᠭᠣᠯ 蒙古文", "ᠮᠣᠩᠭᠣᠯ 蒙古文"},
	} {
		if got := strings.Join(s.Words(c.text), " "); got != c.want {
			t.Errorf("%s has the words %s, want %s", c.text, got, c.want)
		}
	}
}

func TestCutGivesWordsWithSubWordsAtTheirPlaces(t *testing.T) {
	s := segmenter(t)
	for _, c := range []struct{ name, text, want string }{
		{"sub-words share the position of their word", "玉米淀粉酶制剂", "玉米/1 淀粉/2 淀粉酶/2 制剂/3"},
		{"a sub-word that ends its word", "锂电池", "锂电/1 电池/1 锂电池/1"},
		{"blanks and punctuation give nothing", " 玉米，（淀粉）！\r\n\t。", "玉米/1 淀粉/2"},
		{"marks part what the model would join", "锂、钠、钾", "锂/1 钠/2 钾/3"},
		{"single characters stay", "锂", "锂/1"},
		{"chemical names", "Fe3O4和LiFePO4", "fe3o4/1=Fe3O4 和/2 lifepo4/3=LiFePO4"},
		{"numbers with a point", "PM2.5低于3.5", "pm2.5/1=PM2.5 低于/2 3.5/3"},
		{"5G", "5G基站", "5g/1=5G 基站/2"},
		{"model numbers, and their parts", "ZK-5040/2型", "zk/1=ZK 5040/1 zk-5040/2/1=ZK-5040/2 型/2"},
		{"dates have no parts", "2024-01-01", "2024-01-01/1"},
		{"connectors only inside", "-20℃ C++ A--B", "20/1 c/2=℃ c/3=C a/4=A b/5=B"},
		{"Greek", "α-淀粉酶", "α/1 淀粉/2 淀粉酶/2"},
		{"繁 and full width", "ＡＩ軟體", "ai/1=ＡＩ 软件/2=軟體"},
		{"emoji and control characters", "😀锂\x00电\x07池👍🏽", "锂/1 电/2 池/3"},
		{"not UTF-8", "锂\xff电池", "锂/1 电池/2"},
		{"empty", "", ""},
		{"only punctuation", "，。…\x00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := show(c.text, s.Cut(c.text)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// The words that meilisearch's users missed: each must be a term of the words or of the title's pairs.
func TestWordsInsideLongerOnesAreFound(t *testing.T) {
	a := NewAnalyzer(segmenter(t), nil, discard)
	for text, word := range map[string]string{"中国农业发展银行": "农业", "安装简单": "简单", "待处理": "处理", "在建工程": "工程"} {
		e := entryOf(t, a, text, "")
		in := func(counts []Count) bool {
			return slices.ContainsFunc(counts, func(c Count) bool { return c.Term == word })
		}
		if !in(e.Words) {
			t.Errorf("%s is no word of %s", word, text)
		}
		if !in(e.Pairs) {
			t.Errorf("%s is no pair of %s", word, text)
		}
	}
}

func TestWordsOfOneSoundStayDifferent(t *testing.T) {
	s := segmenter(t)
	if a, b := s.Words("景点"), s.Words("经典"); slices.Equal(a, b) {
		t.Errorf("%v and %v are the same", a, b)
	}
}

func TestWritingsOfOneWordAreTheSame(t *testing.T) {
	s := segmenter(t)
	for _, c := range [][2]string{{"軟體開發", "软件开发"}, {"奈米材料", "纳米材料"}, {"ＰＬＣ", "plc"}, {"鋰", "锂"}, {"CO₂", "co2"}} {
		if a, b := s.Words(c[0]), s.Words(c[1]); !slices.Equal(a, b) || len(a) == 0 {
			t.Errorf("%s gives %v, %s gives %v", c[0], a, c[1], b)
		}
	}
}

func TestWordsAreTheTokensWithoutSubWords(t *testing.T) {
	s := segmenter(t)
	for _, text := range []string{"中国农业发展银行的玉米淀粉酶制剂，ZK-5040/2型", "在建工程😀锂电池", "", "abc-def"} {
		var want []string
		cut := numbered{tokens: s.Cut(text)}
		for i := range cut.words {
			want = append(want, cut.tokens[i].Term)
		}
		if got := s.Words(text); !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", text, got, want)
		}
	}
}

func TestHardTextsAreCut(t *testing.T) {
	s := segmenter(t)
	for name, text := range map[string]string{
		"100 kB":               strings.Repeat("玉米淀粉加工废水处理，", 3000),
		"one word 1,000 times": strings.Repeat("淀粉", 1000),
		"one character":        strings.Repeat("淀", 30_000),
		"unknown letters":      strings.Repeat("ᠮᠣᠩᠭᠣᠯ", 5000),
		"kana":                 strings.Repeat("カタカナ", 5000),
		"one run":              strings.Repeat("a1", 50_000),
		"connectors":           strings.Repeat("a-", 50_000),
		"emoji":                strings.Repeat("👨‍🔬", 5000),
		"control characters":   strings.Repeat("\x00\x01\x7f\u0085\u2028", 5000),
		"not UTF-8":            strings.Repeat("\xe7\xba", 20_000),
		"繁":                    strings.Repeat("軟體乙太網路", 3000),
	} {
		t.Run(name, func(t *testing.T) {
			last := Token{}
			for _, k := range s.Cut(text) {
				if k.Term == "" || len(k.Term) > 3*maxTerm || !utf8.ValidString(k.Term) {
					t.Fatalf("term %.100q of %d bytes", k.Term, len(k.Term))
				}
				if k.Start >= k.End || k.End > len(text) || k.Position < last.Position || k.Position > last.Position+1 {
					t.Fatalf("%+v after %+v", k, last)
				}
				last = k
			}
		})
	}
}

func TestCutMayBeCalledConcurrently(t *testing.T) {
	s := segmenter(t)
	text := "基于深度学习的玉米淀粉生产工艺及其自动化装置"
	want := s.Cut(text)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got := s.Cut(text); !slices.Equal(got, want) {
					t.Errorf("got %v", got)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestOpenSegmenterReturnsTheSame(t *testing.T) {
	a, err := OpenSegmenter(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b, err := OpenSegmenter(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if a != b || a.Hash() == "" {
		t.Errorf("%p %q and %p %q", a, a.Hash(), b, b.Hash())
	}
}

func TestUserWordsMakeAnotherSegmenter(t *testing.T) {
	dict := t.TempDir()
	if err := os.WriteFile(filepath.Join(dict, "user.dict.utf8"), []byte("通辽黄玉米 1000 nz\n锂硫电池\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := ReadLexicon(LexiconOptions{Dir: dict})
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	base := segmenter(t)
	if got := s.Words("通辽黄玉米和锂硫电池"); !slices.Equal(got, []string{"通辽黄玉米", "和", "锂硫电池"}) {
		t.Errorf("got %v", got)
	}
	if s.Hash() == base.Hash() {
		t.Error("the hash is the same")
	}
	if got, want := s.Freq("通辽黄玉米"), 1000/s.total; got != want {
		t.Errorf("frequency %g, want %g", got, want)
	}
}

// Built with -trimpath, gojieba's own idea of where its dictionary lies is no path at all.
func TestProgramSegmentsFarFromItsSource(t *testing.T) {
	program := filepath.Join(t.TempDir(), "segment")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", program, "./testdata/segment").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	work, home := t.TempDir(), t.TempDir()
	run := func() string {
		cmd := exec.Command(program, "玉米淀粉廢水")
		cmd.Dir, cmd.Env = work, []string{"HOME=" + home}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	const want = "玉米\n淀粉\n废水\n"
	if got := run(); got != want {
		t.Fatalf("got %q", got)
	}
	files, err := filepath.Glob(filepath.Join(work, "data", "dict-*", "*"))
	if err != nil || len(files) != 4 {
		t.Fatalf("unpacked %v, %v", files, err)
	}
	for _, f := range files {
		if err := os.Truncate(f, 10); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if got := run(); got != want {
		t.Errorf("with damaged files: %q", got)
	}
}

// benchmarkTexts calls work with each text of the labelled postings.
func benchmarkTexts(b *testing.B, work func(text string)) {
	texts := postingTexts(b)
	n := 0
	for _, t := range texts {
		n += len(t)
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		for _, t := range texts {
			work(t)
		}
	}
}

func BenchmarkCut(b *testing.B) {
	s := segmenter(b)
	benchmarkTexts(b, func(text string) { s.Cut(text) })
}
