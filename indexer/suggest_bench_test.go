package indexer

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"duijie/corpus"
)

// BenchmarkCompletions makes the table of a large exchange, tells its memory, and completes what begins many texts.
func BenchmarkCompletions(b *testing.B) {
	const size = 450_000
	parts := []string{"玉米", "淀粉", "废水", "厌氧", "处理", "风电", "叶片", "除冰", "装置", "控制", "系统", "方法", "秸秆", "打包", "储能", "高效", "智能", "检测", "材料", "制备"}
	random := rand.New(rand.NewPCG(1, 2))
	word := func(n int) (s string) {
		for range n {
			s += parts[random.IntN(len(parts))]
		}
		return s
	}
	docs := func(yield func(corpus.Doc, error) bool) {
		for i := range size {
			d := corpus.Doc{Kind: corpus.Achievement, Number: uint32(i + 1), Title: word(6) + fmt.Sprint(i), Org: word(3) + "公司", Keywords: []string{word(2), word(3), word(3)}}
			if !yield(d, nil) {
				return
			}
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	table, err := NewCompletions(docs)
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	for _, typed := range []string{"玉", "玉米淀粉", "y", "ymdf"} {
		b.Run(typed, func(b *testing.B) {
			for b.Loop() {
				table.Find(typed, nil, 16)
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
		})
	}
	runtime.KeepAlive(table)
}
