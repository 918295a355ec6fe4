package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/spf13/cobra"

	"duijie/corpus"
)

func (a *app) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Write a consistent copy of the truth while a server runs, and check all of it; see restore",
		Args:  cobra.ExactArgs(1),
		RunE:  a.does(func(ctx context.Context, args []string) error { return a.backup(ctx, args[0]) }),
	}
}

func (a *app) backup(ctx context.Context, path string) error {
	if err := absent(path); err != nil {
		return err
	}
	c, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer c.close()
	body, err := c.do(ctx, http.MethodGet, "/backup", nil, nil)
	if err != nil {
		return err
	}
	defer body.Close()
	if _, err := writeFile(path, body); err != nil {
		return err
	}
	if err := corpus.PackFiles(path, a.attachmentsPath()); err != nil {
		return err
	}
	found, err := corpus.Verify(path)
	if err != nil {
		return err
	}
	return a.tellContents(path, found)
}

// absent refuses to replace a file.
func absent(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s exists already (give another name)", path)
	}
	return nil
}

// writeFile writes all of r to path, which appears only when it is whole and on disk.
func writeFile(path string, r io.Reader) (n int64, err error) {
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	n, err = io.Copy(f, r)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return n, errors.Join(err, os.Remove(part))
	}
	return n, nil
}

func (f *folder) serveBackup(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/octet-stream")
	if err := f.service.Store.Backup(w); err != nil {
		f.service.Log.Error("backup", "error", err)
		panic(http.ErrAbortHandler) // so that the half copy is not taken for a whole one
	}
}

func (a *app) reindexCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reindex",
		Short: "Drop what is derived and build it anew",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(ctx context.Context, _ []string) error { return a.reindex(ctx) }),
	}
}

func (a *app) reindex(ctx context.Context) error {
	if c, err := a.running(ctx); c != nil || err != nil {
		if err == nil {
			err = errors.New("a server has the data folder (stop it first)")
		}
		return err
	}
	c, err := a.open(false) // takes the lock
	if err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(a.indexPath()), c.close()); err != nil {
		return err
	}
	c, err = a.connect(ctx, true)
	if err != nil {
		return err
	}
	return c.close()
}
