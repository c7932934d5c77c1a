package serving

import (
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"ratebench/harness/faults"
	"ratebench/server"
)

// metrics counts requests. No label tells of a key or of anything else that a
// client sends.
type metrics struct {
	registry   *prometheus.Registry
	requests   *prometheus.CounterVec
	rejections prometheus.Counter
	injected   prometheus.Histogram
	excess     prometheus.Histogram

	judged [server.Blocked + 1]prometheus.Counter // those of requests, by verdict
}

// newMetrics counts from 0. The buckets of the histograms are in seconds: latencies are
// chosen by people, the excess is what the machine adds to them.
func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ratebench_requests_total",
			Help: "Requests to the API by HTTP status and verdict; none for those that were not judged.",
		}, []string{"status", "verdict"}),
		rejections: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "ratebench_rejections_total",
			Help: "Requests turned away because too many were being handled.",
		}),
		injected: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "ratebench_injected_latency_seconds",
			Help:    "Latency drawn for each judged request, in and out together.",
			Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
		}),
		excess: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "ratebench_excess_latency_seconds",
			Help:    "How much longer than the injected latency each judged request took to handle.",
			Buckets: []float64{0.00001, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1},
		}),
	}
	for v := server.OK; v <= server.Blocked; v++ {
		m.judged[v] = m.requests.WithLabelValues(strconv.Itoa(v.Status()), verdictName(v))
	}
	m.registry.MustRegister(m.requests, m.rejections, m.injected, m.excess, buildInfo(),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe counts one request.
func (m *metrics) observe(h server.Handled) {
	if h.Full {
		m.rejections.Inc()
	}
	if h.Verdict == 0 {
		m.requests.WithLabelValues(strconv.Itoa(h.Status), verdictName(0)).Inc()
		return
	}
	m.judged[h.Verdict].Inc()
	m.injected.Observe(h.Injected.Seconds())
	m.excess.Observe((h.Took - h.Injected).Seconds())
}

// verdictName is the name of v in metrics and logs.
func verdictName(v server.Verdict) string {
	if v == 0 {
		return "none"
	}
	return strings.ReplaceAll(v.String(), " ", "_")
}

// handler serves what has been counted, with the present state of srv and api,
// and what tally, if it is not nil, has counted.
func (m *metrics) handler(srv *server.Server, api *server.API, tally *faults.Tally) http.Handler {
	gauge := func(name, help string, value func() int) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help},
			func() float64 { return float64(value()) }))
	}
	gauge("ratebench_requests_in_flight", "Requests to the API that are being handled.", api.InFlight)
	gauge("ratebench_keys_blocked", "API keys that are blocked for ever.", srv.Blocked)
	if tally != nil {
		for _, fate := range faults.Fates() {
			m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
				Name:        "ratebench_faults_total",
				Help:        "Requests that were broken on purpose, as the scenario says.",
				ConstLabels: prometheus.Labels{"fate": fate.String()},
			}, func() float64 { return float64(tally.Count(fate)) }))
		}
	}
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 8})
}

// buildInfo is always 1; its labels tell what is running.
func buildInfo() prometheus.Collector {
	labels := prometheus.Labels{"version": "unknown", "revision": "unknown", "goversion": "unknown"}
	if info, ok := debug.ReadBuildInfo(); ok {
		labels["version"], labels["goversion"] = info.Main.Version, info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				labels["revision"] = s.Value
			}
		}
	}
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "ratebench_build_info",
		Help:        "Always 1; the labels tell what is running.",
		ConstLabels: labels,
	})
	g.Set(1)
	return g
}
