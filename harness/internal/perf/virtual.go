package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"ratebench/clients"
	"ratebench/harness"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/harness/virtual"
)

// kernelEvents is what an event of the kernel costs: of a process that sleeps,
// and of one that is made of steps.
func kernelEvents(w io.Writer) error {
	const processes, d = 5, 20 * time.Second
	run := func(start func(k *virtual.Kernel, wait time.Duration)) func() (float64, error) {
		return func() (float64, error) {
			k := virtual.New()
			for i := range processes {
				start(k, time.Duration(100+i)*time.Microsecond)
			}
			return float64(processes * d / (102 * time.Microsecond)), k.Run(d)
		}
	}
	return compare(w, "the kernel", "ns per event", 1, 3, []subject{
		{"a process that sleeps", run(func(k *virtual.Kernel, wait time.Duration) {
			k.Go("sleeper", func() {
				for k.Sleep(wait) == nil {
				}
			})
		})},
		{"a process of steps", run(func(k *virtual.Kernel, wait time.Duration) {
			k.Steps("steps", steady(wait))
		})},
	})
}

// A steady process has nothing to do, again and again.
type steady time.Duration

func (s steady) Step(w *clients.Wait) bool {
	*w = clients.Wait{For: time.Duration(s)}
	return true
}

// blogRuns is what 25 s of each strategy of blog.yaml cost, beside what they cost
// at least.
func blogRuns(w io.Writer) error {
	sc, err := scenario.Loader{Kinds: kinds.All()}.Load("scenarios/blog.yaml")
	if err != nil {
		return err
	}
	const runs = 100
	subjects := []subject{{"a bare event loop", func() (float64, error) {
		for seed := range uint64(runs) {
			new(floor).run(seed)
		}
		return runs, nil
	}}}
	for i := range sc.Strategies {
		one := *sc
		one.Strategies, one.Runs = sc.Strategies[i:i+1], runs
		subjects = append(subjects, subject{sc.Strategies[i].Name, func() (float64, error) {
			_, err := harness.Run(context.Background(), &one, harness.Options{})
			return runs, err
		}})
	}
	return compare(w, "25 s of blog.yaml", "ms per run", time.Millisecond, 3, subjects)
}

// manyKeys is what a request costs with few keys and with many, each with a load
// of its own or with one queue for all.
func manyKeys(w io.Writer) error {
	for _, load := range []struct {
		title, yaml string
		keys        []int
	}{
		{"keys that share nothing", "per: key, every: exponential(50ms)", []int{5, 100, 1_000, 10_000}},
		{"keys with one queue", "every: exponential(%v)", []int{5, 100, 1_000, 4_000}},
	} {
		var subjects []subject
		for _, keys := range load.keys {
			every := load.yaml
			if load.keys[len(load.keys)-1] == 4_000 {
				every = fmt.Sprintf(load.yaml, 50*time.Millisecond/time.Duration(keys))
			}
			sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("keys.yaml", []byte(fmt.Sprintf(`version: 1
duration: %ds
step: 0ms
runs: %d
server: {keys: %d}
load: {%s}
client: {workers_per_key: 4}
strategies: [{name: paced, limiter: {kind: paced, spread: 50ms}}]
`, max(10, min(60, 400_000/20/keys)), max(1, 1_000/keys), keys, every)), nil)
			if err != nil {
				return err
			}
			subjects = append(subjects, subject{fmt.Sprintf("%d keys", keys), func() (float64, error) {
				runs, err := harness.Run(context.Background(), sc, harness.Options{})
				requests := 0
				for _, r := range runs {
					requests += r.Ledger.Generated
				}
				return float64(requests), err
			}})
		}
		if err := compare(w, load.title, "µs per request", time.Microsecond, 7, subjects); err != nil {
			return err
		}
	}
	return nil
}
