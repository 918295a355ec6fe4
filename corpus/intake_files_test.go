package corpus

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/unicode"
)

// intake makes the files of testdata/intake, so that one can see what is in them. People and telephones are invented.
var intake = []struct {
	name string
	make func(t *testing.T) []byte
}{
	{"需求汇总.xls", func(t *testing.T) []byte {
		return ole("Workbook", biff(40,
			biffSheetSpec{name: "填表说明", rows: [][]any{{"请各旗县市区科技局填报，每行一项需求。"}}},
			biffSheetSpec{name: "字典", hidden: 1, rows: [][]any{{"名称"}, {"不该读到"}}},
			biffSheetSpec{name: "需求", rows: [][]any{
				{"2026年企业技术需求汇总表"},
				{},
				{"序号", "需求名称", "需求描述", "需求单位", "拟投入资金（万元）", "截止日期", "完成率", "联系电话", "高新企业", "批次"},
				{1, "玉米秸秆颗粒燃料防结渣", biffLabel("锅炉燃烧颗粒燃料时灰熔点低，炉排结渣，\n希望灰熔点提高到 1200 ℃ 以上。"), "科尔沁区某生物质能源公司", []int{8050}, biffDay(46203), biffPercent(0.455), 13800000000.0, true, 1},
				{2, "牛粪堆肥除臭菌剂", "堆肥场氨气浓度高，要求下降 60% 以上", "", 30, biffDay(46234.5), biffPercent(1), 13900000000.0, biffError(0x2a)},
				{3, biffFormula("铁路货车轴承温度在线监测"), "", "通辽某铁路机械厂", 120.5},
				{"合计", "", "", "", 230.995},
				{"注：以上金额为企业自报。"},
			}, merged: [][4]int{{0, 0, 0, 9}, {3, 4, 3, 3}, {7, 7, 0, 9}}}))
	}},
	{"旧版需求.xls", func(t *testing.T) []byte {
		return ole("Book", biff5(func(s string) string { return gb(t, s) }, "需求", [][]string{
			{"需求名称", "需求描述", "联系人"}, {"奶牛隐性乳房炎快速检测", "现有方法 48 h 出结果，希望 2 h 内", "王某 13800000000"}}))
	}},
	{"加密.xls", func(*testing.T) []byte {
		return ole("Workbook", le(0x809, 16, 0x600, 5, make([]byte, 12), 0x2f, 6, 1, 1, 1))
	}},
	{"加密.xlsx", func(*testing.T) []byte { return ole("EncryptedPackage", []byte("secret")) }},
	{"旧文档.doc", func(*testing.T) []byte { return ole("WordDocument", []byte("text")) }},
	{"网页导出.xls", func(t *testing.T) []byte {
		return []byte(gb(t, `<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><style>td{color:red}</style></head><body>
<table border=1><tr><td colspan=5>科技成果导出（共 3 条）</td></tr>
<tr><th>序号</th><th>成果名称</th><th>成果简介</th><th>完成单位</th><th>所处阶段</th></tr>
<tr><td>1<td>蒙药材远红外干燥装置<td>干燥时间由 36 h 缩短到 9 h，&nbsp;含水率 &lt; 8%<td rowspan=2>某民族大学<td>中试
<tr><td>2<td>荞麦壳活性炭<td>比表面积 1150&#160;m²/g<br>得率 31%<td>小试
<tr><td>3<td>沙地樟子松容器育苗<td>成活率 92%<td>某林业工作站<td>已有样品
<tr><td colspan=3>合计</td><td colspan=2>3</td></tr>
</table></body></html>`))
	}},
	{"嵌套网页.html", func(*testing.T) []byte {
		return []byte(`<!DOCTYPE html><meta charset="utf-8"><title>需求</title><table><tr><td>导航</td><td><table>
<tr><td>需求名称</td><td>风电叶片前缘抗蚀涂层</td><td>所属行业</td><td>风力发电</td></tr>
<tr><td>需求描述</td><td colspan="3">前缘风沙磨蚀严重，<p>涂层寿命不足两年</p></td></tr>
<tr><td>合作方式</td><td colspan="3"><input type="checkbox">技术转让 <input type="checkbox" checked>委托开发</td></tr></table></td></tr></table>`)
	}},
	{"制表符.xls", func(t *testing.T) []byte {
		s, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("成果名称\t成果简介\t编号\r\n甜菜粕饲料化\t粗蛋白提高到 18%\tC01\r\n\"砒砂岩\t改良剂\"\t保水\tC02\r\n")
		if err != nil {
			t.Fatal(err)
		}
		return []byte(s)
	}},
	{"逗号.xls", func(t *testing.T) []byte {
		return []byte(gb(t, "需求名称,需求描述,联系人\r\n谷子脱壳机降噪,\"噪声 96 dB,要求 85 dB 以下\",李某\r\n合计,,\r\n"))
	}},
	{"表格2003.xls", func(*testing.T) []byte {
		return []byte(`<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="成果"><Table>
<Row><Cell ss:MergeAcross="3"><Data ss:Type="String">成果目录</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">成果名称</Data></Cell><Cell><Data ss:Type="String">完成单位</Data></Cell><Cell ss:Index="4"><Data ss:Type="String">发布日期</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">肉牛热应激预警&amp;项圈</Data><Comment><ss:Data>批注不要</ss:Data></Comment></Cell><Cell ss:MergeDown="1"><Data ss:Type="String">某畜牧研究所</Data></Cell><Cell ss:Index="4"><Data ss:Type="DateTime">2026-03-05T00:00:00.000</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">青贮添加剂</Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="隐藏"><Table><Row><Cell><Data ss:Type="String">成果名称</Data></Cell></Row><Row><Cell><Data ss:Type="String">不该读到</Data></Cell></Row></Table>
<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>`)
	}},
	{"需求表.docx", func(t *testing.T) []byte {
		return docx(t, p("企业技术需求征集表")+p("填报日期：2026年5月20日      填报单位：某旗科技局")+tbl(
			tr(tc("企业信息", down), tc("企业名称"), tc("内蒙古某农机有限公司", span(3))),
			tr(tc("", up), tc("地　址"), tc("内蒙古自治区通辽市开鲁县"), tc("企业规模"), tc("☐大型 ☑中型 ☐小微")),
			tr(tc("", up), tc("联系人"), tc("赵某"), tc("联系电话"), tc("13800000000")),
			tr(tc("一、需求名称*"), tc("甜菜收获机漏挖率降低", span(4))),
			tr(tc("所属领域"), tc("□电子信息 √现代农业 □新材料", span(2)), tc("拟投入资金（万元）"), tc("80")),
			tr(tc("二、需求描述（500 字以内）", span(5))),
			tr(tc("漏挖率 9%，目标 3% 以下。\n地块含沙量大。", span(5))),
			tr(tc("合作方式"), tcXML(`<w:p>`+control("1", "☒")+textRun("委托开发 ")+control("0", "☐")+textRun("技术转让 ")+sym("Wingdings 2", "F052")+textRun("技术服务 ")+sym("Wingdings", "F0A8")+textRun("其他____")+`</w:p>`, span(4))),
			tr(tc("现有工作基础：已试用两种挖掘铲。\n预期目标：漏挖率 ≤ 3%", span(5))),
			tr(tc("是否同意公开"), tc("（√）同意 （ ）不同意", span(4))),
			tr(tc("备注"), tc("____", span(4))),
		)+p("注：本表一式两份。"))
	}},
	{"多份表单.docx", func(t *testing.T) []byte {
		var body strings.Builder
		for i, name := range []string{"糖厂滤泥资源化", "铝箔轧制油雾回收", "羊绒分梳短绒率控制"} {
			body.WriteString(p(fmt.Sprintf("附件 %d", i+1)) + tbl(tr(tc("难题名称"), tc(name)), tr(tc("问题描述"), tc("第一段。\n第二段。")), tr(tc("联系人"), tc("孙某"), tc("手机"), tc("13900000000"))))
		}
		return docx(t, body.String())
	}},
	{"段落.docx", func(t *testing.T) []byte {
		return docx(t, p("技术需求")+p("需求名称：煤矸石制备陶粒轻量化")+p("需求单位：某建材公司，联系人：周某  电话：13800000000")+
			p("需求描述：")+p("堆积密度 780 kg/m³，希望降到 600 以下。")+p("难点：烧结温度窗口窄。")+p("合作方式：☐转让 ☑技术开发")+p("经费来源：企业自筹"))
	}},
	{"成果清单.docx", func(t *testing.T) []byte {
		return docx(t, p("成果清单")+tbl(
			tr(tc("序号", down), tc("成果名称", down), tc("联系人", span(2))),
			tr(tc("", up), tc("", up), tc("姓名"), tc("电话")),
			tr(tc("1"), tc("沙棘油微胶囊"), tc("吴某", down), tc("13800000000")),
			tr(tc("2"), tc("沙棘籽粕多肽"), tc("", up), tc("13900000000")),
			tr(tc("合计"), tc("2 项"), tc(""), tc(""))))
	}},
	{"嵌套表格.docx", func(t *testing.T) []byte {
		return docx(t, tbl(
			tr(tc("项目名称"), tc("高寒区光伏组件除雪", span(3))),
			tr(tc("技术指标"), tcXML(p("主要指标")+tbl(tr(tc("除雪率"), tc("≥ 95%")), tr(tc("能耗"), tc("≤ 0.2 kWh/m²")))+p(""), span(3))),
			tr(tcXML(tbl(tr(tc("需求单位"), tc("某新能源公司")), tr(tc("需求描述"), tc("冬季积雪遮挡，发电量损失 12%")))+p(""), span(4))),
			tr(tc("年产值（万元）"), tc("5000"), tc("职工人数"), tc("60"))))
	}},
	{"合影.docx", func(t *testing.T) []byte {
		return docx(t, p("会议通知")+tbl(tr(tc("时间"), tc("地点")), tr(tc("周一"), tc("会议室"))))
	}},
	{"多表.xlsx", func(t *testing.T) []byte {
		f := excelize.NewFile()
		sheets(t, f, "说明", []any{"填写说明：红色列必填"})
		sheets(t, f, "成果", []any{"成果名称", "成果简介", "编号"}, []any{"燕麦 β-葡聚糖提取", "纯度 85%", "A1"})
		sheets(t, f, "需求", nil, []any{"编号", "需求名称", "需求内容", "信息类别"}, []any{"N1", "屠宰废水脱氮", "总氮 90 mg/L", "需求"})
		sheets(t, f, "空表")
		sheets(t, f, "字典", []any{"名称"}, []any{"不该读到"})
		check(t, f.DeleteSheet("Sheet1"), f.SetSheetVisible("字典", false))
		return workbook(t, f)
	}},
	{"两行表头.xlsx", func(t *testing.T) []byte {
		f := excelize.NewFile()
		sheets(t, f, "Sheet1",
			[]any{"2026年揭榜挂帅需求表"},
			[]any{"填报单位：某市工信局", nil, nil, nil, nil, "日期：2026-05"},
			[]any{"序号", "需求名称", "联系人", nil, "技术指标", nil, "榜额（万元）", "企业名称"},
			[]any{nil, nil, "姓名", "电话", "现状", "目标", nil, nil},
			[]any{1, "铝电解槽阴极寿命", "郑某", "13800000000", "1800 天", "2500 天", 300, "某铝业公司"},
			[]any{2, "电解铝碳渣回收", "郑某", "13800000000", "详见附件", nil, 120},
			[]any{3, nil, nil, nil, nil, nil, nil, nil},
			[]any{"二、农业领域"},
			[]any{4, "冷凉区日光温室增温", "冯某", "13900000000", nil, "夜间 ≥ 8 ℃", 60.5, "某合作社"},
			[]any{nil, "小计", nil, nil, nil, nil, 480.5},
			[]any{"总 计", nil, nil, nil, nil, nil, 480.5},
			[]any{"填表人：钱某"})
		for _, m := range []string{"A1:H1", "A3:A4", "B3:B4", "C3:D3", "E3:F3", "G3:G4", "H3:H4", "C5:C6", "D5:D6", "E6:F6", "H5:H6", "A8:H8"} {
			from, to, _ := strings.Cut(m, ":")
			v, err := f.GetCellValue("Sheet1", from)
			check(t, err, f.MergeCell("Sheet1", from, to))
			_ = v
		}
		return workbook(t, f)
	}},
	{"表单.xlsx", func(t *testing.T) []byte {
		f := excelize.NewFile()
		sheets(t, f, "Sheet1", []any{"科技成果登记表"},
			[]any{"成果名称", "马铃薯晚疫病孢子捕捉预警仪", nil, nil},
			[]any{"完成单位", "某农牧科学院", "所处阶段", "□初期阶段 ■中期阶段 □成熟应用阶段"},
			[]any{"转让价格（万元）", 45.5, "登记日期", "2026-04-01"},
			[]any{"成果简介", "识别准确率 93%，\n预警提前 5 天。"})
		check(t, f.MergeCell("Sheet1", "A1", "D1"), f.MergeCell("Sheet1", "B2", "D2"), f.MergeCell("Sheet1", "B5", "D5"))
		return workbook(t, f)
	}},
	{"批量报送.zip", func(t *testing.T) []byte {
		form := docx(t, tbl(tr(tc("需求名称"), tc("燕麦片酶活控制")), tr(tc("需求描述"), tc("货架期 6 个月内酸价不超标"))))
		f := excelize.NewFile()
		sheets(t, f, "Sheet1", []any{"需求名称", "需求描述"}, []any{"葵花籽黄曲霉在线剔除", "剔除率 98%"})
		return archive(t,
			entry{gb(t, "开鲁县/一号需求.docx"), form}, entry{gb(t, "开鲁县/二号.xlsx"), workbook(t, f)},
			entry{"奈曼旗/三号.csv", []byte(gb(t, "需求名称,需求描述\n荞麦面条断条,断条率 12%\n,没有名称\n"))},
			entry{"__MACOSX/奈曼旗/._三号.csv", []byte("junk")}, entry{".DS_Store", []byte("junk")}, entry{"奈曼旗/", nil},
			entry{gb(t, "照片.jpg"), []byte("\xff\xd8\xff\xe0 junk")}, entry{gb(t, "旧资料.zip"), []byte("PK\x03\x04")},
			entry{gb(t, "改名的压缩包.xlsx"), archive(t, entry{"a.csv", []byte("名称\n甲\n")})},
			entry{gb(t, "坏的.xlsx"), workbook(t, excelize.NewFile())[:3000]}, entry{gb(t, "旧.doc"), ole("WordDocument", nil)},
			entry{"科左后旗/四号.xls", []byte("<table><tr><td>需求名称<td>内容<tr><td>稻蟹共作水质监测<td>溶氧 5 mg/L</table>")})
	}},
	{"炸弹.zip", func(t *testing.T) []byte {
		return archive(t, entry{"炸弹.csv", append([]byte("需求名称\n"), make([]byte, 40<<20)...)}, entry{"好的.csv", []byte("需求名称\n奶渣脱水\n")})
	}},
	{"空.zip", func(t *testing.T) []byte { return archive(t) }},
}

