package scenario

import (
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/scenario/rules"
)

// Streams of random numbers, one for each thing that is drawn. Latencies have
// a stream per key: the n-th request on a key meets the same latencies
// whatever the strategy. The numbers are part of what a seed means: changing
// one changes every result.
const (
	streamLoad     = 0
	streamIncoming = 1
	streamOutgoing = 2
	streamRetry    = 3
	streamKind     = 4 // these of a request by its number
	streamResource = 5
	streamCost     = 6

	streamsPerKey = 16 // how far apart the streams of two keys are
)

// Latencies are those that the n-th request on a key meets with a seed, counted
// from 0; key is an index, or -1 for all unknown ones.
//
// A sequence takes the keys in turns: at a time when all of them have seen as
// many requests, all are at the same place of it, so that a spell meets them all.
func (s *Server) Latencies(seed uint64) func(key int, n uint64) (in, out time.Duration) {
	keys := max(s.Keys, s.AllKeys)
	incoming := drawLatency(s.Incoming, seed, streamIncoming, keys)
	outgoing := drawLatency(s.Outgoing, seed, streamOutgoing, keys)
	return func(key int, n uint64) (in, out time.Duration) {
		if key >= 0 {
			key += s.FirstKey
		}
		return incoming(key, n), outgoing(key, n)
	}
}

func drawLatency(d dist.Dist, seed, stream uint64, keys int) func(key int, n uint64) time.Duration {
	if sequence, ok := d.(dist.Sequence); ok {
		return func(key int, n uint64) time.Duration {
			return sequence.At(seed, n*uint64(keys)+uint64(max(key, 0)))
		}
	}
	return func(key int, n uint64) time.Duration {
		return d.Quantile(dist.U(seed, uint64(key+1)*streamsPerKey+stream, n))
	}
}

// Pauses are those between burst n and the next with a seed, counted from 0, of
// the generator of a key; key is -1 where there is one for all. Which law holds
// depends on the time since the start of the run.
func (g *Generator) Pauses(seed uint64, key int) func(since time.Duration, n uint64) time.Duration {
	stream := uint64(key+1)*streamsPerKey + streamLoad
	if len(g.Stages) == 0 {
		every := g.Every
		return func(_ time.Duration, n uint64) time.Duration { return every.Quantile(dist.U(seed, stream, n)) }
	}
	return func(since time.Duration, n uint64) time.Duration {
		return g.EveryAt(since).Quantile(dist.U(seed, stream, n))
	}
}

// EveryAt is the time between bursts at a time since the start of the run.
func (g *Generator) EveryAt(since time.Duration) dist.Dist {
	every := g.Every
	for _, s := range g.Stages {
		if s.At <= since {
			every = s.Every
		}
	}
	return every
}

// Jitters draw, with a seed, for the n-th time that a request is tried again on
// the spot; n is less than 1024.
func (r *Retry) Jitters(seed uint64) func(id int64, n int) float64 {
	return func(id int64, n int) float64 {
		return dist.U(seed, streamRetry, uint64(id)<<10|uint64(n))
	}
}

// Drawn are the requests of a mix with a seed, by their numbers: the same ones,
// whoever sends them and in whatever order.
type Drawn struct {
	mix    []rules.Kind
	shares []float64 // up to each kind
	seed   uint64
}

// Drawn returns the requests of the load.
func (g *Generator) Drawn(seed uint64) *Drawn {
	d := &Drawn{mix: g.Mix, seed: seed}
	sum := int64(0)
	for _, k := range g.Mix {
		sum += k.Share
		d.shares = append(d.shares, float64(sum)/rules.Whole)
	}
	return d
}

// Kind is the index of a request's kind in the mix; 0 without one.
func (d *Drawn) Kind(id int64) int {
	if len(d.mix) < 2 {
		return 0
	}
	u := dist.U(d.seed, streamKind, uint64(id))
	for i, up := range d.shares {
		if u < up {
			return i
		}
	}
	return len(d.mix) - 1
}

// Route is that of a request; "" without a mix.
func (d *Drawn) Route(id int64) string {
	if len(d.mix) == 0 {
		return ""
	}
	return d.mix[d.Kind(id)].Route
}

// Resource is what a request is about, counted from 0.
func (d *Drawn) Resource(id int64) int {
	if len(d.mix) == 0 {
		return 0
	}
	n := d.mix[d.Kind(id)].Resources
	if n < 2 {
		return 0
	}
	return min(int(dist.U(d.seed, streamResource, uint64(id))*float64(n)), n-1)
}

// Cost is what a request costs by a name: what it is charged with, and what it
// turns out to be. Both are drawn with the same luck.
func (d *Drawn) Cost(id int64, name string) (charged, settled int64) {
	if len(d.mix) == 0 {
		if name == "" {
			return 1, 1
		}
		return 0, 0
	}
	k := &d.mix[d.Kind(id)]
	u := dist.U(d.seed, streamCost, uint64(id))
	charge, settle := k.Cost(name), k.SettledCost(name)
	return charge.At(u), settle.At(u)
}

// Pauses are those of source i of a load, as those of a Generator.
func (s Source) Pauses(seed uint64, i int) func(since time.Duration, n uint64) time.Duration {
	g := Generator{Every: s.Every}
	return g.Pauses(seed, i)
}
