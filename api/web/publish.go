package web

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"duijie/api"
	"duijie/corpus/market"
)

// A PublishedFile is a file for the content system of a portal.
type PublishedFile struct {
	Name, Content string
}

// Publish returns a list as files that need no server: the style sheet, the list alone to be put into a page (list.html),
// and a page of its own (index.html), in the order in which they are to be written. asks are the parameters of
// /embed/{key}.html; Options.Base is the whole address of the pages, to which the links lead. Errors have the codes
// Unauthorized for the key, NotFound and Invalid for what is asked.
func Publish(ctx context.Context, svc *api.Service, o Options, key string, asks url.Values) ([]PublishedFile, error) {
	s, err := newSite(svc, o)
	if err != nil {
		return nil, err
	}
	k, err := market.SiteKeyOf(svc.Store, key, s.now())
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "/?"+asks.Encode(), nil)
	if err != nil {
		return nil, err
	}
	v := s.newVisit(r, key, api.Caller{Name: "site:" + k.ID, Site: &k})
	p := embedPage{File: true, Style: "widget.css"}
	if err := v.fill(&p); err != nil {
		return nil, err
	}
	v.dress(&p)
	files := []PublishedFile{{p.Style, string(s.widget[widgetVersion+"/widget.css"].content)}}
	for _, f := range []struct{ name, template string }{{"list.html", "embedfile"}, {"index.html", "embed"}} {
		var b bytes.Buffer
		if err := v.execute(&b, "embed", f.template, p); err != nil {
			return nil, err
		}
		files = append(files, PublishedFile{f.name, b.String()})
	}
	return files, nil
}