func check(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// sheets adds a sheet with these rows.
func sheets(t *testing.T, f *excelize.File, name string, rows ...[]any) {
	t.Helper()
	_, err := f.NewSheet(name)
	check(t, err)
	for i, row := range rows {
		check(t, f.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &row))
	}
}

func workbook(t *testing.T, f *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, f.Write(&b), f.Close())
	return b.Bytes()
}

// An entry of an archive; a name that is no UTF-8 is marked so.
type entry struct {
	name string
	data []byte
}

func archive(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate, NonUTF8: true})
		check(t, err)
		_, err = w.Write(e.data)
		check(t, err)
	}
	check(t, z.Close())
	return b.Bytes()
}

// docx is a document with this body.
func docx(t *testing.T, body string) []byte {
	return archive(t, entry{"[Content_Types].xml", []byte(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`)},
		entry{"word/document.xml", []byte(`<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
			`xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w:body>` + body + `</w:body></w:document>`)})
}

func p(text string) string { return "<w:p>" + textRun(text) + "</w:p>" }
func textRun(text string) string {
	text = strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(text)
	return `<w:r><w:t xml:space="preserve">` + strings.ReplaceAll(text, "\n", `</w:t><w:br/><w:t xml:space="preserve">`) + "</w:t></w:r>"
}
func tbl(rows ...string) string { return "<w:tbl>" + strings.Join(rows, "") + "</w:tbl>" }
func tr(cells ...string) string { return "<w:tr>" + strings.Join(cells, "") + "</w:tr>" }

// tc is a cell with a text; properties say over what it extends.
func tc(text string, properties ...string) string { return tcXML(p(text), properties...) }
func tcXML(content string, properties ...string) string {
	return "<w:tc><w:tcPr>" + strings.Join(properties, "") + "</w:tcPr>" + content + "</w:tc>"
}
func span(n int) string { return fmt.Sprintf(`<w:gridSpan w:val="%d"/>`, n) }

const (
	down = `<w:vMerge w:val="restart"/>`
	up   = `<w:vMerge/>`
)

// control is a box that can be clicked.
func control(checked, sign string) string {
	return `<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="` + checked + `"/><w14:checkedState w14:val="2612"/></w14:checkbox></w:sdtPr><w:sdtContent>` +
		textRun(sign) + `</w:sdtContent></w:sdt>`
}
func sym(font, char string) string {
	return `<w:r><w:sym w:font="` + font + `" w:char="` + char + `"/></w:r>`
}
