package corpus

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestNumbersAreClassed writes each number of a text with its class, an indicator with its name and value.
func TestNumbersAreClassed(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"抗冲击韧性≥67%", "indicator:抗冲击韧性 ≥ 67 %"},
		{"出苗率由55%提高到82%", "quantity:55% indicator:出苗率 ≥ 82 %"},
		{"含水率从25%降为14%", "quantity:25% indicator:含水率 ≤ 14 %"},
		{"能耗比老工艺降低三成", "indicator:能耗 Δ ≤ -30 %"},
		{"节约原料3%以上", "indicator:原料 Δ ≤ -3 %"},
		{"寿命是电镀件的3倍", "indicator:寿命 Δ ≥ 200 %"},
		{"产量翻一番，用工减半", "indicator:产量 Δ ≥ 100 % indicator:用工 Δ ≤ -50 %"},
		{"检出率和准确率分别达到80%和95%", "indicator:检出率和准确率 ≥ 80 % indicator:检出率和准确率 ≥ 95 %"},
		{"透光率(430nm)≥70%", "quantity:430nm indicator:透光率 ≥ 70 %"},
		{"测量精度优于0.1mm，效率优于80%", "indicator:测量精度 ≤ 0.0001 m indicator:效率 ≥ 80 %"},
		{"亩产500公斤以上", "indicator:亩产 ≥ 7500 kg/hm²"},
		{"编织角度误差≤0.3度，水温60度", "indicator:编织角度误差 ≤ 0.3 ° indicator:水温 60 ℃"},
		{"额定电压220V，沉降小于30cm", "indicator:额定电压 220 V indicator:沉降 ≤ 0.3 m"},
		{"硬度HRC 50~55", "indicator:硬度 50 ~ 55 HRC"},
		{"pH 6～8，摩擦系数0.38", "indicator:pH 6 ~ 8 indicator:摩擦系数 0.38"},
		{"在450～500℃活化", "indicator: 450 ~ 500 ℃"},
		{"可在零下40度启动", "indicator: -40 ℃"},
		{"良率约六成，三成熟", "indicator:良率 60 %"},
		{"漏报率为零，零件多", "indicator:漏报率 0"},
		{"2021—2023年推广1.6万亩，2024年5月1日验收", "date:2021-2023年 quantity:1.6万亩 date:2024年 date:5月 date:1日"},
		{"20世纪80年代起步", "date:20 date:80年"},
		{"投资300万元，成本1800元/吨，利润6000万", "money:300万 money:1800 money:6000万"},
		{"符合GB/T 3954-2014，专利号ZL201911234567.8", "code:3954-2014 code:201911234567.8"},
		{"牌号27SiMn、T6、IP65，小麦新麦26，H2S，YVF2-315", "code:27SiMn code:6 code:65 code:26 code:2S code:2-315"},
		{"1,2,4-三氮唑", "item:1 item:2 code:4"},
		{"1、检测；2.报警；（3）停机；第4项，如图5", "item:1 item:2 item:3 item:4项 item:5"},
		{"泵体(12)与阀(2.1)", "item:12 item:2.1"},
		{"尺寸200×100×60mm，配比1:3", "size:200 size:100 size:60mm size:1 size:3"},
		{"2台2.5MW机组，职工300人，300t/d的烘干塔", "count:2台 quantity:2.5MW count:300人 quantity:300t/d"},
		{"海拔≥10℃活动积温2500℃以上", "quantity:10℃ indicator:活动积温 ≥ 2500 ℃"},
		{"三元乙丙，一次成型，两个月，三相电", ""},
		{"β＝90.232(3)", "other:90.232 item:3"},
	} {
		if got := readNumbers(c.in); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

// TestIndicatorsKeepTheText checks the pieces of an indicator against the text they come from.
func TestIndicatorsKeepTheText(t *testing.T) {
	for _, c := range []struct{ in, text, name, value string }{
		{"，抗冲击韧性≥67 %。", "抗冲击韧性≥67 %", "抗冲击韧性", "≥67 %"},
		{"，抗冲击韧性：≥６７％；", "抗冲击韧性：≥６７％", "抗冲击韧性", "：≥６７％"},
		{"检测周期由48h缩短到12h以内", "检测周期由48h缩短到12h以内", "检测周期", "缩短到12h以内"},
		{"比对照增产8.7%", "增产8.7%", "增产", "增产8.7%"},
		{"3. 幅宽2.4㎜", "幅宽2.4㎜", "幅宽", "2.4㎜"},
	} {
		got := Indicators(c.in)
		if len(got) != 1 || got[0].Text != c.text || got[0].Name != c.name || got[0].Value != c.value {
			t.Errorf("%s: %q", c.in, got)
		}
	}
}

// TestNeedsDescribeThemselves leaves out what a firm says of its present state where it states its goal apart.
func TestNeedsDescribeThemselves(t *testing.T) {
	d := Doc{Kind: Need, Title: "检测", Text: "现有设备速度1.8米/分，漏检率超过5%。要求噪声不超过65dB，幅宽1.2m。", Goal: "检出率≥99.5%"}
	names := func() string {
		var out []string
		for _, f := range d.Figures() {
			out = append(out, f.Name)
		}
		return strings.Join(out, " ")
	}
	if got := names(); got != "噪声 检出率" {
		t.Errorf("with a goal: %s", got)
	}
	d.Goal = ""
	if got := names(); got != "现有设备速度 漏检率 噪声 幅宽" {
		t.Errorf("without a goal: %s", got)
	}
}

func TestAFigureStatedAgainCountsOnce(t *testing.T) {
	d := Doc{Kind: Need, Title: "缩短浸泡", Goal: "浸泡总时间 ≤ 24 h；收率不低于68%；噪声低于68 dB", Indicators: []string{"浸泡时间 ≤ 24 h", "收率 ≥ 68 %", "含水 ≤ 24 %"}}
	var got []string
	for _, i := range d.Figures() {
		got = append(got, i.Name)
	}
	if s := strings.Join(got, " "); s != "浸泡总时间 收率 噪声 含水" {
		t.Errorf("got %s", s)
	}
}

// hostile are texts that would take long, or break, where a search goes back further than it must.
var hostile = []string{
	strings.Repeat("1", 100_000), strings.Repeat("1 ", 25_000), strings.Repeat("1-", 25_000), strings.Repeat("1e", 25_000),
	strings.Repeat("1,234", 20_000), strings.Repeat("提高5%", 10_000), strings.Repeat("比高5%", 10_000), strings.Repeat("5%和", 14_000),
	strings.Repeat("m/", 25_000), strings.Repeat("5/(m·", 15_000), strings.Repeat("10m/(", 20_000), "5m/" + strings.Repeat("(", 25_000), strings.Repeat("(5", 25_000), strings.Repeat("😀5", 20_000),
	strings.Repeat("十万亿", 10_000), strings.Repeat("±", 30_000) + "5", strings.Repeat(" ", 25_000) + "5%", strings.Repeat("a", 25_000) + "5%",
	"1e400 kg", "9" + strings.Repeat("0", 400) + "%", "≤", "%", "％℃㎡", "5\xff%", "-", "零下", "百分之", "翻", "0/0 m", "0L/kgDMI",
}

// TestHostileTextsEnd reads texts that would take minutes if time grew with the square of the length.
func TestHostileTextsEnd(t *testing.T) {
	for _, s := range hostile {
		d := Doc{Kind: Need, Text: s}
		d.Figures()
	}
}

func FuzzIndicators(f *testing.F) {
	for _, s := range []string{"出苗率由55%提高到82%，亩产230公斤以上", "20±2℃ 1.5×10^-3 mol/L", "硬度HRC 50~55，是老工艺的3倍", "ＶＯＣ≤２g/L 透光率(430nm)≥70%", "零下40度、一成半、百分之十至十五，翻两番", "5\xff%1e400"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for n := range Numbers(s) {
			if n.Start < end || n.End <= n.Start || n.End > len(s) {
				t.Fatalf("%q: %+v after %d", s, n, end)
			}
			end = n.End
			d := n.Indicator
			if n.Class != FigureNumber {
				continue
			}
			if !strings.Contains(s, d.Text) || !(d.Quantity.Min <= d.Quantity.Max) || utf8.ValidString(s) && !utf8.ValidString(d.Text) {
				t.Errorf("%q: %+v", s, d)
			}
			if _, err := parseUnit(d.Quantity.Unit); err != nil {
				t.Errorf("%q: %+v: %v", s, d, err)
			}
		}
	})
}
