package matcher

import (
	"bufio"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/indexer"
)

// long makes the test of foreign needs run among 100,000 achievements: make test-long.
var long = flag.Bool("long", false, "run the long forms of tests")

// foreign are problems that no technology solves.
var foreign = []string{
	"寻找婚礼策划公司，能在草原上办蒙古族婚礼，预算十万元",
	"公司法律顾问，擅长劳动合同纠纷和股权转让诉讼",
	"小学语文作文辅导老师，周末上门授课",
	"招聘会计两名，要求有中级职称，熟悉税务申报",
	"品牌策划与广告投放，希望提高抖音直播间的粉丝数量",
	"寻求融资五百万元，出让股份百分之十",
	"单位食堂承包，提供早中晚三餐的厨师团队",
	"代理注册商标并办理食品经营许可证",
	"民谣乐队演出，需要主唱和吉他手，晚会用",
	"办公楼保洁与绿植租摆服务外包",
	"企业团建旅游线路，三天两晚，含酒店和大巴",
	"离婚财产分割咨询律师",
	"少儿舞蹈培训班招生宣传",
	"二手房买卖中介，想买学区房",
	"宠物寄养与美容店加盟",
	"写一部关于草原英雄的电视剧剧本",
	"足球俱乐部青训教练与场地租赁",
	"在上海外滩租一间带露台的办公室",
}

// TestForeignNeedsFindNothing asks for what no achievement gives: none of the entries that come is called fit, among a few
// thousand as among a hundred thousand.
func TestForeignNeedsFindNothing(t *testing.T) {
	path := "../../shared/data/zhejiang/achievements.jsonl"
	if _, err := os.Stat(path); err != nil {
		t.Skip("../shared is absent: no real achievements to search")
	}
	if *long {
		dir := t.TempDir()
		out, err := exec.Command("python3", "../../shared/bench/make_corpus.py", "--achievements", "100000", "--needs", "1", "--out", dir).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		path = filepath.Join(dir, "achievements.jsonl")
	}
	h := newHouse(t)
	load(t, h, path)
	for _, text := range foreign {
		entry, err := h.analyzer.TextEntry(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := h.matcher.rank(t.Context(), &entry, corpus.Achievement, indexer.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(rows, func(r ranked) bool { return h.matcher.label(r) != Weak }); i >= 0 {
			t.Errorf("%s: %s fits with %.2f points and evidence %.2f", text, rows[i].entry.ID, rows[i].parts.Points(), rows[i].evidence)
		}
	}
}

// load puts the achievements of a file into the index's memory.
func load(t *testing.T, h *house, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var docs []corpus.Doc
	number := uint32(0)
	put := func() {
		entries, err := h.analyzer.Entries(t.Context(), docs)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.engine.(*indexer.Local).Load(t.Context(), entries); err != nil {
			t.Fatal(err)
		}
		docs = docs[:0]
	}
	for row, err := range corpus.Read(bufio.NewReader(f), path, corpus.ReadOptions{Kind: corpus.Achievement}) {
		if err != nil {
			t.Fatal(err)
		}
		if row.Bad() {
			continue
		}
		number++
		row.Doc.Number, row.Doc.Status = number, corpus.Published
		if docs = append(docs, row.Doc); len(docs) == 1000 {
			put()
		}
	}
	put()
}

// TestEvidenceIsTheSameFromBothSides compares the sums that the two sides make in their own order.
func TestEvidenceIsTheSameFromBothSides(t *testing.T) {
	h := newHouse(t)
	var needs, achievements []corpus.Doc
	for _, d := range sampleDocs(t) {
		switch d.Kind {
		case corpus.Need:
			needs = append(needs, d)
		case corpus.Achievement:
			achievements = append(achievements, d)
		}
	}
	a, err := h.analyzer.Entries(t.Context(), achievements)
	if err != nil {
		t.Fatal(err)
	}
	n, err := h.analyzer.Entries(t.Context(), needs)
	if err != nil {
		t.Fatal(err)
	}
	some := 0
	for i := range n {
		of := h.scorer.evidence(&n[i])
		for j := range a {
			if there, back := of(indexer.AsFound(&a[j], n[i].Keywords)), h.scorer.evidence(&a[j])(indexer.Found{Entry: &n[i]}); there != back {
				t.Fatalf("%s and %s: %v from the need, %v from the achievement", n[i].ID, a[j].ID, there, back)
			} else if there > listedEvidence {
				some++
			}
		}
	}
	if some == 0 {
		t.Error("no pair of the sample has any evidence")
	}
}

// TestHitRates measures what the pages say of the labels on the set that they name.
func TestHitRates(t *testing.T) {
	dir := "../../shared/eval/bdci2019"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("../shared is absent: no judged pairs to measure with")
	}
	h := newHouse(t)
	set, err := ReadJudgedSet(dir)
	if err != nil {
		t.Fatal(err)
	}
	entries := func(docs []corpus.Doc) map[string]*indexer.Entry {
		made, err := h.analyzer.Entries(t.Context(), docs)
		if err != nil {
			t.Fatal(err)
		}
		byID := map[string]*indexer.Entry{}
		for i := range made {
			byID[made[i].ID] = &made[i]
		}
		return byID
	}
	needs, achievements := entries(set.Needs), entries(set.Achievements)
	fit, all := map[Label]float64{}, map[Label]float64{}
	for _, c := range set.Cases {
		need := needs[c.Need]
		evidence := h.scorer.evidence(need)
		for id, grade := range c.Grades {
			a := achievements[id]
			r := ranked{parts: h.scorer.Pair(need, a), evidence: evidence(indexer.AsFound(a, need.Keywords))}
			if r.evidence < listedEvidence {
				continue
			}
			label := h.matcher.label(r)
			if all[label]++; grade >= 2 {
				fit[label]++
			}
		}
	}
	for label, said := range HitRates {
		if got := fit[label] / all[label]; got < said-.015 || got > said+.015 {
			t.Errorf("%s: %.3f of %.0f pairs fit, HitRates says %.2f", label, got, all[label], said)
		}
	}
	if !(HitRates[Strong] > HitRates[Possible] && HitRates[Possible] > HitRates[Weak]) || strings.TrimSpace(HitRateSet) == "" {
		t.Errorf("the labels don't rise: %v", HitRates)
	}
}
