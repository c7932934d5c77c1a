package dialect_test

import (
	"fmt"
	"net/http"
	"time"

	"ratebench/server/dialect"
)

// The same refusal in two dialects.
func ExampleConfig_Write() {
	refused := dialect.Answer{
		Verdict: dialect.Limited,
		Limits:  []dialect.State{{Name: "app", Limit: 40, Window: 20 * time.Second, Reset: 480 * time.Millisecond, Refused: true}},
		Retry:   480 * time.Millisecond,
		Now:     time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC),
	}
	for _, d := range []dialect.Dialect{dialect.Shopify, dialect.IETF} {
		h := http.Header{}
		status, _ := dialect.Config{Dialect: d}.Write(h, refused)
		fmt.Println(d, status, h.Get("X-Shopify-Shop-Api-Call-Limit"), h.Get("RateLimit"), h.Get("Retry-After"))
	}
	// Output:
	// shopify 429 40/40  0.48
	// ietf 429  "app";r=0;t=1 1
}
