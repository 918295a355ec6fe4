//go:build !linux

package indexer

// Background does nothing here: niceness is of threads on Linux only.
func Background() {}
