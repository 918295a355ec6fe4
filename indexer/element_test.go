package indexer

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"math/bits"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var kindNames = [ElementKinds]string{"material", "method", "effect", "product", "application"}

// elementsOf finds the elements of a text: "material 铝合金、铜; product 导线".
func elementsOf(s *Segmenter, title, body string) string {
	var kinds []string
	for _, e := range s.glossary(s.Cut(title), s.Cut(body)).elements(title, body) {
		if name := kindNames[e.Kind] + " "; len(kinds) == 0 || !strings.HasPrefix(kinds[len(kinds)-1], name) {
			kinds = append(kinds, name+e.Text)
		} else {
			kinds[len(kinds)-1] += "、" + e.Text
		}
	}
	return strings.Join(kinds, "; ")
}

func TestElements(t *testing.T) {
	s := segmenter(t)
	for _, c := range []struct{ name, title, body, want string }{
		{"the end of a title is the product, what comes before says for what", "奶牛场粪便清理机器人", "", "material 粪便; product 清理机器人; application 奶牛场"},
		{"what was done with it", "盐碱地甜菜膜下滴灌", "", "material 甜菜; method 膜下滴灌; application 盐碱地"},
		{"what it is made from", "保温板", "以硅藻土、粉煤灰和水泥为原料", "material 硅藻土、粉煤灰、水泥; product 保温板"},
		{"how it is made", "", "采用超临界萃取、膜分离和喷雾干燥", "method 超临界萃取、膜分离、喷雾干燥"},
		{"what it is used for", "", "可用于输电线路、高压开关柜的巡视", "application 输电线路、高压开关柜"},
		{"better before a measure, and behind", "", "降低了吨水的电耗，出苗率明显提高", "effect 出苗率明显提高、降低了吨水的电耗"},
		{"effects by themselves", "耐磨涂层", "节水省工", "effect 耐磨、节水、省工; product 涂层"},
		{"not what a measure is called", "", "耐磨性能", ""},
		{"words that say nothing alone", "装置", "采用系统", ""},
		{"what does not happen", "", "样机已完成，不腐蚀轮胎，误差不超过3%", "effect 不腐蚀轮胎"},
		{"what is listed with a technique", "", "采用膜分离、槽电压高频采样和滚筒细筛", "method 膜分离、槽电压高频采样、滚筒细筛"},
		{"not what it does without", "", "不用酸洗，代替人工", ""},
		{"one word to us, two to the dictionary", "", "经蒸汽爆破处理", "method 蒸汽爆破"},
		{"letters", "", "寻求LED广告灯箱", "product LED广告灯箱"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := elementsOf(s, c.title, c.body); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

// wantElements is what Elements reaches; see docs/labels.md. The rules were made with the first half of the postings in
// view, of the second only the sums of earlier rules were.
const wantElements = `P001 to P075: material 0.72/0.68 method 0.63/0.55 effect 0.67/0.54 product 0.72/0.58 application 0.67/0.39 all 0.68/0.54
P076 to P150: material 0.58/0.35 method 0.46/0.35 effect 0.46/0.28 product 0.71/0.37 application 0.67/0.41 all 0.55/0.35
all: material 0.66/0.51 method 0.56/0.45 effect 0.58/0.41 product 0.71/0.48 application 0.67/0.40 all 0.62/0.45
`

// TestElementsOfLabelledPostings measures Elements on postings that a reader has labelled. A phrase is right when a label of
// its element is the same, or one holds the other and has no more than twice its characters; blanks, 的 and 了 don't count.
func TestElementsOfLabelledPostings(t *testing.T) {
	s := segmenter(t)
	f, err := os.Open("../matcher/testdata/postings.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	type tally struct{ found, right, labelled, met int }
	var tallies [3][ElementKinds + 1]tally // of both halves and both together, by kind and of all
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p struct {
			ID, Title, Text, Goal string
			Elements              map[string][]string
		}
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		body := strings.TrimSpace(p.Text + "\n" + p.Goal)
		found := s.glossary(s.Cut(p.Title), s.Cut(body)).elements(p.Title, body)
		half := 0
		if p.ID > "P075" {
			half = 1
		}
		for k, name := range kindNames {
			var n tally
			n.labelled = len(p.Elements[name])
			met := make([]bool, n.labelled)
			for _, e := range found {
				if int(e.Kind) != k {
					continue
				}
				n.found++
				right := false
				for i, label := range p.Elements[name] {
					if samePhrase(e.Text, label) {
						right, met[i] = true, true
					}
				}
				if right {
					n.right++
				}
			}
			for _, m := range met {
				if m {
					n.met++
				}
			}
			for _, sum := range []*tally{&tallies[half][k], &tallies[half][ElementKinds], &tallies[2][k], &tallies[2][ElementKinds]} {
				sum.found, sum.right, sum.labelled, sum.met = sum.found+n.found, sum.right+n.right, sum.labelled+n.labelled, sum.met+n.met
			}
		}
	}
	var got strings.Builder
	for i, name := range []string{"P001 to P075", "P076 to P150", "all"} {
		fmt.Fprintf(&got, "%s:", name)
		for k, n := range tallies[i] {
			kind := "all"
			if k < ElementKinds {
				kind = kindNames[k]
			}
			fmt.Fprintf(&got, " %s %.2f/%.2f", kind, float64(n.right)/float64(n.found), float64(n.met)/float64(n.labelled))
		}
		fmt.Fprintln(&got)
	}
	if got.String() != wantElements {
		t.Errorf("precision/recall: got\n%swant\n%s", got.String(), wantElements)
	}
}

func samePhrase(a, b string) bool {
	bare := func(s string) string { return strings.NewReplacer(" ", "", "的", "", "了", "").Replace(Fold(s).Text) }
	a, b = bare(a), bare(b)
	if len(a) < len(b) {
		a, b = b, a
	}
	return strings.Contains(a, b) && 2*utf8.RuneCountInString(b) >= utf8.RuneCountInString(a)
}

func TestElementsOfOddTexts(t *testing.T) {
	s := segmenter(t)
	for _, c := range []struct{ name, title, body, want string }{
		{"nothing", "", "", ""},
		{"one character", "钢", "钢", ""},
		{"emoji", "🐄🐄🐄", "👍 ❤️ 🌾", ""},
		{"English", "A corn harvester for small fields", "It cuts and binds the stalks.", ""},
		{"one word, often", strings.Repeat("铝合金", 1000), strings.Repeat("铝合金", 1000), ""},
		{"one word, often, with marks between", strings.Repeat("铝合金，", 1000), strings.Repeat("铝合金，", 1000), "material 铝合金; product 铝合金"},
		{"zero bytes and no UTF-8", "铝\x00合\xff金", "\xff\xfe", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := elementsOf(s, c.title, c.body); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if 繁, 简 := elementsOf(s, "鋁合金導線", "採用連鑄連軋，提高導電率"), elementsOf(s, "铝合金导线", "采用连铸连轧，提高导电率"); Fold(繁).Text != Fold(简).Text {
		t.Errorf("%s, but %s", 繁, 简)
	}
}

func TestElementsAreFewAndInTheText(t *testing.T) {
	s := segmenter(t)
	var all strings.Builder
	for _, w := range slices.Sorted(maps.Keys(roles().words)) {
		all.WriteString(w + "，采用" + w + "、" + strings.ToUpper(w) + "的")
	}
	title, body := "奶牛场牛粪清理机器人", all.String()
	if len(body) < 100_000 {
		t.Fatalf("the body has %d bytes, want 100 kB", len(body))
	}
	var counts [ElementKinds]int
	for _, e := range s.glossary(s.Cut(title), s.Cut(body)).elements(title, body) {
		counts[e.Kind]++
		n := utf8.RuneCountInString(e.Text)
		if !strings.Contains(title+"\n"+body, e.Text) || n < minPhrase || n > maxPhrase || len(e.Words) == 0 || slices.Contains(e.Words, "") {
			t.Errorf("%+v", e)
		}
	}
	for k, n := range counts {
		if n == 0 || n > maxElements {
			t.Errorf("%d phrases of %s", n, kindNames[k])
		}
	}
}

func TestElementWordsAreFoldedAndHaveOneClass(t *testing.T) {
	for line := range strings.Lines(elementsFile) {
		line = strings.TrimSuffix(line, "\n")
		name, words, ok := strings.Cut(line, ": ")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !ok || roleNames[name] == 0 {
			t.Errorf("%q has no role", line)
		}
		for w := range strings.FieldsSeq(words) {
			if Fold(w).Text != w {
				t.Errorf("%s: %q is not folded", name, w)
			}
		}
	}
	for _, list := range []map[string]role{roles().words, roles().endings} {
		for w, r := range list {
			if bits.OnesCount32(uint32(r&(class|plain))) > 1 {
				t.Errorf("%q has two classes", w)
			}
		}
	}
}
