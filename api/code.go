package api

import (
	"context"
	"slices"

	"duijie/corpus"
	"duijie/corpus/market"
)

func codeRoutes() []route {
	return []route{
		{method: "GET", path: "/v1/codes", id: "list-code-tables", tag: "codes", summary: "The tables of codes that documents carry", right: "codes read", add: handle((*Service).listCodeTables)},
		{method: "GET", path: "/v1/codes/{table}", id: "get-codes", tag: "codes", summary: "All codes of a table with their names", right: "codes read", add: handle((*Service).getCodes)},
	}
}

// A Code is a code as documents carry it, with its names.
type Code struct {
	Code   string `json:"code" doc:"as documents carry it" example:"1391"`
	Name   string `json:"name" doc:"official name, or Chinese word" example:"淀粉及淀粉制品制造"`
	NameEN string `json:"name_en,omitempty" doc:"English word, where there is one" example:"Laboratory"`
	Parent string `json:"parent,omitempty" doc:"the code above it; a filter by that keeps this one too" example:"139"`
}

// A CodeTableInfo says what a table is.
type CodeTableInfo struct {
	Table   string `json:"table" doc:"name in the path" example:"field"`
	Edition string `json:"edition" doc:"official edition, or the version of the contract that lists these words" example:"GB/T 4754-2017"`
	Count   int    `json:"count" doc:"of codes"`
}

// A CodeTable is all codes of a table, parents before children.
type CodeTable struct {
	CodeTableInfo
	Codes []Code `json:"codes" doc:"parents before children"`
}

var official = []corpus.CodeTable{corpus.Field, corpus.Region, corpus.Strategic}

// codeTables returns all tables in the order in which they are listed.
func codeTables() []CodeTable {
	var out []CodeTable
	add := func(table, edition string, codes []Code) {
		out = append(out, CodeTable{CodeTableInfo{table, edition, len(codes)}, codes})
	}
	for _, t := range official {
		var codes []Code
		for _, r := range corpus.CodeRows(t) {
			codes = append(codes, Code{Code: r.Code, Name: r.Name, Parent: r.Parent})
		}
		add(string(t), corpus.CodeEdition(t), codes)
	}
	add("kind", apiVersion, wordsOf(corpus.Kinds...))
	add("stage", apiVersion, wordsOf(corpus.Lab, corpus.Pilot, corpus.Applied))
	add("cooperation", apiVersion, wordsOf(corpus.Development, corpus.Transfer, corpus.License, corpus.Consulting, corpus.Service, corpus.Equity))
	add("status", apiVersion, wordsOf(corpus.Draft, corpus.Published, corpus.Withdrawn))
	add("disclosure", apiVersion, wordsOf(corpus.Levels...))
	var states []Code
	for _, s := range market.LifeStates {
		states = append(states, Code{Code: string(s), Name: s.Label("zh"), NameEN: s.Label("en")})
	}
	add("life", apiVersion, states)
	return out
}

// wordsOf are words of ours as codes.
func wordsOf[T corpus.Kind | corpus.Stage | corpus.Mode | corpus.Status | corpus.Level](values ...T) []Code {
	out := make([]Code, len(values))
	for i, v := range values {
		out[i] = Code{Code: string(v), Name: corpus.Label(v, "zh"), NameEN: corpus.Label(v, "en")}
	}
	return out
}

// NamedCodes are the codes of a document with their names; /v1/codes lists the tables whole.
type NamedCodes struct {
	Field       []Code `json:"field,omitempty" doc:"GB/T 4754-2017"`
	Region      *Code  `json:"region,omitempty" doc:"GB/T 2260"`
	Strategic   []Code `json:"strategic,omitempty" doc:"strategic emerging industries of 2018"`
	Stage       *Code  `json:"stage,omitempty" doc:"how far it has come"`
	Cooperation []Code `json:"cooperation,omitempty" doc:"forms of cooperation"`
}

// named returns the codes of d with their names, nil where it has none.
func named(d *corpus.Doc) *NamedCodes {
	n := &NamedCodes{Field: officialCodes(corpus.Field, d.Field...), Strategic: officialCodes(corpus.Strategic, d.Strategic...)}
	if d.Region != "" {
		n.Region = &officialCodes(corpus.Region, d.Region)[0]
	}
	if d.Stage != "" {
		n.Stage = &wordsOf(d.Stage)[0]
	}
	if len(d.Cooperation) > 0 {
		n.Cooperation = wordsOf(d.Cooperation...)
	}
	if n.Field == nil && n.Strategic == nil && n.Region == nil && n.Stage == nil && n.Cooperation == nil {
		return nil
	}
	return n
}

// officialCodes names codes; one that the table does not list keeps an empty name.
func officialCodes(t corpus.CodeTable, codes ...string) []Code {
	var out []Code
	for _, c := range codes {
		out = append(out, Code{Code: c, Name: corpus.CodeName(t, c)})
	}
	return out
}

type codeTablesOutput struct {
	Body struct {
		Tables []CodeTableInfo `json:"tables" doc:"in no order that means anything"`
	}
}

func (s *Service) listCodeTables(context.Context, *struct{}) (*codeTablesOutput, error) {
	out := &codeTablesOutput{}
	for _, t := range codeTables() {
		out.Body.Tables = append(out.Body.Tables, t.CodeTableInfo)
	}
	return out, nil
}

type codesInput struct {
	Table string `path:"table" maxLength:"32" doc:"name of a table, as /v1/codes lists them" example:"field"`
}

type codesOutput struct{ Body CodeTable }

func (s *Service) getCodes(_ context.Context, in *codesInput) (*codesOutput, error) {
	all := codeTables()
	i := slices.IndexFunc(all, func(t CodeTable) bool { return t.Table == in.Table })
	if i < 0 {
		e := corpus.Errorf(corpus.NotFound, "there is no table of codes %q", in.Table)
		e.Fix = "GET /v1/codes lists them"
		return nil, e
	}
	return &codesOutput{all[i]}, nil
}
