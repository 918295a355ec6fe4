package web

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// A docsPage lists the routes of the API, made once from its OpenAPI description.
type docsPage struct {
	JSON    string
	Groups  []docsGroup
	Schemas []docsSchema
}

// A docsSchema is the members of a body that has a name.
type docsSchema struct {
	Name, Text string
	Members    []docsParam
}

// A docsGroup is the routes of one tag.
type docsGroup struct {
	Name   string
	Routes []docsRoute
}

type docsRoute struct {
	ID, Method, Path, Summary, Text string
	Params                          []docsParam
	Members                         []docsParam // of a body without a name
	Example                         string      // of the body
	Answers                         []docsParam // Name is the status
}

type docsParam struct {
	Name, In, Type, Text string
	Ref                  string // of Schemas, that Type holds
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
			g.Routes = append(g.Routes, describeRoute(m.method, path, m.op, o.Components))
		}
	}
	schemas := o.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		d.Schemas = append(d.Schemas, docsSchema{name, schemas[name].Description, members(schemas[name])})
	}
	return d
}

// members are those of a schema, those first that are demanded.
func members(s *huma.Schema) (out []docsParam) {
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		out = append(out, docsParam{Name: name, Type: typeOf(p), Ref: refOf(p), Text: p.Description, Required: slices.Contains(s.Required, name)})
	}
	slices.SortStableFunc(out, func(a, b docsParam) int {
		switch {
		case a.Required == b.Required:
			return 0
		case a.Required:
			return -1
		}
		return 1
	})
	return out
}

// refOf is the name of the schema that a schema is, or is a list of; "" where it has none.
func refOf(s *huma.Schema) string {
	for s != nil && s.Type == "array" {
		s = s.Items
	}
	if s == nil {
		return ""
	}
	return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
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

func describeRoute(method, path string, op *huma.Operation, parts *huma.Components) docsRoute {
	r := docsRoute{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Text: op.Description}
	for _, p := range op.Parameters {
		r.Params = append(r.Params, docsParam{Name: p.Name, In: p.In, Type: typeOf(p.Schema), Text: p.Description, Required: p.Required})
	}
	if op.RequestBody != nil {
		for _, media := range slices.Sorted(maps.Keys(op.RequestBody.Content)) {
			s := op.RequestBody.Content[media].Schema
			r.Params = append(r.Params, docsParam{Name: "body", In: media, Type: typeOf(s), Ref: refOf(s), Text: op.RequestBody.Description, Required: op.RequestBody.Required})
			if s != nil && s.Ref == "" {
				r.Members = members(s)
			} else if s != nil {
				s = parts.Schemas.SchemaFromRef(s.Ref)
			}
			if s != nil && len(s.Examples) > 0 {
				if b, err := json.MarshalIndent(s.Examples[0], "", "  "); err == nil {
					r.Example = string(b)
				}
			}
		}
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		a := docsParam{Name: status}
		if c := op.Responses[status].Content["application/json"]; c != nil {
			a.Type, a.Ref = typeOf(c.Schema), refOf(c.Schema)
		}
		r.Answers = append(r.Answers, a)
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
	return page{Template: "docs", Title: r.t("docs.title"), Nav: "docs", Data: s.docs()}, nil
}
