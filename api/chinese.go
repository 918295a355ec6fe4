package api

import (
	_ "embed"
	"sync"

	"duijie/corpus"
	"duijie/corpus/market"
)

// What the rules of market records say is English, as all of the API; chinese.tsv has it for people, with {} for what is put in.
//
//go:embed chinese.tsv
var chineseTable string

var chinese = sync.OnceValue(func() func(string) string { return corpus.Translator(chineseTable) })

// chineseHints are the hints of fields, which are fixes too, by the English ones.
var chineseHints = sync.OnceValue(func() map[string]string {
	hints := map[string]string{}
	for _, t := range market.Tables {
		for _, f := range t.About().Fields {
			hints[f.Hint[1]] = f.Hint[0]
		}
	}
	return hints
})

// inChinese returns an error as it is said in Chinese; what is not known stays as it is.
func inChinese(e *corpus.Error) *corpus.Error {
	out := *e
	out.Message = chinese()(e.Message)
	var known bool
	if out.Fix, known = chineseHints()[e.Fix]; !known {
		out.Fix = chinese()(e.Fix)
	}
	return &out
}

// FaultOf says one error of a field in a language, "en" or "zh".
func FaultOf(e *corpus.Error, lang string) Fault { return faultOf(e, lang) }
