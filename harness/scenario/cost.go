package scenario

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario/client"
	"ratebench/harness/yamlfile"
)

// Bounds of what running a scenario in virtual time may take. They are far above
// what answers a question, and below what brings a machine down: a scenario that
// passes ends, and has its memory on a machine of 16 GiB.
const (
	mostMemory     = 16 << 30 // bytes
	mostSent       = 1e10     // requests of all runs, each time one is sent
	mostSentPerRun = 2e8
	mostGenerated  = 1e8 // requests of a run
	runsAtATime    = 4   // on as many cores
	maxRuns        = 100_000
	minDuration    = time.Millisecond // of a run: what is less has no figure per second
)

// What things take, in bytes: measured on a 64-bit machine, and rounded up.
const (
	perRun       = 400 << 10 // histograms and counts, which are kept to the end
	perRow       = 128       // of the series of a run, kept to the end
	perRowShown  = 1280      // of a strategy's figures over time, as they are written
	perKeyKept   = 16        // when a key was blocked
	perKey       = 1 << 10   // its state in server and client
	perWorker    = 6 << 10   // the stack of its process
	perRequest   = 256       // while it is queued
	perArrival   = 8         // that the server remembers
	perDeparture = 24        // that a limiter remembers
	perSample    = 8         // of a latency that a limiter remembers
)

// A need is something that takes memory.
type need struct {
	bytes float64
	what  string
	key   string // of the scenario file, which has most of a say in it
}

// checkCost returns an error with the estimate if running the scenario would
// take more than it may.
func (s *Scenario) checkCost() error {
	_, err := s.cost()
	return err
}

// cost estimates what running the scenario takes at most. If that is too much
// the error says so, and the key is the one to blame. Seeds can run out, too.
func (s *Scenario) cost() (key string, err error) {
	if s.Seed > math.MaxUint64-uint64(s.Runs-1) {
		return "seed", fmt.Errorf("seed is %d, and %d runs need as many seeds from there on, want at most %d", s.Seed, s.Runs, math.MaxUint64-uint64(s.Runs-1))
	}
	generated := s.generated()
	if generated > mostGenerated {
		return "duration", fmt.Errorf("duration has room for %.2g requests, %d every %s, want at most %.0g",
			generated, s.Load.Burst, dist.FormatDuration(s.Load.Every.Mean()), mostGenerated)
	}
	var total float64
	for i := range s.Strategies {
		sent := s.sent(&s.Strategies[i], generated)
		if sent > mostSentPerRun {
			return "strategies", fmt.Errorf("strategy %s may send %.2g requests in a run, as often as each of %.2g may be retried, want at most %.0g",
				s.Strategies[i].Name, sent, generated, mostSentPerRun)
		}
		total += sent * float64(s.Runs)
	}
	if total > mostSent {
		return "runs", fmt.Errorf("%d runs may send %.2g requests in all, want at most %.0g", s.Runs*len(s.Strategies), total, mostSent)
	}
	memory, largest := 0.0, need{}
	for _, n := range s.needs(generated) {
		memory += n.bytes
		if n.bytes > largest.bytes {
			largest = n
		}
	}
	if memory > mostMemory {
		return largest.key, fmt.Errorf("running this takes about %s of memory, %s of it for %s, want at most %s",
			gibibytes(memory), gibibytes(largest.bytes), largest.what, gibibytes(mostMemory))
	}
	return "", nil
}

// sweepCost is cost for all points together, of which each by itself passes.
func (s *Scenario) sweepCost() (key string, err error) {
	total, kept := 0.0, 0.0
	for _, p := range s.Points {
		generated := p.Scenario.generated()
		for i := range p.Scenario.Strategies {
			total += p.Scenario.sent(&p.Scenario.Strategies[i], generated) * float64(p.Scenario.Runs)
		}
		for _, n := range p.Scenario.kept() {
			kept += n.bytes
		}
	}
	runs := s.Runs * len(s.Strategies) * len(s.Points)
	switch {
	case total > mostSent:
		return "sweep", fmt.Errorf("%d runs at %d points may send %.2g requests in all, want at most %.0g", runs, len(s.Points), total, mostSent)
	case kept > mostMemory:
		return "sweep", fmt.Errorf("the results of %d runs at %d points take about %s of memory, want at most %s",
			runs, len(s.Points), gibibytes(kept), gibibytes(mostMemory))
	}
	return "", nil
}

func gibibytes(n float64) string { return fmt.Sprintf("%.1f GiB", n/(1<<30)) }

// generated is how many requests are made in a run.
func (s *Scenario) generated() float64 {
	if all := s.Load.AllSources(); len(all) > 0 {
		generated := 0.0
		for _, source := range all {
			generated += float64(s.Duration) / float64(source.Every.Mean())
		}
		return generated
	}
	generated, every, from := 0.0, s.Load.Every, time.Duration(0)
	until := func(t time.Duration) {
		generated += float64(t-from) / float64(every.Mean()) * float64(s.Load.Burst)
		from = t
	}
	for _, stage := range s.Load.Stages {
		until(min(stage.At, s.Duration))
		every = stage.Every
	}
	until(s.Duration)
	if s.Load.PerKey {
		generated *= float64(s.Server.Keys)
	}
	if n := float64(s.Load.Count); n > 0 {
		generated = min(generated, n)
	}
	return generated
}

