package indexer

import (
	"context"
	"strings"
	"testing"

	"duijie/corpus"
)

func TestNewestFirstKnowsDatesWithoutADay(t *testing.T) {
	l := openLocal(t, t.TempDir(), localOptions())
	defer l.Close()
	var entries []Entry
	for i, d := range []corpus.Date{"2025-03-01", "", "2026", "2025-12", "2026-01-31"} {
		e := makeEntry(corpus.Achievement, uint32(i+1), "玉米", "")
		e.Columns.Published = d
		entries = append(entries, e)
	}
	if err := l.Put(context.Background(), entries); err != nil {
		t.Fatal(err)
	}
	p, err := l.Search(context.Background(), Query{Sort: ByDate})
	if got := found(p.Hits); got != "a5 a3 a4 a1 a2" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
}

// One request must not keep all others waiting: single characters are looked up in every word of the index.
func TestAQueryOfManyCharactersIsBounded(t *testing.T) {
	seg := segmenter(t)
	l := openLocal(t, t.TempDir(), LocalOptions{Identity: "store", Analyzer: "test", IDF: IDF, Cut: seg.Cut, Log: discard})
	defer l.Close()
	var words []string
	for line := range strings.Lines(wordDict) {
		if words = append(words, strings.Fields(line)[0]); len(words) == 30_000 {
			break
		}
	}
	docs := make([]corpus.Doc, 200)
	for i := range docs {
		docs[i] = corpus.Doc{Kind: corpus.Achievement, Number: uint32(i + 1), Title: "标题", Text: strings.Join(words[150*i:150*i+150], "，")}
	}
	entries, err := NewAnalyzer(seg, nil, discard).Entries(context.Background(), docs)
	if err == nil {
		err = l.Put(context.Background(), entries)
	}
	if err != nil {
		t.Fatal(err)
	}
	var chars []string
	for i := range 250 {
		chars = append(chars, string([]rune(words[100*i])[0]))
	}
	for q, want := range map[string]corpus.Code{
		strings.Join(chars, " "):                  "", // not looked up in the full text at all
		`"` + strings.Join(chars, `" "`) + `"`:    corpus.TooLarge,
		strings.Join(chars, "* "):                 corpus.TooLarge,
		"title:" + strings.Join(chars, " title:"): corpus.TooLarge,
	} {
		_, err := l.Search(context.Background(), Query{Text: q})
		if got := corpus.CodeOf(err); err != nil && got != want || err == nil && want != "" {
			t.Errorf("%.40s...: %v, want code %q", q, err, want)
		}
	}
}

// TestTypedSearchCutsAsPeopleRead is search with the real segmenter over what users of other systems complained of:
// words lost inside of longer ones, phrases over words that were cut otherwise, single characters, other scripts.
func TestTypedSearchCutsAsPeopleRead(t *testing.T) {
	h := newSyncHouse(t)
	h.write(
		"a1 中国农业发展银行支持的玉米淀粉深加工设备",
		"a2 安装简单的多晶硅切割线",
		"a3 待处理废水的在建工程",
		"a4 農業物聯網軟體 Fe3O4 納米顆粒",
		"a5 产业发展与银行业务",
		"n1 不锈钢管道 PM2.5 检测",
		"n2 Deep Learning for 风电功率预测")
	h.open(h.dir)
	defer func() { h.local.Close() }()
	h.start()
	for query, want := range map[string]string{
		"农业":              "a1 a4",
		"简单":              "a2",
		"处理":              "a3",
		"工程":              "a3",
		`"中国农业发展银行"`:      "a1",
		`"农业发展银行"`:        "a1",
		`"发展银行"`:          "a1",
		"农业发展银行":          "a1",
		`"淀粉深加工设备"`:       "a1",
		`"玉米淀粉 深加工"`:      "a1",
		`"玉米深加工"`:         "",
		"中国农业发展银行":        "a1", // not a5, which has parts of it
		"硅":               "a2",
		"钢":               "n1",
		"晶*":              "",
		"多*":              "a2",
		"不锈*":             "n1",
		"农业物联网":           "a4",
		"軟件":              "a4",
		`"农业物联网软件"`:       "a4",
		"ｆｅ３ｏ４":           "a4",
		"纳米":              "a4",
		"pm2.5":           "n1",
		"pm*":             "n1",
		`"deep learning"`: "n2",
		`"learning deep"`: "",
		"learn":           "",
		"learn*":          "n2",
		"发展 -农业":          "a5",
	} {
		if got := h.ids(query); got != want {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
}
