// Package harness runs scenarios: for a strategy and a seed it builds the
// server and the client, lets them run in virtual or in real time, and returns
// what was recorded.
package harness

import (
	"time"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/harness/dist"
	"ratebench/harness/scenario"
	"ratebench/server"
)

// Streams of random numbers, one for each thing that is drawn. Latencies have
// a stream per key: the n-th request on a key meets the same latencies
// whatever the strategy.
const (
	streamLoad = iota
	streamIncoming
	streamOutgoing
	streams // how far apart the streams of two keys are
)

// NewServer builds the server of a scenario. Its latencies depend on the seed,
// the key and how many requests the key has seen, and on nothing else.
func NewServer(sc *scenario.Scenario, seed uint64) (*server.Server, error) {
	incoming, outgoing := sc.Server.Incoming, sc.Server.Outgoing
	return server.New(server.Config{
		Keys:       server.Keys(sc.Server.Keys),
		Limit:      server.Limit{N: sc.Server.Limit.N, Window: sc.Server.Limit.Window},
		Resolution: sc.Server.Resolution,
		BlockAfter: sc.Server.BlockAfter,
		Latency: func(key int, n uint64) (in, out time.Duration) {
			stream := uint64(key+1) * streams // unknown keys are key -1
			return incoming.Quantile(dist.U(seed, stream+streamIncoming, n)),
				outgoing.Quantile(dist.U(seed, stream+streamOutgoing, n))
		},
	})
}

// clientConfig builds the configuration of a strategy's client.
func clientConfig(sc *scenario.Scenario, st *scenario.Strategy, seed uint64) clients.Config {
	quota := limiter.Quota{Limit: sc.Server.Limit.N, Window: sc.Server.Limit.Window, Resolution: sc.Server.Resolution}
	c := clients.Config{
		Keys:          sc.Server.Keys,
		NewLimiter:    func() limiter.Limiter { return st.Limiter.Config.New(quota) },
		Polling:       clients.Polling{Every: st.Limiter.Poll},
		WorkersPerKey: st.Client.WorkersPerKey,
		Nonces:        noncePolicy(st.Client.Nonce),
		Timeout:       st.Client.Timeout,
		TTL:           sc.Load.TTL,
		Pause: func(n uint64) time.Duration {
			return sc.Load.Every.Quantile(dist.U(seed, streamLoad, n))
		},
	}
	if d := st.Queue.DeadLetter; d != nil {
		c.DeadLetter = &clients.DeadLetter{MaxRetries: d.MaxRetries}
	}
	if b := st.Queue.Backpressure; b != nil {
		c.Backpressure = &clients.Backpressure{Max: b.Max, Pause: b.Pause}
	}
	return c
}

func noncePolicy(name string) clients.NoncePolicy {
	if name == "counter" {
		return clients.Increasing
	}
	return clients.Timestamp
}
