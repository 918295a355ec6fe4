package api

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

// reportTemplate is the file of Templates that reports of a year are made by.
const reportTemplate = "report.docx"

// nothing stands for a value that there is none of.
const nothing = "—"

// YearDocx writes the report of a year, frozen or, with nil, not, by the operator's template in a language. An error of the
// template has code Invalid and the field template.
func (s *Service) YearDocx(r *market.YearReport, frozen *market.FrozenHead, lang string) ([]byte, error) {
	template, err := s.ReportTemplate(lang)
	if err != nil {
		return nil, err
	}
	places := yearPlaces(r, frozen, lang)
	places["today"] = string(corpus.DayOf(s.now()))
	return fillDocx(template, func(name string) (string, bool) {
		value, known := places[name]
		return value, known
	})
}

// ReportTemplate returns the operator's template of reports, or else the one that is built in, in a language.
func (s *Service) ReportTemplate(lang string) ([]byte, error) {
	if s.Templates == "" {
		return builtInReport(lang)
	}
	path := filepath.Join(s.Templates, reportTemplate)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return builtInReport(lang)
	}
	if err == nil && info.Size() > maxTemplate {
		e := corpus.Errorf(corpus.Invalid, "the template has %d bytes, more than %d", info.Size(), maxTemplate)
		e.Field, e.Fix = "template", "make its pictures smaller"
		return nil, e
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// yearPlaces are what a template may name, with their values. docs/reports.md lists them.
func yearPlaces(r *market.YearReport, frozen *market.FrozenHead, lang string) map[string]string {
	in := func(zh, en string) string { return market.Words{zh, en}.In(lang) }
	places := map[string]string{"year": r.Year, "until": string(r.Until), "today": "", "territory": nothing, "id": nothing, "signed": nothing, "frozen_at": nothing, "note": nothing,
		"status": in("按现在的记录统计，没有冻结", "Counted from the records of now, not frozen")}
	if len(r.Territory) > 0 {
		var names []string
		for _, code := range r.Territory {
			names = append(names, corpus.RegionPath(code)+" "+code)
		}
		places["territory"] = strings.Join(names, "、")
	}
	if frozen != nil {
		at := string(corpus.DayOf(frozen.At))
		places["id"], places["signed"], places["frozen_at"] = frozen.ID, frozen.Signed, at
		places["status"] = in("已于 "+at+" 冻结，签发人："+frozen.Signed, "Frozen on "+at+", signed by "+frozen.Signed)
		if frozen.Note != "" {
			places["note"] = frozen.Note
		}
	}
	for _, m := range market.Measures() { // a report that was frozen before there was such a measure lacks it
		for _, of := range []string{"measures." + m.Name + ".value", "measures." + m.Name + ".why", "measures." + m.Name + ".records", "targets." + m.Name + ".value", "targets." + m.Name + ".reached"} {
			places[of] = nothing
		}
		places["measures."+m.Name+".name"], places["measures."+m.Name+".definition"] = m.Words.In(lang), m.Definition.In(lang)
	}
	for _, m := range r.Measures {
		at := "measures." + m.Name + "."
		places[at+"name"], places[at+"definition"], places[at+"records"] = m.Words.In(lang), m.Definition.In(lang), strconv.Itoa(len(m.Records))
		places[at+"value"], places[at+"why"] = nothing, nothing
		if m.Value != nil {
			places[at+"value"] = m.Unit.Text(*m.Value, lang)
		}
		if m.Why != nil {
			places[at+"why"] = m.Why.In(lang)
		}
		goal := "targets." + m.Name + "."
		places[goal+"value"], places[goal+"reached"] = nothing, nothing
		if m.Target != nil {
			places[goal+"value"] = m.Unit.Text(m.Target.Number, lang)
			if m.Target.Reached != nil {
				places[goal+"reached"] = market.InPercent.Text(*m.Target.Reached, lang)
			}
		}
	}
	return places
}

// builtInReport is the template of who has none: all measures in a table, and how each is counted.
func builtInReport(lang string) ([]byte, error) {
	in := func(zh, en string) string { return market.Words{zh, en}.In(lang) }
	colon := in("：", ": ")
	d := &Docx{}
	d.Line(36, true, in("{{year}} 年科技成果转化年度报告", "Report of {{year}}"))
	d.Line(21, false, in("截止日", "Counted until")+colon+"{{until}}")
	d.Line(21, false, in("统计范围", "Regions")+colon+in("{{territory}}（“—”为全部）", "{{territory}} (—: all)"))
	d.Line(21, false, "{{status}}")
	d.Line(21, false, in("说明", "Note")+colon+"{{note}}")
	rows := [][]string{{in("指标", "Measure"), in("数值", "Value"), in("目标", "Target"), in("完成", "Reached"), in("记录数", "Records")}}
	for _, m := range market.Measures() {
		records := "{{measures." + m.Name + ".records}}"
		if m.Of != nil {
			records = ""
		}
		rows = append(rows, []string{"{{measures." + m.Name + ".name}}", "{{measures." + m.Name + ".value}}", "{{targets." + m.Name + ".value}}", "{{targets." + m.Name + ".reached}}", records})
	}
	d.Table([]int{3_200, 2_400, 1_700, 1_338, 1_000}, rows)
	d.Line(24, true, in("怎么统计的", "How it is counted"))
	for _, m := range market.Measures() {
		d.Line(18, false, "{{measures."+m.Name+".name}}"+colon+"{{measures."+m.Name+".definition}}")
	}
	d.Line(18, false, in("生成日期", "Made on")+colon+"{{today}}")
	return d.File(nil)
}
