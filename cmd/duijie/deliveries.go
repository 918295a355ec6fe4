package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"duijie/api"
	"duijie/corpus"
)

var deliveryStates = map[corpus.EventState]string{corpus.Waiting: "待发送", corpus.Delivered: "已送达", corpus.Dead: "已放弃", corpus.Dropped: "已取消"}

func (a *app) deliveriesCommand() *cobra.Command {
	var state string
	var limit int
	cmd := &cobra.Command{
		Use:   "deliveries",
		Short: "List alerts that were given up, or by another state; send them again",
		Long: "List what was and is to be told to subscribers. An alert that can't be delivered is tried again and again for a day (setting\n" +
			"alert_retries), and then given up: it is dead until somebody has it sent again.",
		Args: cobra.NoArgs,
		RunE: a.does(func(ctx context.Context, _ []string) error {
			return a.deliveries(ctx, params("state", state, "limit", strconv.Itoa(limit)))
		}),
	}
	cmd.Flags().StringVar(&state, "state", string(corpus.Dead), "waiting, delivered, dead or dropped")
	cmd.Flags().IntVar(&limit, "limit", 100, "how many at most")
	a.answers(cmd.Flags())
	cmd.AddCommand(&cobra.Command{
		Use:   "resend ID...",
		Short: "Send dead ones again, under the same id",
		Args:  cobra.MinimumNArgs(1),
		RunE:  a.does(func(ctx context.Context, args []string) error { return a.resend(ctx, args) }),
	})
	return cmd
}

func (a *app) deliveries(ctx context.Context, query url.Values) error {
	return printAnswer(ctx, a, request{path: "/v1/deliveries", query: query}, func(_ *client, page api.DeliveryPage) error {
		t := newTable("编号", "订阅", "信息", "状态", "次数", "时间")
		for _, d := range page.Deliveries {
			document, at := "", d.Ended
			if d.Document != nil {
				document = d.Document.ID
			}
			if d.State == corpus.Waiting {
				at = d.Next
			}
			t.add(d.ID, d.Subscription, document, deliveryStates[d.State], strconv.Itoa(d.Attempts), moment(at))
			if d.Error != "" {
				t.note(d.Error)
			}
		}
		return t.print(a.stdout)
	})
}

// resend goes on where one can't be sent again.
func (a *app) resend(ctx context.Context, ids []string) error {
	c, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer c.close()
	for _, id := range ids {
		_, failed := c.call(ctx, http.MethodPost, "/v1/deliveries/"+url.PathEscape(id)+"/resend", nil, nil, nil)
		err = errors.Join(err, failed)
	}
	return err
}
