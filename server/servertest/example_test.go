package servertest_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/server"
	"ratebench/server/servertest"
)

// poll is a client to be tested: it asks a hundred times, an interval apart.
func poll(t *testing.T, c *http.Client, base string, interval time.Duration) {
	for i := range 100 {
		resp, err := c.Get(fmt.Sprintf("%s%s?api_key=mine&nonce=%d", base, server.Path, i+1))
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(interval)
	}
}

// The test of the package's documentation: with an hour's quota of 60, one
// request a minute is right, and one every 50 s is not.
func TestPollKeepsTheQuota(t *testing.T) {
	for interval, refused := range map[time.Duration]int{
		61 * time.Second: 0,
		50 * time.Second: 13, // those of 50m0s to 60m0s: the first 60 left no more
	} {
		synctest.Test(t, func(t *testing.T) {
			api := servertest.NewInMemory(t, server.Config{
				Keys:  []string{"mine"},
				Limit: server.Limit{N: 60, Window: time.Hour},
			})
			poll(t, api.Client(), api.URL, interval)
			api.Log().Key("mine").WantRefused(t, refused)
			api.Log().Accepted().WantAtMost(t, 60, time.Hour)
		})
	}
}

// What a log tells: of one key, of what was refused, and of any second.
func ExampleLog() {
	log := servertest.Log{ // = api.Log()
		{At: 100 * time.Millisecond, Key: "a", Status: 200, Verdict: server.OK},
		{At: 300 * time.Millisecond, Key: "b", Status: 200, Verdict: server.OK},
		{At: 900 * time.Millisecond, Key: "a", Status: 429, Verdict: server.RateLimited},
		{At: 1200 * time.Millisecond, Key: "a", Status: 200, Verdict: server.OK},
	}
	fmt.Println(len(log.Key("a")), "with key a, of which", len(log.Key("a").Refused()), "refused")
	fmt.Println("at most", log.MostIn(time.Second), "in a second, of which accepted", log.Accepted().MostIn(time.Second))
	// Output:
	// 3 with key a, of which 1 refused
	// at most 3 in a second, of which accepted 2
}
