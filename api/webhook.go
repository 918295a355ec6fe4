package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"duijie/corpus"
	"duijie/corpus/market"
)

// webhookTime is what a receiver has for its answer, from the connection on.
const webhookTime = 10 * time.Second

// errGone is what a receiver answers that wants no more.
var errGone = errors.New("接收方答复 410，不再接收")

// A refusal is the answer of a receiver that did not take an event; the next event may fare better.
type refusal struct{ status int }

func (r refusal) Error() string { return fmt.Sprintf("接收方答复 %d", r.status) }

// deliverWebhook posts events one after the other. Where there is no answer at all, the events behind it count as tried too: a
// receiver that is down holds none of them longer than the others.
func (s *Service) deliverWebhook(ctx context.Context, sub market.Subscription, events []corpus.Event) error {
	for i := range events {
		e := &events[i]
		m, gone, err := s.alertMessage(sub, *e)
		if err != nil {
			if err := s.bury(ctx, e, err); err != nil {
				return err
			}
			continue
		}
		if gone != "" {
			if err := s.drop(ctx, events[i:i+1], gone); err != nil {
				return err
			}
			continue
		}
		err = s.post(ctx, sub, *e, m)
		var refused refusal
		switch {
		case err == nil:
			s.end(e, corpus.Delivered, "")
		case ctx.Err() != nil: // we stop: nothing is wrong with the receiver
			return ctx.Err()
		case errors.Is(err, errGone):
			if err := s.pause(ctx, sub.ID); err != nil {
				return err
			}
			return s.drop(ctx, events[i:], errGone.Error())
		case errors.As(err, &refused):
			s.fail(e, err.Error())
		default:
			for j := range events[i:] {
				s.fail(&events[i+j], postFault(err))
			}
			return s.settleEvents(ctx, events[i:]...)
		}
		if err := s.settleEvents(ctx, *e); err != nil {
			return err
		}
	}
	return nil
}

// post sends one event, signed as Standard Webhooks says. Its error is errGone, a refusal, or says why there was no answer.
func (s *Service) post(ctx context.Context, sub market.Subscription, e corpus.Event, m AlertMessage) error {
	ctx, cancel := context.WithTimeout(ctx, webhookTime)
	defer cancel()
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, sub.Webhook, bytes.NewReader(body))
	if err != nil {
		return err
	}
	now := s.now()
	var signatures []byte
	for _, secret := range sub.Signing(now) {
		w, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return err
		}
		signature, err := w.Sign(e.ID, now, body)
		if err != nil {
			return err
		}
		signatures = append(append(signatures, signature...), ' ')
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "duijie/"+s.Version)
	req.Header.Set(standardwebhooks.HeaderWebhookID, e.ID)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, string(bytes.TrimSpace(signatures)))
	res, err := s.webhooks.client(s).Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	io.CopyN(io.Discard, res.Body, 4<<10) // what lets the connection be used again; the rest is of no interest
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return nil
	case res.StatusCode == http.StatusGone:
		return errGone
	}
	return refusal{res.StatusCode}
}

// postFault says in words why there was no answer, without the address, which may hold a secret.
func postFault(err error) string {
	if e, ok := errors.AsType[*corpus.Error](err); ok {
		return e.Message + "（" + e.Fix + "）"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "接收方 10 秒内没有答复"
	}
	return "连不上接收方：" + withoutAddress(err).Error()
}

// pause stops a subscription whose receiver wants no more.
func (s *Service) pause(ctx context.Context, id string) error {
	return s.changeSubscription(ctx, "webhook", "pause subscription "+id+": its receiver is gone", id, func(sub market.Subscription) (market.Subscription, error) {
		if sub.State != market.Active {
			return sub, nil
		}
		return sub.Move(market.Paused, s.now())
	})
}

// changeSubscription changes the record of a subscription, again where somebody else was first.
func (s *Service) changeSubscription(ctx context.Context, actor, action, id string, change func(market.Subscription) (market.Subscription, error)) error {
	for range 3 {
		record, err := s.Store.Record(market.Subscriptions, id)
		if err != nil {
			return err
		}
		old, err := parseSubscription(record)
		if err != nil {
			return err
		}
		sub, err := change(old)
		if err != nil {
			return err
		}
		if record.Body, err = json.Marshal(sub); err != nil {
			return err
		}
		if sub.State != old.State {
			record.Move = string(sub.State)
		}
		record.IfVersion = record.Version
		_, err = s.Store.Write(ctx, corpus.Batch{Actor: actor, Action: action, Records: []corpus.Record{record}})
		if corpus.CodeOf(err) != corpus.Conflict {
			return err
		}
	}
	return corpus.Errorf(corpus.Conflict, "subscription %s changes all the time", id)
}

// webhooks has the client that alerts are posted with.
type webhooks struct {
	once sync.Once
	http *http.Client
	tls  *tls.Config // of tests
}

// client follows no redirect, uses no proxy and connects to public addresses only and to those that PrivateWebhooks has.
func (w *webhooks) client(s *Service) *http.Client {
	w.once.Do(func() {
		w.http = &http.Client{
			Transport: &http.Transport{
				DialContext: s.PrivateWebhooks.dial(func(a netip.Addr) error {
					return &corpus.Error{Code: corpus.Forbidden, Message: "接收方在内部地址 " + a.String(), Fix: "确要发送时，在设置 allow_private_webhooks 中列出"}
				}),
				TLSClientConfig: w.tls, ForceAttemptHTTP2: true, MaxIdleConns: receivers, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	})
	return w.http
}
