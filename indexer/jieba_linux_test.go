package indexer

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

func TestCuttingDoesNotGrowMemory(t *testing.T) {
	s := segmenter(t)
	text := strings.Repeat("基于深度学习的玉米淀粉生产工艺及其自动化装置，", 50)
	cut := func() int {
		for range 1000 {
			s.Cut(text)
		}
		debug.FreeOSMemory()
		return resident(t)
	}
	cut()
	before := cut()
	if after := cut(); after > before+20<<20 {
		t.Errorf("%d MB became %d MB", before>>20, after>>20)
	}
}

// resident returns the bytes of memory the process holds.
func resident(t *testing.T) int {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(b))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
