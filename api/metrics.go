package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// seconds are the bounds of the histogram: from a kept list to a live match among a million.
var seconds = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}

// Metrics counts requests and tells how a Service stands, for Prometheus. None of it names a person, a path or a posting.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

// NewMetrics returns Metrics of s.
func NewMetrics(s *Service) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "duijie_http_request_seconds", Help: "Answers by pattern of the route, method and status.", Buckets: seconds}, []string{"route", "method", "code"})}
	m.registry.MustRegister(m.requests, standing{s}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// answered counts an answer. A route that nobody knows is "", so that no caller can make a new series.
func (m *Metrics) answered(route, method string, status int, took time.Duration) {
	if m != nil {
		m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Observe(took.Seconds())
	}
}

type patternKey struct{}

// setPattern notes the pattern of the route that answers the request of a context, for the metrics.
func setPattern(ctx context.Context, pattern string) {
	if p, ok := ctx.Value(patternKey{}).(*string); ok {
		*p = pattern
	}
}

// standing tells at each scrape how a Service stands.
type standing struct{ s *Service }

var (
	documentsDesc = prometheus.NewDesc("duijie_documents", "Documents that can be found.", []string{"kind"}, nil)
	changesDesc   = prometheus.NewDesc("duijie_changes", "Sequence numbers: of the last change stored, and of the last one in the index.", []string{"at"}, nil)
	listsDesc     = prometheus.NewDesc("duijie_match_lists", "Needs whose match list is kept, and that wait for one.", []string{"state"}, nil)
	readyDesc     = prometheus.NewDesc("duijie_ready", "1 once everything stored can be found.", nil, nil)
)

// Describe is part of prometheus.Collector.
func (standing) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{documentsDesc, changesDesc, listsDesc, readyDesc} {
		out <- d
	}
}

// Collect is part of prometheus.Collector.
func (c standing) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v int, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), labels...)
	}
	if c.s.serving.Load() == nil {
		gauge(readyDesc, 0)
		return
	}
	st, err := c.s.Status(context.Background())
	if err != nil {
		out <- prometheus.NewInvalidMetric(documentsDesc, err)
		return
	}
	for kind, n := range st.Documents {
		gauge(documentsDesc, n, string(kind))
	}
	gauge(changesDesc, int(st.Stored), "stored")
	gauge(changesDesc, int(st.Indexed), "indexed")
	gauge(listsDesc, st.Lists.Kept, "kept")
	gauge(listsDesc, st.Lists.Waiting, "waiting")
	ready := 0
	if st.Ready {
		ready = 1
	}
	gauge(readyDesc, ready)
}
