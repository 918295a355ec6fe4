package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"duijie/api"
	"duijie/api/web"
	"duijie/corpus"
)

func (a *app) publishCommand() *cobra.Command {
	var to, key string
	asks := map[string]*string{}
	cmd := &cobra.Command{
		Use:   "publish --to DIR --site-key KEY (--need ID | --query WORDS | --field CODE)",
		Short: "Write a list as finished HTML for a content system; the links lead to base_url",
		Args:  cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error {
			q := url.Values{"key": {key}, "base_url": {a.BaseURL}}
			for name, value := range asks {
				q.Set(name, *value)
			}
			return a.publish(ctx, to, q)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&to, "to", "", "folder to write index.html, list.html and widget.css to; it is made where there is none")
	f.StringVar(&key, "site-key", "", "site key whose list it is: djs_...")
	for _, o := range []struct{ name, usage string }{{"need", "achievements for this need"}, {"query", "what a search finds"}, {"field", "the newest of this GB/T 4754 code"},
		{"kind", "with query and field: achievement, need, expert or project (default: achievement)"}, {"theme", "light or dark (default: as the reader's system)"}} {
		asks[o.name] = f.String(o.name, "", o.usage)
	}
	cmd.MarkFlagRequired("to")
	cmd.MarkFlagRequired("site-key")
	cmd.MarkFlagsOneRequired("need", "query", "field")
	cmd.MarkFlagsMutuallyExclusive("need", "query", "field")
	return cmd
}

func (a *app) publish(ctx context.Context, to string, q url.Values) error {
	q.Set("lang", a.Lang)
	c, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer c.close()
	var files []web.PublishedFile
	if _, err := c.call(ctx, http.MethodGet, "/publish", q, nil, &files); err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(to, f.Name)
		if err := replaceFile(path, f.Content); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout, path)
	}
	return nil
}

// replaceFile puts a file that everybody may read in the place of another at once, so that a web server never sends half.
func replaceFile(path, content string) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// servePublish answers with the files of a list.
func (f *folder) servePublish(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	base := cmp.Or(q.Get("base_url"), f.service.BaseURL)
	var files []web.PublishedFile
	var err error
	if base == "" {
		e := corpus.Errorf(corpus.Invalid, "the address of the pages is not known")
		e.Fix = "give --base-url https://HOST/duijie, or set base_url in duijie.yaml"
		err = e
	} else {
		files, err = web.Publish(r.Context(), f.service, web.Options{Base: base, Lang: f.app.Lang}, q.Get("key"), q)
	}
	if e, ok := errors.AsType[*corpus.Error](err); ok {
		w.WriteHeader(http.StatusUnprocessableEntity)
		json.NewEncoder(w).Encode(api.Problem{Detail: e.Message, Fix: e.Fix}) // an error means that the caller has gone
		return
	}
	if err != nil {
		f.service.Log.ErrorContext(r.Context(), "publish", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		json.NewEncoder(w).Encode(api.Problem{Detail: err.Error()})
		return
	}
	serveJSON(w, files)
}
