package dialect_test

import (
	"fmt"
	"net/http"
	"time"

	"ratebench/clients/dialect"
)

// A refusal of GitHub's, which is a 403, and an answer of OpenAI's with two limits:
// nobody says whose they are.
func ExampleReader() {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	reader := new(dialect.Reader)

	h := http.Header{}
	h.Set("X-RateLimit-Limit", "5000")
	h.Set("X-RateLimit-Remaining", "0")
	h.Set("X-RateLimit-Reset", "1795695300") // 12:15
	o := reader.Read(http.StatusForbidden, h, nil, now)
	fmt.Println("refused:", o.Limited(), "for", o.RetryAfter)

	h = http.Header{}
	h.Set("X-RateLimit-Limit-Requests", "60")
	h.Set("X-RateLimit-Remaining-Requests", "59")
	h.Set("X-RateLimit-Reset-Requests", "1s")
	h.Set("X-RateLimit-Limit-Tokens", "150000")
	h.Set("X-RateLimit-Remaining-Tokens", "149984")
	h.Set("X-RateLimit-Reset-Tokens", "6m0s")
	o = reader.Read(http.StatusOK, h, nil, now)
	for _, b := range o.Budgets {
		fmt.Println(b.Name, b.Remaining, "of", b.Limit, "more after", b.Reset)
	}

	// Binance says what has been used, and not of how much.
	h = http.Header{}
	h.Set("X-MBX-USED-WEIGHT-1M", "5990")
	reader = &dialect.Reader{Limits: map[string]int64{"weight 1m": 6000}}
	o = reader.Read(http.StatusOK, h, nil, now)
	fmt.Println(o.Budgets[0].Name, o.Budgets[0].Remaining, "of", o.Budgets[0].Limit)
	// Output:
	// refused: true for 15m0s
	// requests 59 of 60 more after 1s
	// tokens 149984 of 150000 more after 6m0s
	// weight 1m 10 of 6000
}
