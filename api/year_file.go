package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/xuri/excelize/v2"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A yearFile is a report of a year as a file: .xlsx has its measures on the first sheet, the records of each on the second;
// .docx is the operator's template, filled.
type yearFile struct {
	name   string // of the file, without ending
	frozen *market.FrozenHead
	report *market.YearReport
	format corpus.Format // XLSX or DOCX
}

// WriteYear writes the report of a year, frozen or, with nil, not, as a workbook in a language.
func WriteYear(w io.Writer, r *market.YearReport, frozen *market.FrozenHead, lang string) (err error) {
	in := func(zh, en string) string { return market.Words{zh, en}.In(lang) }
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	first, second := in("年度报告", "Report"), in("计入的记录", "Records")
	if err := f.SetSheetName(f.GetSheetName(0), first); err != nil {
		return err
	}
	if _, err := f.NewSheet(second); err != nil {
		return err
	}
	head := [][]any{{in("年份", "Year"), r.Year}, {in("截止日", "Counted until"), string(r.Until)}}
	if len(r.Territory) > 0 {
		head = append(head, []any{in("统计范围（行政区划代码）", "Regions counted (GB/T 2260)"), strings.Join(r.Territory, " ")})
	}
	if frozen != nil {
		head = append(head, []any{in("签发人", "Signed by"), frozen.Signed}, []any{in("冻结时间", "Frozen at"), frozen.At.Format("2006-01-02 15:04 UTC")},
			[]any{in("编号", "ID"), frozen.ID}, []any{in("说明", "Note"), frozen.Note})
	}
	head = append(head, nil, []any{in("指标", "Measure"), in("数值", "Value"), in("单位", "Unit"), in("目标", "Target"), in("完成 %", "Reached %"), in("记录数", "Records"), in("算不出的原因", "Why it can't be counted"), in("定义", "Definition")})
	for _, m := range r.Measures {
		per, unit := figure(m.Unit, lang)
		row := []any{m.Words.In(lang), nil, unit, nil, nil, len(m.Records), nil, m.Definition.In(lang)}
		if m.Value != nil {
			row[1] = float64(*m.Value) / per
		}
		if m.Of != nil {
			row[5] = nil
		}
		if m.Target != nil {
			row[3] = float64(m.Target.Number) / per
			if m.Target.Reached != nil {
				row[4] = float64(*m.Target.Reached) / 100
			}
		}
		if m.Why != nil {
			row[6] = m.Why.In(lang)
		}
		head = append(head, row)
	}
	records := [][]any{{in("指标", "Measure"), in("表", "Table"), in("编号", "ID"), in("版本", "Version"), in("计入", "Amount"), in("单位", "Unit"), in("依据的记录", "Through")}}
	for _, m := range r.Measures {
		per, unit := figure(m.Unit, lang)
		for _, one := range m.Records {
			records = append(records, []any{m.Words.In(lang), one.Table, one.ID, one.Version, float64(one.Amount) / per, unit, strings.Join(one.Through, " ")})
		}
	}
	return errors.Join(writeSheet(f, first, head, 26, 16, 12, 16, 10, 10, 30, 90), writeSheet(f, second, records, 26, 14, 24, 8, 16, 12, 40), f.Write(w))
}

// figure is by what numbers of a unit are divided in a workbook, and what they are then.
func figure(u market.Unit, lang string) (per float64, name string) {
	in := func(zh, en string) string { return market.Words{zh, en}.In(lang) }
	switch u {
	case market.InFen:
		return 100, in("元", "yuan")
	case market.InPercent:
		return 100, "%"
	case market.InPoints:
		return 100, in("百分点", "points")
	case market.InDays:
		return 10, in("工作日", "working days")
	}
	return 1, in("个", "pieces")
}

// writeSheet writes rows to a sheet whose columns have widths, in characters.
func writeSheet(f *excelize.File, sheet string, rows [][]any, widths ...float64) error {
	s, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for i, width := range widths {
		if err := s.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	for i, row := range rows {
		if i == maxSheet {
			return corpus.Errorf(corpus.TooLarge, "a sheet holds %d rows", maxSheet)
		}
		if err := s.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			return err
		}
	}
	return s.Flush()
}

// maxSheet is how many rows a sheet of a workbook holds.
const maxSheet = 1_048_576

// WordType is the media type of .docx.
const WordType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// FileParams say as which file a report is wanted.
type FileParams struct {
	Format string `query:"format" enum:"xlsx,docx" default:"xlsx" doc:"of the file; docx is by the operator's template" example:"docx"`
}

// yearFileRoute makes a route that answers with a report as a file.
func yearFileRoute[I any](make func(*Service, context.Context, *I) (yearFile, error)) adder {
	return func(api huma.API, op huma.Operation, s *Service) {
		op.Responses = map[string]*huma.Response{"200": {Description: "a workbook: the measures, and on a second sheet the records that each counts; or a Word document by the template",
			Content: map[string]*huma.MediaType{mediaTypes[corpus.XLSX]: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}, WordType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}
		handle(func(s *Service, ctx context.Context, in *I) (*streamOutput, error) {
			b, err := make(s, ctx, in)
			var doc []byte
			media := mediaTypes[corpus.XLSX]
			if err == nil && b.format == corpus.DOCX {
				media = WordType
				doc, err = s.YearDocx(b.report, b.frozen, langOf(ctx))
			}
			if err != nil {
				return nil, err
			}
			return &streamOutput{func(hc huma.Context) {
				g := humagin.Unwrap(hc)
				g.Header("Content-Type", media)
				g.Header("Content-Disposition", "attachment; filename="+b.name+"."+string(b.format))
				s.stream(ctx, g, func() error {
					if doc != nil {
						_, err := g.Writer.Write(doc)
						return err
					}
					return WriteYear(g.Writer, b.report, b.frozen, langOf(ctx))
				})
			}}, nil
		})(api, op, s)
	}
}
