package harness

import (
	"time"

	"ratebench/clients"
	"ratebench/harness/scenario"
)

// startPerKey starts a client for each key, with a generator and a queue of its
// own. They number their requests in turns, so that no two have the same number.
// A load with a count is shared out among them.
func startPerKey(rt clients.Runtime, caller func(key int) clients.Caller, sc *scenario.Scenario, config clients.Config, o clients.Observer, pauses func(key int) func(uint64) time.Duration) error {
	keys, count := config.Keys, config.Count
	for k := range keys {
		own := config
		own.Keys, own.FirstKey, own.IDStep = 1, sc.Server.FirstKey+k, max(keys, sc.Server.AllKeys)
		own.Pause = pauses(own.FirstKey)
		if count > 0 {
			if own.Count = (count + keys - 1 - k) / keys; own.Count == 0 { // which would be no end
				continue
			}
		}
		if err := clients.Start(rt, caller(k), own, o); err != nil {
			return err
		}
	}
	return nil
}
