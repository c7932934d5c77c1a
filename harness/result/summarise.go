package result

import (
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/stats"
)

// summarise reduces the runs of a strategy, of which there is at least one.
func summarise(name string, runs []*metrics.Run) Strategy {
	return Strategy{
		Name:        name,
		TPS:         rate(runs, (*metrics.Run).TPS),
		OfferedTPS:  rate(runs, (*metrics.Run).OfferedTPS),
		Responses:   responses(runs),
		KeysBlocked: mean(runs, func(r *metrics.Run) int { return r.KeysBlocked }),
		FirstBlockS: firstBlock(runs),
		Ledger:      ledger(runs),
		Expirations: mean(runs, func(r *metrics.Run) int { return r.Expirations }),
		Retries:     mean(runs, func(r *metrics.Run) int { return r.Retries }),
		LatencyMS:   quantiles(runs, func(r *metrics.Run) metrics.Histogram { return r.Latency }),
		ServiceMS:   quantiles(runs, func(r *metrics.Run) metrics.Histogram { return r.Service }),
		Queue:       queue(runs),
	}
}

func rate(runs []*metrics.Run, of func(*metrics.Run) float64) Rate {
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = of(r)
	}
	ci := stats.MeanCI(values)
	rate := Rate{Mean: Round(ci.Mean, CountDigits)}
	if ci.N > 1 {
		rate.CI95 = &[2]float64{Round(ci.Lo, CountDigits), Round(ci.Hi, CountDigits)}
	}
	return rate
}

// mean is the mean of a count, or of anything else that adds up.
func mean[T int | float64](runs []*metrics.Run, of func(*metrics.Run) T) float64 {
	var sum T
	for _, r := range runs {
		sum += of(r)
	}
	return Round(float64(sum)/float64(len(runs)), CountDigits)
}

func responses(runs []*metrics.Run) Responses {
	of := func(count func(*metrics.Responses) int) float64 {
		return mean(runs, func(r *metrics.Run) int { return count(&r.Responses) })
	}
	return Responses{
		OK:           of(func(r *metrics.Responses) int { return r.OK }),
		BadNonce:     of(func(r *metrics.Responses) int { return r.BadNonce }),
		Unauthorized: of(func(r *metrics.Responses) int { return r.Unauthorized }),
		RateLimited:  of(func(r *metrics.Responses) int { return r.RateLimited }),
		Blocked:      of(func(r *metrics.Responses) int { return r.Blocked }),
		Timeout:      of(func(r *metrics.Responses) int { return r.Timeout }),
		Error:        of(func(r *metrics.Responses) int { return r.Error }),
	}
}

func ledger(runs []*metrics.Run) Ledger {
	of := func(count func(*metrics.Ledger) int) float64 {
		return mean(runs, func(r *metrics.Run) int { return count(&r.Ledger) })
	}
	return Ledger{
		Generated: of(func(l *metrics.Ledger) int { return l.Generated }),
		Succeeded: of(func(l *metrics.Ledger) int { return l.Succeeded }),
		Expired:   of(func(l *metrics.Ledger) int { return l.Expired }),
		Failed:    of(func(l *metrics.Ledger) int { return l.Failed }),
		Graveyard: of(func(l *metrics.Ledger) int { return l.Graveyard }),
		Queued:    of(func(l *metrics.Ledger) int { return l.Queued }),
		InFlight:  of(func(l *metrics.Ledger) int { return l.InFlight }),
	}
}

func queue(runs []*metrics.Run) Queue {
	q := Queue{
		MainMean: mean(runs, func(r *metrics.Run) float64 { return r.Main.Mean }),
		DLQMean:  mean(runs, func(r *metrics.Run) float64 { return r.DLQ.Mean }),
	}
	for _, r := range runs {
		q.MainPeak = max(q.MainPeak, float64(r.Main.Peak))
		q.DLQPeak = max(q.DLQPeak, float64(r.DLQ.Peak))
	}
	return q
}

func firstBlock(runs []*metrics.Run) *float64 {
	var sum time.Duration
	var n int
	for _, r := range runs {
		if r.FirstBlock != nil {
			sum += *r.FirstBlock
			n++
		}
	}
	if n == 0 {
		return nil
	}
	s := Round(sum.Seconds()/float64(n), CountDigits)
	return &s
}

// merged is the histogram of all runs together.
func merged(runs []*metrics.Run, of func(*metrics.Run) metrics.Histogram) metrics.Histogram {
	var all metrics.Histogram
	for _, r := range runs {
		all.Merge(of(r))
	}
	return all
}

func quantiles(runs []*metrics.Run, of func(*metrics.Run) metrics.Histogram) *Quantiles {
	all := merged(runs, of)
	if all.Count() == 0 {
		return nil
	}
	return &Quantiles{
		Mean: milliseconds(all.Mean()),
		P50:  milliseconds(all.Quantile(0.50)),
		P90:  milliseconds(all.Quantile(0.90)),
		P95:  milliseconds(all.Quantile(0.95)),
		P99:  milliseconds(all.Quantile(0.99)),
		P999: milliseconds(all.Quantile(0.999)),
		Max:  milliseconds(all.Max()),
	}
}
