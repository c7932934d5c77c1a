package scenario

import (
	"time"

	"ratebench/clients/backoff"
	"ratebench/harness/dist"
)

// What the reference system is made of, and so the defaults of a scenario.
const (
	defaultStep    = time.Millisecond
	defaultLatency = "uniform(0ms, 50ms)"
	defaultEvery   = "uniform(0ms, 21ms)"
	defaultSpike   = "uniform(200ms, 800ms)"
)

// Reference returns the scenario of the reference system: every default, no
// duration and no strategies.
func Reference() *Scenario {
	s := newScenario()
	if err := s.fillDistributions(); err != nil {
		panic("scenario: the reference's own distributions: " + err.Error())
	}
	return s
}

// newScenario has every default but the distributions, which depend on Step.
func newScenario() *Scenario {
	return &Scenario{
		Name: "reference",
		Runs: 20,
		Seed: 1,
		Step: defaultStep,
		Server: Server{
			Keys:       5,
			Limit:      Limit{N: 20, Window: time.Second},
			Resolution: time.Millisecond,
			BlockAfter: 10,
		},
		Load: Generator{Step: defaultStep, Burst: 1, TTL: time.Second},
	}
}

// fillDistributions gives every distribution that is missing its default. An
// error means that Step does not suit a default.
func (s *Scenario) fillDistributions() (err error) {
	if s.Server.Incoming == nil {
		if s.Server.Incoming, err = dist.Parse(defaultLatency, s.Step, nil); err != nil {
			return err
		}
	}
	if s.Server.Outgoing == nil {
		s.Server.Outgoing = s.Server.Incoming
	}
	if s.Load.Every == nil {
		if s.Load.Every, err = dist.Parse(defaultEvery, s.Load.Step, nil); err != nil {
			return err
		}
	}
	f := &s.Server.Faults
	if f.SpikeLatency != nil {
		return nil
	}
	spike, err := dist.Parse(defaultSpike, s.Step, nil)
	if err == nil {
		f.SpikeLatency = spike
	} else if f.Spike > 0 { // else nobody needs it
		return err
	}
	return nil
}

func defaultClient() Client {
	return Client{WorkersPerKey: 1, Timeout: time.Second, Nonce: NonceTimestamp, Runtime: Runtime{Kind: RuntimeGoroutines}, Clock: Clock{Rate: 1}, Processes: 1}
}

func defaultRetry() *Retry {
	return &Retry{Max: 5, Backoff: backoff.Rule{
		Base: 50 * time.Millisecond, Cap: 2 * time.Second, Jitter: backoff.JitterFull,
	}}
}

func defaultDeadLetter() *DeadLetter { return &DeadLetter{MaxRetries: 5} }

func defaultBackpressure() *Backpressure {
	return &Backpressure{Max: 100, Pause: 500 * time.Millisecond}
}
