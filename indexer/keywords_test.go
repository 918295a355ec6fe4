package indexer

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func terms(keywords []Keyword) []string {
	var out []string
	for _, k := range keywords {
		out = append(out, k.Term)
	}
	return out
}

func TestKeywordsSayWhatATextIsAbout(t *testing.T) {
	s := segmenter(t)
	for _, c := range []struct {
		name, title, body string
		n                 int
		want              string
	}{
		{"title first, rarest first", "玉米淀粉废水的处理技术", "采用厌氧发酵。", 20, "废水 淀粉 玉米 处理 技术 厌氧发酵 采用"},
		{"title words once", "淀粉与淀粉", "淀粉", 20, "淀粉"},
		{"no function words, numbers, single characters", "一种3个系统的 2.5 和我们", "第一，这个的锂 100", 20, "系统"},
		{"繁 is 简", "玉米澱粉", "玉米淀粉", 20, "淀粉 玉米"},
		{"the best n of the body", "", "技术技术技术 厌氧 废水", 2, "厌氧 废水"},
		{"other scripts", "PM2.5监测", "the PLC of LiFePO4", 20, "pm2.5 监测 lifepo4 plc"},
		{"nothing", "", "", 20, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(terms(s.Keywords(c.title, c.body, c.n)), " "); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestKeywordWeights(t *testing.T) {
	s := segmenter(t)
	got := s.Keywords("淀粉", "废水废水废水", 20)
	want := []Keyword{{"淀粉", float32(2 * s.IDF("淀粉"))}, {"废水", float32(s.IDF("废水"))}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestStuffingBringsLittle(t *testing.T) {
	s := segmenter(t)
	// (1 + ln 3) x idf(技术) is less than idf(厌氧); 3 x idf(技术) would be more.
	body := strings.Repeat("技术，", 3) + "厌氧"
	if got := s.Keywords("", body, 1)[0].Term; got != "厌氧" {
		t.Errorf("%s is first; (1 + ln 3) x %.2f against %.2f", got, s.IDF("技术"), s.IDF("厌氧"))
	}
	once, often := s.Keywords("", "淀粉", 1), s.Keywords("", strings.Repeat("淀粉，", 1000), 1)
	if math.Abs(float64(once[0].Weight-often[0].Weight)) > 0 {
		t.Errorf("weight %v once, %v a thousand times", once, often)
	}
}
