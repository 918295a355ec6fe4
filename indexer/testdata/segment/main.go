// Command segment cuts its argument with the built-in dictionary, unpacked into ./data: a test runs it far from the
// source, as a user would.
package main

import (
	"fmt"
	"os"

	"duijie/indexer"
)

func main() {
	seg, err := indexer.OpenSegmenter("data")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, w := range seg.Words(os.Args[1]) {
		fmt.Println(w)
	}
}
