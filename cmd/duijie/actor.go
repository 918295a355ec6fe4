package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"duijie/api"
)

// moment writes a time to the minute, in the zone of this machine, which it names.
func moment(t time.Time) string { return t.Local().Format("2006-01-02 15:04 -07:00") }

// actors says who stands behind the actors that records name: key:ID and the like, as they are where nobody knows.
func (c *client) actors(ctx context.Context) func(string) string {
	names := map[string]string{"socket": "命令行", "duijie": "程序"}
	var answer struct{ Keys []api.KeyInfo }
	if _, err := c.call(ctx, http.MethodGet, "/v1/keys", nil, nil, &answer); err == nil {
		for _, k := range answer.Keys {
			names["key:"+k.ID] = k.Name + "（" + k.ID + "）"
		}
	}
	return func(actor string) string {
		if strings.HasPrefix(actor, "link:") {
			return "持有人（确认链接）"
		}
		if name := names[actor]; name != "" {
			return name
		}
		return actor
	}
}
