package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"duijie/corpus"
)

func (a *app) restoreCommand() *cobra.Command {
	var verify, replace bool
	c := &cobra.Command{
		Use:   "restore FILE",
		Short: "Check a backup and make it the truth of the data folder; the index follows it at the next start",
		Args:  cobra.ExactArgs(1),
		RunE:  a.does(func(ctx context.Context, args []string) error { return a.restore(ctx, args[0], verify, replace) }),
	}
	c.Flags().BoolVar(&verify, "verify", false, "only check it, all of it, and say what it holds")
	c.Flags().BoolVar(&replace, "replace", false, "where the folder has a truth already, keep that under another name beside it")
	return c
}

func (a *app) restore(ctx context.Context, path string, verify, replace bool) error {
	found, err := corpus.Verify(path)
	if err != nil {
		return err
	}
	if verify {
		return a.tellContents(path, found)
	}
	if c, err := a.running(ctx); c != nil || err != nil {
		if err == nil {
			err = errors.Join(errors.New("a server has the data folder (stop it first)"), c.close())
		}
		return err
	}
	truth := filepath.Join(a.Data, corpus.FileName)
	present := absent(truth) != nil
	if present && !replace {
		return fmt.Errorf("%s exists already (--replace keeps it under another name, or give another --data)", truth)
	}
	if err := os.MkdirAll(a.Data, 0o700); err != nil {
		return err
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	restored := truth + ".restored"
	if _, err := writeFile(restored, from); err != nil {
		return err
	}
	if err := a.swapTruth(restored, truth, present); err != nil {
		return errors.Join(err, os.Remove(restored))
	}
	return a.tellContents(truth, found)
}

// swapTruth puts a file in the place of the truth, which is kept beside it. No other program can open what is there
// meanwhile, and at no moment that a crash could pick is there less than one of both.
func (a *app) swapTruth(restored, truth string, present bool) error {
	if present {
		s, err := corpus.Open(a.Data, corpus.Options{})
		if errors.Is(err, corpus.ErrLocked) {
			return err
		}
		if s != nil { // else it is damaged, which is what backups are for
			defer s.Close()
		}
		aside := strings.TrimSuffix(truth, ".db") + time.Now().Format("-20060102-150405") + ".db"
		if err := os.Link(truth, aside); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(a.stdout, "what was there is kept as", aside); err != nil {
			return err
		}
	}
	if err := os.Rename(restored, truth); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(truth))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func (a *app) tellContents(path string, c corpus.Contents) error {
	var counts []string
	for _, k := range corpus.Kinds {
		if n := c.Documents[k]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, k.Plural()))
		}
	}
	_, err := fmt.Fprintf(a.stdout, "%s  whole: %s, %d records, %d changes\n", path, strings.Join(counts, ", "), c.Records, c.Changes)
	return err
}
