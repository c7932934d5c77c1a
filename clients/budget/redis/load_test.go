package redis_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"ratebench/clients/budget"
	"ratebench/clients/budget/redis"
	"ratebench/clients/budget/redis/redistest"
	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

// leaser is the environment variable of a process that takes leases: the address
// of Redis, the URL of the API, the process's name, and for how long it sends.
const leaser = "RATEBENCH_TEST_LEASER"

var thousand = limiter.Quota{Limit: 1000, Window: time.Second}

// lease sends as often as a budget of a thousand a second lets it, and prints how
// often it called the store.
func lease(to string) {
	words := strings.Fields(to)
	length, err := time.ParseDuration(words[3])
	if err != nil {
		panic(err)
	}
	s, err := redis.New(redis.Config{Client: goredis.NewClient(&goredis.Options{Addr: words[0]}), Name: "test"})
	if err != nil {
		panic(err)
	}
	b, err := budget.Open(budget.Config{
		Process: words[2], Quota: thousand, Latency: overSockets, Batch: 32, Linger: 10 * ms, Mode: budget.Pessimistic,
	}, s)
	if err != nil {
		panic(err)
	}
	client := &http.Client{Transport: &pace.Transport{
		Base:       &http.Transport{MaxIdleConnsPerHost: 32},
		NewLimiter: func(string) (limiter.Limiter, error) { return b, nil },
		Prepare:    tellGranted,
	}}
	end := time.Now().Add(length)
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for time.Now().Before(end) {
				resp, err := client.Get(words[1])
				if err != nil {
					panic(err)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		})
	}
	all.Wait()
	fmt.Println(b.Status().Calls)
}

// Four processes share a thousand requests a second by leases: with time, as with
// RATEBENCH_LOADTEST=1, they get 95 % of that, and never more than the limit.
func TestLeasesOfAThousandASecond(t *testing.T) {
	server := redistest.Start(t)
	length := 4 * time.Second
	if testing.Short() {
		length = 2 * time.Second
	}
	if os.Getenv("RATEBENCH_LOADTEST") != "" {
		length = 15 * time.Second
	}
	var a arrivals
	api := httptest.NewServer(&a)
	defer api.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	used := processorTime(t, server.PID())
	calls := make([]int, 4)
	var all sync.WaitGroup
	for i := range calls {
		all.Go(func() {
			c := exec.Command(self)
			c.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s p%d %v", leaser, server.Addr, api.URL, i, length))
			out, err := c.Output()
			if err == nil {
				calls[i], err = strconv.Atoi(strings.TrimSpace(string(out)))
			}
			if err != nil {
				t.Errorf("process %d: %v: %s", i, err, out)
			}
		})
	}
	all.Wait()
	used = processorTime(t, server.PID()) - used
	a.check(t, thousand)

	n, sum := len(a.times), 0
	for _, c := range calls {
		sum += c
	}
	if n == 0 {
		t.Fatal("no request has arrived, want some")
	}
	from, to := a.times[0], a.times[n-1].Add(-time.Second) // at the end processes run out one by one
	rate := float64(a.since(from)-a.since(to)) / to.Sub(from).Seconds()
	t.Logf("%.0f requests/s, %.3f calls of the store for each, %.0f ms of its processor for a thousand",
		rate, float64(sum)/float64(n), used.Seconds()*1e6/float64(n))
	if length > 10*time.Second && rate < 950 {
		t.Errorf("%.0f requests/s, want 950 or more", rate)
	}
}

// processorTime is what a process has used; 0 where the system does not tell.
func processorTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	ticks := 0
	for _, field := range fields[11:13] { // user, system
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * ms // a hundred ticks a second, everywhere
}
