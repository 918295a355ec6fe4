package indexer

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"weak"

	"duijie/corpus"
)

func openSegmenter(dir string, o LexiconOptions) (*Segmenter, error) {
	l, err := ReadLexicon(o)
	if err != nil {
		return nil, err
	}
	return l.Open(dir)
}

// lexicon writes the files of an operator.
func lexicon(t *testing.T, words, synonyms string) LexiconOptions {
	t.Helper()
	o := LexiconOptions{Words: filepath.Join(t.TempDir(), "words.txt"), Synonyms: filepath.Join(t.TempDir(), "synonyms.txt")}
	for path, text := range map[string]string{o.Words: words, o.Synonyms: synonyms} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func segmenterWith(t *testing.T, words, synonyms string) *Segmenter {
	t.Helper()
	s, err := openSegmenter(t.TempDir(), lexicon(t, words, synonyms))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWordsOfAnOperatorStayWhole(t *testing.T) {
	for _, c := range []struct{ name, words, text, before, after string }{
		{"a new word", "湿磨酶法\n", "玉米湿磨酶法工艺", "玉米/湿磨/酶法/工艺", "玉米/湿磨酶法/工艺"},
		{"of two common words", "技术合同", "技术合同登记", "技术/合同/登记", "技术合同/登记"},
		{"of a word of the file", "技术合同\n技术合同登记\n", "技术合同登记", "技术/合同/登记", "技术合同登记"},
		{"with a count that is too small", "技术合同 1", "技术合同登记", "技术/合同/登记", "技术/合同/登记"},
		{"with a count that is enough", "技术合同 9999", "技术合同登记", "技术/合同/登记", "技术合同/登记"},
		{"the later line counts", "技术合同 9999\n技术合同 1", "技术合同登记", "技术/合同/登记", "技术/合同/登记"},
		{"as jieba has it", "技术合同 9999 n\n湿磨酶法 nz", "湿磨酶法技术合同", "湿磨/酶法/技术/合同", "湿磨酶法/技术合同"},
		{"BOM, comments, CRLF, blanks", "\ufeff湿磨酶法\r\n\r\n# 说明\r\n  技术合同　9999  # 合同\r\n", "湿磨酶法技术合同", "湿磨/酶法/技术/合同", "湿磨酶法/技术合同"},
		{"繁", "濕磨酶法", "湿磨酶法", "湿磨/酶法", "湿磨酶法"},
		{"letters stay as they are", "PLC\nplc", "PLC控制", "plc/控制", "plc/控制"},
		{"one character", "锂", "锂", "锂", "锂"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(segmenter(t).Words(c.text), "/"); got != c.before {
				t.Errorf("without: %s, want %s", got, c.before)
			}
			if got := strings.Join(segmenterWith(t, c.words, "").Words(c.text), "/"); got != c.after {
				t.Errorf("with: %s, want %s", got, c.after)
			}
		})
	}
}

func TestBadLinesNameTheirFileAndLine(t *testing.T) {
	for _, c := range []struct {
		name, words, synonyms string
		want                  []string
	}{
		{"signs", "锂电池\n锂-电池\n", "", []string{"words.txt line 2: ", `'-'`}},
		{"mixed", "5G基站", "", []string{"words.txt line 1: ", "mixes"}},
		{"count", "\ufeff\n锂电池 0", "", []string{"words.txt line 2: ", `"0" is no count`}},
		{"huge count", "锂电池 4294967296", "", []string{"line 1", "no count"}},
		{"negative count", "锂电池 -3", "", []string{"line 1", "no count"}},
		{"two words", "machine learning", "", []string{"line 1", `"learning" stands behind the word`}},
		{"long", strings.Repeat("锂", 33), "", []string{"line 1", "33 characters"}},
		{"not UTF-8", "锂电池\n\xef\xae\xb5\xe7\xb3\n", "", []string{"words.txt line 2: this is not UTF-8 (save the file as UTF-8)"}},
		{"all bad lines", "a-\n锂电池\nb-\n", "", []string{"line 1", "line 3"}},
		{"many bad lines", strings.Repeat("a-\n", 9), "", []string{"line 5", "words.txt: 4 more lines"}},
		{"one synonym", "", "# 组\n马铃薯\n", []string{"synonyms.txt line 2: ", "is one word"}},
		{"one word in two writings", "", "軟體、软件", []string{"line 1", "is one word"}},
		{"in two groups", "", "土豆、马铃薯\n洋芋、土豆", []string{"synonyms.txt line 2: ", "土豆、马铃薯 already"}},
		{"bad synonym", "", "土豆、马铃薯（块茎）", []string{"synonyms.txt line 1: ", "'（'"}},
		{"both files", "a-", "土豆", []string{"words.txt line 1", "synonyms.txt line 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadLexicon(lexicon(t, c.words, c.synonyms))
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v lacks %s", err, want)
				}
			}
			if strings.Contains(err.Error(), "line 6") {
				t.Errorf("too long: %v", err)
			}
		})
	}
}

