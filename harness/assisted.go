package harness

import (
	"ratebench/clients/limiter"
	"ratebench/harness/scenario"
)

// assisted are the configurations of limiters that an aggregator tells of those of
// other processes, by key.
type assisted map[int]limiter.Config

// strategy is a strategy whose limiters are told of others of the key, if they are
// of that kind.
func (a assisted) strategy(st *scenario.Strategy, key int) *scenario.Strategy {
	alone, ok := st.Limiter.Config.(interface{ Together() limiter.Config })
	if !ok {
		return st
	}
	if a[key] == nil {
		a[key] = alone.Together()
	}
	told := *st
	told.Limiter.Config = a[key]
	return &told
}
