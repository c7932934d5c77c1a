package policy_test

import (
	"fmt"
	"time"

	"ratebench/server/policy"
)

// A leaky bucket as Shopify documents one: 40 at once, then 2 a second.
func ExampleBucket() {
	p, err := policy.Bucket{Capacity: 40, N: 2, Per: time.Second}.New(0)
	if err != nil {
		panic(err)
	}
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	passed := 0
	for range 60 {
		if ok, _ := p.Check(now, 1); ok {
			p.Charge(now, 1)
			passed++
		}
	}
	ok, retry := p.Check(now, 1)
	s := p.State(now)
	fmt.Printf("%d of 60 pass; another: %v, in %v\n", passed, ok, retry)
	fmt.Printf("%d/%d, all of it in %v\n", s.Used(), s.Limit, s.Full)
	// Output:
	// 40 of 60 pass; another: false, in 500ms
	// 40/40, all of it in 20s
}

// A ban that is longer each time.
func ExamplePenalty() {
	r, err := policy.Penalty{After: 2, Within: time.Minute, For: []time.Duration{2 * time.Minute, 10 * time.Minute}}.New(0)
	if err != nil {
		panic(err)
	}
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for range 2 {
		r.Strike(now)
		r.Strike(now)
		_, retry := r.Check(now)
		fmt.Println(retry)
		now = now.Add(retry)
	}
	// Output:
	// 2m0s
	// 10m0s
}
