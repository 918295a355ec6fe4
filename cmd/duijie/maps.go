package main

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duijie/corpus/market"
)

func (a *app) mapsCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "maps",
		Short: "List saved maps of columns to fields; duijie import --save-map makes them",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(ctx context.Context, _ []string) error { return a.listMaps(ctx, asJSON) }),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the answer of the API")
	cmd.AddCommand(&cobra.Command{
		Use:   "delete NAME",
		Short: "Forget a saved map",
		Args:  cobra.ExactArgs(1),
		RunE:  a.does(func(ctx context.Context, args []string) error { return a.deleteMap(ctx, args[0]) }),
	})
	return cmd
}

func (a *app) listMaps(ctx context.Context, asJSON bool) error {
	c, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer c.close()
	var answer struct{ Maps []market.Map }
	body, err := c.call(ctx, http.MethodGet, "/v1/maps", nil, nil, &answer)
	if err != nil {
		return err
	}
	if asJSON {
		_, err := a.stdout.Write(body)
		return err
	}
	t := newTable("名称", "保存时间", "操作者", "列=字段")
	for _, m := range answer.Maps {
		var columns []string
		for _, header := range slices.Sorted(maps.Keys(m.Columns)) {
			columns = append(columns, header+"="+m.Columns[header])
		}
		t.add(m.Name, m.Saved.Local().Format("2006-01-02 15:04"), m.By, strings.Join(columns, " "))
	}
	return t.print(a.stdout)
}

func (a *app) deleteMap(ctx context.Context, name string) error {
	c, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer c.close()
	_, err = c.call(ctx, http.MethodDelete, "/v1/maps/"+url.PathEscape(name), nil, nil, nil)
	return err
}
