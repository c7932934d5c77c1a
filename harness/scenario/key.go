package scenario

import "ratebench/clients/keyedrand"

// OfKey is the scenario of one key alone, where each key has a load of its own
// (Load.PerKey) and shares nothing with others.
func (s *Scenario) OfKey(key int) *Scenario {
	one := *s
	one.Server.Keys, one.Server.FirstKey, one.Server.AllKeys = 1, key, s.Server.Keys
	return &one
}

// KeySeed is what is drawn by for one key alone, where each has a load of its
// own, and not by a stream: what is broken.
func KeySeed(seed uint64, key int) uint64 { return keyedrand.Number(seed, uint64(key)+1) }