func TestHashesTellWhatWasSaid(t *testing.T) {
	read := func(words, synonyms string) *Lexicon {
		l, err := ReadLexicon(lexicon(t, words, synonyms))
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	none := read("# 无\n", "")
	if none.Hash != builtIn().Hash || none.Words != (LexiconPart{}) || none.Synonyms != (LexiconPart{}) {
		t.Errorf("files that say nothing: %+v", none)
	}
	absent, err := ReadLexicon(LexiconOptions{Words: filepath.Join(t.TempDir(), "words.txt"), Synonyms: filepath.Join(t.TempDir(), "x")})
	if err != nil || absent.Hash != none.Hash {
		t.Errorf("files that are not there: %v", err)
	}
	a, b := read("锂电池\n技术合同 30\n", "土豆、马铃薯\n洋葱 葱头"), read("技术合同 30 # 同\n\n锂电池", "洋葱=葱头\n土豆,马铃薯")
	if a.Hash != b.Hash || a.Words != b.Words || a.Synonyms != b.Synonyms || a.Words.Entries != 2 || a.Synonyms.Entries != 2 {
		t.Errorf("the same in other words: %+v %+v", a, b)
	}
	seen := map[string]bool{none.Hash: true, a.Hash: true}
	for _, l := range []*Lexicon{read("锂电池", ""), read("锂电池 30", ""), read("", "土豆、马铃薯"), read("土豆\n马铃薯", "")} {
		if seen[l.Hash] {
			t.Errorf("%+v has the hash of another", l)
		}
		seen[l.Hash] = true
	}
}

func TestSynonymsAreOneWord(t *testing.T) {
	s := segmenterWith(t, "", "马铃薯、土豆、洋芋蛋\nPLC 可编程逻辑控制器\n锂、Li\n电池、锂离子电池")
	for text, want := range map[string]string{
		"洋芋蛋储藏":    "马铃薯/储藏",
		"可编程逻辑控制器": "plc",
		"锂":        "li", // a single character says nothing
		"锂离子电池":    "电池",
		"马铃薯和土豆":   "马铃薯/和/马铃薯",
		"没有同义词的玉米": "没有/同义词/的/玉米",
	} {
		if got := strings.Join(s.Words(text), "/"); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	if got := s.Synonyms("洋芋蛋"); !slices.Equal(got, []string{"马铃薯", "土豆", "洋芋蛋"}) {
		t.Errorf("got %v", got)
	}
	if got := s.Synonyms("玉米"); !slices.Equal(got, []string{"玉米"}) {
		t.Errorf("got %v", got)
	}
	a := NewAnalyzer(s, nil, discard)
	find := func(e Entry, term string) (n int) {
		for _, c := range e.Words {
			if c.Term == term {
				n += int(c.Title) + int(c.Body)
			}
		}
		return n
	}
	if n := find(entryOf(t, a, "锂离子电池", ""), "电池"); n != 1 {
		t.Errorf("a word and its own part are counted %d times", n)
	}
	if n := find(entryOf(t, a, "电池、锂离子电池", ""), "电池"); n != 2 {
		t.Errorf("two words are counted %d times", n)
	}
	potato, tuber := entryOf(t, a, "土豆储藏", ""), entryOf(t, a, "马铃薯储藏", "")
	if got, want := PairWords(&potato, &tuber, s.IDF), PairWords(&potato, &potato, s.IDF); got >= want || got < want/2 {
		t.Errorf("the pair of synonyms has %g, that of one word %g: they should differ by the pairs of characters only", got, want)
	}
}

func TestTypedSynonymsFindEachOther(t *testing.T) {
	s := segmenterWith(t, "", "马铃薯、土豆、洋芋蛋")
	a := NewAnalyzer(s, nil, discard)
	l, err := OpenLocal(t.TempDir(), LocalOptions{Identity: "test", Analyzer: a.Name(), IDF: s.IDF, Cut: s.Cut, Log: discard})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	titles := []string{"", "马铃薯窖藏保鲜", "土豆收获机", "洋芋蛋种植", "玉米收获机", "马铃薯淀粉"}
	var docs []corpus.Doc
	for n, title := range titles {
		if n > 0 {
			docs = append(docs, corpus.Doc{Kind: corpus.Achievement, Number: uint32(n), ID: title, Title: title})
		}
	}
	docs[3].Org = "马铃薯研究所"
	entries, err := a.Entries(context.Background(), docs)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Put(context.Background(), entries); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"马铃薯":       "1 2 3 4 5", // 4 by the name of its holder, in which only the very word is found
		"土豆":        "1 2 3 5",
		"土豆 收获机":    "2",
		"洋芋蛋 淀粉":    "5",
		`"马铃薯"`:     "1 4 5", // quotes and field names mean what is written
		"title:洋芋蛋": "3",
		"马铃*":       "1 4 5",
		"-土豆":       "1 3 4 5",
		"玉米":        "4",
	} {
		page, err := l.Search(context.Background(), Query{Text: query})
		if err != nil {
			t.Fatal(err)
		}
		var got []uint32
		for _, h := range page.Hits {
			got = append(got, h.Number)
		}
		slices.Sort(got)
		if got := strings.Trim(fmt.Sprint(got), "[]"); got != want {
			t.Errorf("%s finds %s, want %s", query, got, want)
		}
		if query == "洋芋蛋 淀粉" {
			terms := a.Synonyms(page.Terms)
			for _, w := range []string{"马铃薯", "土豆", "洋芋蛋", "淀粉"} {
				if !slices.Contains(terms, w) {
					t.Errorf("%s is not among the terms to highlight: %v", w, terms)
				}
			}
		}
	}
}

func TestSegmenterIsFreedWithItsLastReference(t *testing.T) {
	segmenter(t)
	s := segmenterWith(t, "湿磨酶法甲", "")
	if again := segmenterWith(t, "湿磨酶法甲", ""); again != s {
		t.Error("a lexicon has two segmenters at once")
	}
	before := resident(t)
	gone := weak.Make(s)
	runtime.KeepAlive(s)
	s = nil
	const most = 60 << 20 // it has some 140 MB
	for range 500 {
		runtime.GC()
		if gone.Value() == nil && before-resident(t) > most {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("gone: %v; %d MB became %d MB", gone.Value() == nil, before>>20, resident(t)>>20)
}
