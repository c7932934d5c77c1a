package proxy

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"ratebench/clients/pace"
)

// metrics count requests. No label tells of a key.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	waited   prometheus.Histogram
	upstream prometheus.Histogram
	handler  http.Handler
}

func newMetrics(stats func() pace.Stats) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ratebench_proxy_requests_total",
			Help: "Requests by what became of them, and the status that the client got; 499 is a client that has gone away.",
		}, []string{"outcome", "status"}),
		waited: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "ratebench_proxy_wait_seconds", Help: "How long requests that were sent had waited for that.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 10),
		}),
		upstream: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "ratebench_proxy_upstream_seconds", Help: "From when a request was let go until the header of its answer was in.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 15),
		}),
	}
	m.registry.MustRegister(m.requests, m.waited, m.upstream, gateStats{stats},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 8})
	return m
}

// count counts a trip that has ended.
func (m *metrics) count(t *trip, now time.Time) {
	m.requests.WithLabelValues(string(t.outcome), strconv.Itoa(t.status)).Inc()
	if t.departed.IsZero() {
		return
	}
	m.waited.Observe(t.departed.Sub(t.came).Seconds())
	if !t.headed.IsZero() {
		m.upstream.Observe(t.headed.Sub(t.departed).Seconds())
	}
}

// gateStats collects what the gates have counted.
type gateStats struct{ stats func() pace.Stats }

// A gateFigure is one figure of pace.Stats.
type gateFigure struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(pace.Stats) float64
}

func gateFigures() []gateFigure {
	row := func(name, help string, kind prometheus.ValueType, value func(pace.Stats) float64) gateFigure {
		return gateFigure{prometheus.NewDesc("ratebench_gate_"+name, help, nil, nil), kind, value}
	}
	return []gateFigure{
		row("waiting", "Requests in line.", prometheus.GaugeValue, func(s pace.Stats) float64 { return float64(s.Waiting) }),
		row("in_flight", "Requests that were let go and have no answer yet.", prometheus.GaugeValue, func(s pace.Stats) float64 { return float64(s.InFlight) }),
		row("keys", "Keys that are known.", prometheus.GaugeValue, func(s pace.Stats) float64 { return float64(s.Keys) }),
		row("departed_total", "Departures, each repetition by itself.", prometheus.CounterValue, func(s pace.Stats) float64 { return float64(s.Departed) }),
		row("retried_total", "Departures of requests that had been sent before.", prometheus.CounterValue, func(s pace.Stats) float64 { return float64(s.Retried) }),
		row("succeeded_total", "Departures answered with a status of 200 to 299.", prometheus.CounterValue, func(s pace.Stats) float64 { return float64(s.Succeeded) }),
		row("limited_total", "Departures that the upstream refused because of a limit.", prometheus.CounterValue, func(s pace.Stats) float64 { return float64(s.Limited) }),
		row("failed_total", "Departures that ended in any other way.", prometheus.CounterValue, func(s pace.Stats) float64 { return float64(s.Failed) }),
		row("not_sent_total", "Requests that ended while they waited.", prometheus.CounterValue, func(s pace.Stats) float64 { return float64(s.NotSent) }),
	}
}

// Describe implements prometheus.Collector.
func (g gateStats) Describe(to chan<- *prometheus.Desc) {
	for _, f := range gateFigures() {
		to <- f.desc
	}
}

// Collect implements prometheus.Collector.
func (g gateStats) Collect(to chan<- prometheus.Metric) {
	s := g.stats()
	for _, f := range gateFigures() {
		to <- prometheus.MustNewConstMetric(f.desc, f.kind, f.value(s))
	}
}
