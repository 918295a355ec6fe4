package indexer

import (
	"strconv"
	"strings"
	"testing"
)

func TestFrequenciesAreWhole(t *testing.T) {
	head, rest, _ := strings.Cut(strings.TrimSuffix(frequenciesFile, "\n"), "\n")
	texts, err := strconv.Atoi(head)
	if err != nil || texts < 10_000 {
		t.Fatalf("the first line is %q, want the number of texts, 10,000 or more", head)
	}
	last := ""
	for line := range strings.SplitSeq(rest, "\n") {
		word, count, _ := strings.Cut(line, "\t")
		n, err := strconv.Atoi(count)
		if err != nil || n < 2 || n > texts || word <= last {
			t.Fatalf("bad line %q after %q", line, last)
		}
		last = word
	}
}

func TestCommonWordsWeighLess(t *testing.T) {
	for _, pair := range [][2]string{{"的", "技术"}, {"技术", "玉米"}, {"研究", "耐久性"}, {"玉米", "古琴斫制"}} {
		if a, b := IDF(pair[0]), IDF(pair[1]); a >= b || a <= 0 {
			t.Errorf("IDF(%s) = %.2f, IDF(%s) = %.2f", pair[0], a, pair[1], b)
		}
	}
}
