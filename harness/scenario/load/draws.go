package load

import (
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/scenario/rules"
	"ratebench/harness/scenario/stream"
)

// Pauses are those between burst n and the next with a seed, counted from 0, of
// the generator of a key; key is -1 where there is one for all. Which law holds
// depends on the time since the start of the run, which is asked for if there are
// Stages.
func (g *Generator) Pauses(seed uint64, key int, since func() time.Duration) func(n uint64) time.Duration {
	draws := dist.StreamOf(seed, uint64(key+1)*stream.PerKey+stream.Load)
	if len(g.Stages) == 0 {
		every := g.Every
		return func(n uint64) time.Duration { return every.Quantile(draws.Uniform(n)) }
	}
	return func(n uint64) time.Duration { return g.EveryAt(since()).Quantile(draws.Uniform(n)) }
}

// Pauses are those of source i of a load, as those of a Generator without Stages.
func (s Source) Pauses(seed uint64, i int) func(n uint64) time.Duration {
	g := Generator{Every: s.Every}
	return g.Pauses(seed, i, nil)
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
	u := dist.U(d.seed, stream.Kind, uint64(id))
	for i, up := range d.shares[:len(d.mix)-1] {
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
	return min(int(dist.U(d.seed, stream.Resource, uint64(id))*float64(n)), n-1)
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
	u := dist.U(d.seed, stream.Cost, uint64(id))
	charge, settle := k.Cost(name), k.SettledCost(name)
	return charge.At(u), settle.At(u)
}
