package result

// metricsByName finds the metrics of package scenario by their names; nil:
// nothing was recorded.
var MetricsByName = map[string]func(*Strategy) *float64{
	"tps":         func(s *Strategy) *float64 { return &s.TPS.Mean },
	"offered_tps": func(s *Strategy) *float64 { return &s.OfferedTPS.Mean },

	"ok":      func(s *Strategy) *float64 { return &s.Responses.OK },
	"400":     func(s *Strategy) *float64 { return &s.Responses.BadNonce },
	"401":     func(s *Strategy) *float64 { return &s.Responses.Unauthorized },
	"429":     func(s *Strategy) *float64 { return &s.Responses.RateLimited },
	"blocked": func(s *Strategy) *float64 { return &s.Responses.Blocked },
	"timeout": func(s *Strategy) *float64 { return &s.Responses.Timeout },
	"error":   func(s *Strategy) *float64 { return &s.Responses.Error },

	"keys_blocked": func(s *Strategy) *float64 { return &s.KeysBlocked },

	"expired":   func(s *Strategy) *float64 { return &s.Ledger.Expired },
	"failed":    func(s *Strategy) *float64 { return &s.Ledger.Failed },
	"graveyard": func(s *Strategy) *float64 { return &s.Ledger.Graveyard },

	"expirations": func(s *Strategy) *float64 { return &s.Expirations },
	"retries":     func(s *Strategy) *float64 { return &s.Retries },

	"latency_mean_ms": latency(func(q *Quantiles) *float64 { return &q.Mean }),
	"latency_p50_ms":  latency(func(q *Quantiles) *float64 { return &q.P50 }),
	"latency_p90_ms":  latency(func(q *Quantiles) *float64 { return &q.P90 }),
	"latency_p95_ms":  latency(func(q *Quantiles) *float64 { return &q.P95 }),
	"latency_p99_ms":  latency(func(q *Quantiles) *float64 { return &q.P99 }),
	"latency_p999_ms": latency(func(q *Quantiles) *float64 { return &q.P999 }),
	"latency_max_ms":  latency(func(q *Quantiles) *float64 { return &q.Max }),

	"service_mean_ms": service(func(q *Quantiles) *float64 { return &q.Mean }),
	"service_p99_ms":  service(func(q *Quantiles) *float64 { return &q.P99 }),

	"queue_main_mean": func(s *Strategy) *float64 { return &s.Queue.MainMean },
	"queue_main_peak": func(s *Strategy) *float64 { return &s.Queue.MainPeak },
	"queue_dlq_mean":  func(s *Strategy) *float64 { return &s.Queue.DLQMean },
	"queue_dlq_peak":  func(s *Strategy) *float64 { return &s.Queue.DLQPeak },
}

func latency(of func(*Quantiles) *float64) func(*Strategy) *float64 {
	return func(s *Strategy) *float64 { return quantile(s.LatencyMS, of) }
}

func service(of func(*Quantiles) *float64) func(*Strategy) *float64 {
	return func(s *Strategy) *float64 { return quantile(s.ServiceMS, of) }
}

func quantile(q *Quantiles, of func(*Quantiles) *float64) *float64 {
	if q == nil {
		return nil
	}
	return of(q)
}

// Metric returns one of scenario.Metrics by its name; false: there is no such
// metric, or nothing was recorded for it.
func (s *Strategy) Metric(name string) (float64, bool) {
	of, known := MetricsByName[name]
	if !known {
		return 0, false
	}
	return Value(of(s))
}
