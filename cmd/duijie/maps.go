package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duijie/corpus/market"
)

func (a *app) mapsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "maps",
		Short: "List saved maps of columns to fields; duijie import --save-map makes them",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(ctx context.Context, _ []string) error { return a.listMaps(ctx) }),
	}
	a.answers(cmd.Flags())
	cmd.AddCommand(&cobra.Command{
		Use:   "delete NAME",
		Short: "Forget a saved map",
		Args:  cobra.ExactArgs(1),
		RunE:  a.does(func(ctx context.Context, args []string) error { return a.deleteMap(ctx, args[0]) }),
	})
	return cmd
}

func (a *app) listMaps(ctx context.Context) error {
	return printAnswer(ctx, a, request{path: "/v1/maps"}, func(c *client, answer struct{ Maps []market.Map }) error {
		names := c.actors(ctx)
		t := newTable("名称", "保存时间", "操作者", "列=字段")
		for _, m := range answer.Maps {
			var columns []string
			for _, header := range slices.Sorted(maps.Keys(m.Columns)) {
				columns = append(columns, header+"="+m.Columns[header])
			}
			t.add(m.Name, moment(m.Saved), names(m.By), strings.Join(columns, " "))
		}
		return t.print(a.stdout)
	})
}

func (a *app) deleteMap(ctx context.Context, name string) error {
	return printAnswer(ctx, a, request{method: http.MethodDelete, path: "/v1/maps/" + url.PathEscape(name)}, func(*client, struct{}) error {
		_, err := fmt.Fprintln(a.stdout, "已删除列的对应“"+name+"”；已导入的不受影响")
		return err
	})
}
