package main

import (
	"math"
	"os"
	"strings"
	"testing"
)

// smaps has 1000 kB of the heap, a file of the match index, one of the full text of which 200 kB were copied when
// written to, and one beside the match index whose name only begins like it.
const smaps = `c000000000-c004000000 rw-p 00000000 00:00 0 
Size:              65536 kB
Rss:                1000 kB
Anonymous:          1000 kB
VmFlags: rd wr mr mw me ac sd 
7f0000000000-7f0000100000 r--s 00000000 fe:00 12                         /data/index/match/000001.seg
Rss:                3000 kB
Anonymous:             0 kB
7f0000200000-7f0000300000 r--p 00000000 fe:00 13                         /data/index/text/store/1.zap
Rss:                 500 kB
Anonymous:           200 kB
7f0000400000-7f0000500000 r--s 00000000 fe:00 14                         /data/index/matches
Rss:                  50 kB
Anonymous:             0 kB
`

func TestParseSmaps(t *testing.T) {
	const mb = 1024 / 1e6 // of a kB
	own, other := parseSmaps(strings.NewReader(smaps), "/data/index/match")
	if want := (1000 + 3000 + 200) * mb; math.Abs(own-want) > 1e-9 {
		t.Errorf("own %v MB, want %v", own, want)
	}
	if want := (300 + 50) * mb; math.Abs(other-want) > 1e-9 {
		t.Errorf("other files %v MB, want %v", other, want)
	}
}

func TestMemoryOfThisProcess(t *testing.T) {
	if _, err := os.Stat("/proc/self/smaps"); err != nil {
		if own, other := memory(os.Getpid(), "/nowhere"); own != 0 || other != 0 {
			t.Errorf("%v and %v MB without /proc", own, other)
		}
		return
	}
	if own, other := memory(os.Getpid(), "/nowhere"); own < 1 || own > 10_000 || other <= 0 {
		t.Errorf("%v and %v MB", own, other)
	}
}
