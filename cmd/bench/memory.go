package main

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"
)

// memory returns what of a process is in memory, in MB: anonymous pages and files mapped from below dir, and other
// files apart. Both are 0 where the system has no /proc.
func memory(pid int, dir string) (own, otherFiles float64) {
	f, err := os.Open("/proc/" + strconv.Itoa(pid) + "/smaps")
	if err != nil {
		return 0, 0
	}
	defer f.Close()
	return parseSmaps(f, dir)
}

// parseSmaps reads the form of /proc/PID/smaps: for each mapping a line of six columns, the last a path, then lines of
// NAME: N kB.
func parseSmaps(r io.Reader, dir string) (own, otherFiles float64) {
	inDir := false
	for lines := bufio.NewScanner(r); lines.Scan(); {
		name, value, ok := strings.Cut(lines.Text(), ":")
		if !ok || strings.Contains(name, " ") { // a mapping: "7f00-7f01 r--s 00000000 fe:00 12   /path"
			at := strings.Index(lines.Text(), "/")
			inDir = at >= 0 && strings.HasPrefix(lines.Text()[at:], dir+"/")
			continue
		}
		kb, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		mb := kb * 1024 / 1e6
		switch {
		case name == "Rss" && inDir:
			own += mb
		case name == "Rss":
			otherFiles += mb
		case name == "Anonymous" && !inDir:
			own += mb
			otherFiles -= mb
		}
	}
	return own, otherFiles
}
