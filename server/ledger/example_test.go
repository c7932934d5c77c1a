package ledger_test

import (
	"fmt"
	"time"

	"ratebench/server/ledger"
	"ratebench/server/policy"
)

// Requests cost 1 and tokens, of which more are asked for than are needed in the
// end: the rest is given back with the answer.
func Example() {
	l, err := ledger.New(ledger.Config{Limits: []ledger.Limit{
		{Name: "requests", Policy: policy.Window{Limit: 60, Length: time.Minute}, Fixed: 1},
		{Name: "tokens", Policy: policy.Bucket{Capacity: 10_000, N: 10_000, Per: time.Minute}, Cost: "tokens", Settle: true},
	}}, 0)
	if err != nil {
		panic(err)
	}
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	chat := &ledger.Request{Key: "k", Costs: []ledger.Cost{{Name: "tokens", N: 8000, More: -7000}}}
	first := l.Arrive(now, chat)
	second := l.Arrive(now, chat)
	fmt.Println(first.OK, second.OK, second.Limit, second.Retry)
	l.Answered(now, first.Visit)
	fmt.Println(l.States(nil, now)[1].Remaining, l.Arrive(now, chat).OK)
	// Output:
	// true false 1 36s
	// 9000 true
}
