package web

import (
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// A docsPage lists the routes of the API, made once from its OpenAPI description.
type docsPage struct {
	JSON   string
	Groups []docsGroup
}

// A docsGroup is the routes of one tag.
type docsGroup struct {
	Name   string
	Routes []docsRoute
}

type docsRoute struct {
	ID, Method, Path, Summary, Text string
	Params                          []docsParam
	Answers                         string
}

type docsParam struct {
	Name, In, Type, Text string
	Required             bool
}

// routeTags are those of the API in the order of the page; others come last.
var routeTags = []string{"finding", "achievements", "needs", "experts", "projects", "codes", "leads", "feedback", "duplicates", "files", "keys", "running"}

// describe turns the description into what docs.html shows: groups by tag, routes by path.
func (s *site) describe(o *huma.OpenAPI) docsPage {
	d := docsPage{JSON: s.url("/openapi.json")}
	for _, t := range routeTags {
		d.Groups = append(d.Groups, docsGroup{Name: t})
	}
	for _, path := range slices.Sorted(maps.Keys(o.Paths)) {
		item := o.Paths[path]
		for _, m := range []struct {
			method string
			op     *huma.Operation
		}{{"GET", item.Get}, {"POST", item.Post}, {"PUT", item.Put}, {"PATCH", item.Patch}, {"DELETE", item.Delete}} {
			if m.op == nil {
				continue
			}
			g := d.group(strings.Join(m.op.Tags, " "))
			g.Routes = append(g.Routes, describeRoute(m.method, path, m.op))
		}
	}
	return d
}

// group returns the group of a tag, which it adds where the page does not know it.
func (d *docsPage) group(tag string) *docsGroup {
	at := slices.IndexFunc(d.Groups, func(g docsGroup) bool { return g.Name == tag })
	if at < 0 {
		at = len(d.Groups)
		d.Groups = append(d.Groups, docsGroup{Name: tag})
	}
	return &d.Groups[at]
}

func describeRoute(method, path string, op *huma.Operation) docsRoute {
	r := docsRoute{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Text: op.Description,
		Answers: strings.Join(slices.Sorted(maps.Keys(op.Responses)), ", ")}
	for _, p := range op.Parameters {
		r.Params = append(r.Params, docsParam{p.Name, p.In, typeOf(p.Schema), p.Description, p.Required})
	}
	if op.RequestBody != nil {
		for _, media := range slices.Sorted(maps.Keys(op.RequestBody.Content)) {
			r.Params = append(r.Params, docsParam{"body", media, typeOf(op.RequestBody.Content[media].Schema), op.RequestBody.Description, op.RequestBody.Required})
		}
	}
	return r
}

// typeOf is a schema in a word.
func typeOf(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	case s.Type == "array":
		return typeOf(s.Items) + " []"
	}
	return s.Type
}

func (s *site) documentation(r request) (page, error) {
	return page{Template: "docs", Title: r.t("docs.title"), Nav: "docs", Data: s.docs}, nil
}
