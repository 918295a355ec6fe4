package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

func TestAFeedIsFetchedWhenAskedFor(t *testing.T) {
	there, here := newNeighbour(t, corpus.Doc{Kind: corpus.Need, SourceID: "1", Title: "一"}), newNeighbour(t)
	here.follow("f", there, "")
	admin := Caller{Name: "key:x", Role: market.Admin, Admin: true}
	if err := here.svc.StartFetch(t.Context(), admin, "f"); corpus.CodeOf(err) != corpus.Unavailable {
		t.Errorf("where nothing is fetched: %v", err)
	}
	if err := here.svc.StartFetch(t.Context(), admin, "g"); corpus.CodeOf(err) != corpus.NotFound {
		t.Errorf("another feed: %v", err)
	}
	if err := here.svc.StartFetch(t.Context(), Caller{Name: "key:y", Role: market.Reader, Key: true}, "f"); corpus.CodeOf(err) != corpus.Forbidden {
		t.Errorf("a reader: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	wake := here.svc.feedQueue.open(ctx)
	asked := make(chan error)
	go func() { asked <- here.svc.StartFetch(t.Context(), admin, "f") }()
	<-wake
	if !here.svc.Fetching("f") || here.svc.Fetching("g") {
		t.Error("nobody knows that it waits")
	}
	here.svc.fetchWanted(ctx)
	if err := <-asked; err != nil || here.svc.Fetching("f") || here.needs() != "f/1 一 1" {
		t.Errorf("fetched: %v, %q", err, here.needs())
	}
	go func() { asked <- here.svc.StartFetch(t.Context(), admin, "f") }()
	<-wake
	stop() // whoever waits is let go
	if err := <-asked; err != nil {
		t.Error(err)
	}
}

func TestRowsOfAFeedThatAreNotTakenAreTold(t *testing.T) {
	var file atomic.Value
	file.Store("编号,名称,信息类别\n1,一,需求\n2,,需求\n")
	there := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.Write([]byte(file.Load().(string))) }))
	defer there.Close()
	here := newNeighbour(t)
	here.as(here.adminKey, "PUT", "/v1/feeds/f", `{"url":"`+there.URL+`"}`).want(200)
	for range 2 { // it stays said while nothing changes
		last := here.fetch("f")
		if len(last.Faults) != 1 || last.Faults[0].Row != 3 || last.Faults[0].Fault != "名称：名称为空" {
			t.Errorf("told: %+v", last)
		}
	}
	file.Store("编号,名称,信息类别\n1,一,需求\n2,二,需求\n")
	if last := here.fetch("f"); len(last.Faults) != 0 {
		t.Errorf("mended: %+v", last)
	}
}