// sent is how often a strategy can send a request in a run: as often as each
// may be retried, and no more than its workers have the time for. Attempts that
// are broken on purpose before they reach the server take no time, and in an
// outage all are.
func (s *Scenario) sent(st *Strategy, generated float64) float64 {
	attempts := 1.0
	if st.Retry != nil {
		attempts += float64(st.Retry.Max)
	}
	if l := st.Queue.DeadLetter; l != nil {
		attempts *= 1 + float64(l.MaxRetries)
	}
	f := s.Server.Faults
	instant := f.Error500 + f.Error503 + f.ResetBefore
	attempt := min(s.Server.Incoming.Mean()+s.Server.Outgoing.Mean(), st.Client.Timeout)
	if attempt <= 0 || instant >= 1 {
		return generated * attempts
	}
	workers := float64(s.Server.Keys) * float64(st.Client.WorkersPerKey)
	room := workers * (float64(s.Duration)/float64(attempt) + 1) / (1 - instant)
	for _, o := range f.Outages {
		room += attempts * (generated*float64(o.For)/float64(s.Duration) + s.backlog(st, generated))
	}
	return max(generated, min(generated*attempts, room))
}

// kept lists what takes memory to the end.
func (s *Scenario) kept() []need {
	strategies, runs, keys := float64(len(s.Strategies)), float64(s.Runs), float64(s.Server.Keys)
	row := metrics.RowLength(s.Duration)
	rows := math.Ceil(s.Duration.Seconds() / row.Seconds())
	return []need{
		{runs * strategies * (perRun + keys*perKeyKept), fmt.Sprintf("the results of %d runs", s.Runs*len(s.Strategies)), "runs"},
		{strategies * rows * (runs*perRow + perRowShown), fmt.Sprintf("the figures of every %s of %s", dist.FormatDuration(row), dist.FormatDuration(s.Duration)), "duration"},
	}
}

// needs lists what takes memory: what is kept of every run to the end, and what
// the runs that are under way hold.
func (s *Scenario) needs(generated float64) []need {
	strategies, runs, keys := float64(len(s.Strategies)), float64(s.Runs), float64(s.Server.Keys)
	needs := s.kept()
	live := [...]need{
		{what: fmt.Sprintf("the arrivals that the server remembers, %d of each of %d keys", s.largestLimit(), s.Server.Keys), key: "server"},
		{what: fmt.Sprintf("the departures and latencies that the limiters of %d keys remember", s.Server.Keys), key: "strategies"},
		{what: "the workers", key: "strategies"},
		{what: "the requests that are queued", key: "load"},
	}
	for i := range s.Strategies {
		st := &s.Strategies[i]
		workers := keys * float64(st.Client.WorkersPerKey)
		limiters := keys
		if st.Limiter.Scope == client.ScopeWorker {
			limiters = workers
		}
		live[0].bytes = keys * (perKey + perArrival*float64(s.largestLimit()))
		live[1].bytes = max(live[1].bytes, limiters*(perDeparture*float64(st.Quota(s.Server).Limit)+perSample*samplesOf(st.Limiter.Fields())))
		live[2].bytes = max(live[2].bytes, workers*perWorker)
		live[3].bytes = max(live[3].bytes, perRequest*s.backlog(st, generated))
	}
	for _, n := range live {
		n.bytes *= min(runsAtATime, runs*strategies)
		needs = append(needs, n)
	}
	return needs
}

// largestLimit is how many arrivals of a key the server has to remember.
func (s *Scenario) largestLimit() int {
	if len(s.Server.Limits) > 0 {
		sum := int64(0)
		for i := range s.Server.Limits {
			most := s.Server.Limits[i].Remembered()
			for _, stage := range s.Server.Stages {
				for k := range stage.Limits {
					if l := &stage.Limits[k]; l.Name == s.Server.Limits[i].Name {
						most = max(most, l.Remembered())
					}
				}
			}
			sum += most
		}
		return int(sum)
	}
	n := s.Server.Limit.N
	for _, stage := range s.Server.Stages {
		n = max(n, stage.Limit.N)
	}
	return n
}

// backlog is how many requests can be queued at once: those that are worth
// sending, or less if the generator pauses.
func (s *Scenario) backlog(st *Strategy, generated float64) float64 {
	lives := 1.0
	if l := st.Queue.DeadLetter; l != nil {
		lives += float64(l.MaxRetries)
	}
	burst := float64(s.Load.Burst)
	n := min(generated, burst*(1+lives*float64(s.Load.TTL)/float64(s.Load.Every.Mean())))
	if b := st.Queue.Backpressure; b != nil {
		n = min(n, float64(b.Max)+burst)
	}
	return n
}

// samplesOf is how many latencies a limiter remembers, which those that remember any
// call by that name.
func samplesOf(fields []yamlfile.Field) float64 {
	most := 0.0
	for _, f := range fields {
		switch {
		case f.Contents != nil:
			most = max(most, samplesOf(f.Contents()))
		case f.Key == "samples":
			if n, err := strconv.ParseFloat(f.Text(), 64); err == nil {
				most = max(most, n)
			}
		}
	}
	return most
}
