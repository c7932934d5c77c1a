package pace_test

import (
	"context"
	"errors"
	"expvar"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

// An API allows two requests per 50 ms and key, and wants a nonce with each.
// The latency on the way to it varies by up to 5 ms.
func ExampleTransport() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Nonce") == "" {
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	defer api.Close()

	quota := limiter.Quota{Limit: 2, Window: 50 * time.Millisecond}
	acks := &limiter.AckClocked{Latency: 5 * time.Millisecond}
	inOrder := limiter.Guards{Order: true, Latency: 5 * time.Millisecond, Penalty: time.Second}
	client := &http.Client{
		Timeout: time.Minute,
		Transport: &pace.Transport{
			Key:        func(r *http.Request) string { return r.Header.Get("X-API-Key") },
			NewLimiter: func(string) (limiter.Limiter, error) { return limiter.New(acks, quota, inOrder) },
			Prepare: func(r *http.Request, p pace.Permit) (*http.Request, error) {
				r.Header.Set("X-Nonce", strconv.FormatInt(p.Nonce, 10))
				return r, nil
			},
			AnswerTime: time.Second,
		},
	}

	start := time.Now()
	for range 5 {
		req, err := http.NewRequest(http.MethodGet, api.URL, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		req.Header.Set("X-API-Key", "mine")
		resp, err := client.Do(req)
		if err != nil {
			fmt.Println(err)
			return
		}
		_ = resp.Body.Close()
		fmt.Println(resp.Status)
	}
	fmt.Println("took two windows at least:", time.Since(start) >= 2*quota.Window)
	// Output:
	// 200 OK
	// 200 OK
	// 200 OK
	// 200 OK
	// 200 OK
	// took two windows at least: true
}

// A Gate paces whatever it is that leaves, HTTP or not: Wait before, Done after.
func ExampleGate() {
	quota := limiter.Quota{Limit: 100, Window: time.Second, Resolution: time.Millisecond}
	paced, err := limiter.New(&limiter.Paced{Spread: 5 * time.Millisecond}, quota, limiter.Guards{})
	if err != nil {
		fmt.Println(err)
		return
	}
	gate, err := pace.NewGate(pace.GateConfig{Limiter: paced})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	start := time.Now()
	for range 3 {
		permit, err := gate.Wait(ctx, 1)
		if err != nil {
			fmt.Println(err) // the context ended first: nothing was spent
			return
		}
		fmt.Println("departure", permit.Ticket) // something is sent, with permit.Nonce
		gate.Done(permit, limiter.Outcome{Status: 200})
	}
	fmt.Println("took two intervals at least:", time.Since(start) >= 2*10*time.Millisecond)
	// Output:
	// departure 0
	// departure 1
	// departure 2
	// took two intervals at least: true
}

// A Gate in front of something that is not HTTP: here a function that is refused
// once, after which there is a pause of a minute. A call after it waits as long; one
// that has less time fails at once.
func ExampleGate_Wait() {
	quota := limiter.Quota{Limit: 1000, Window: time.Second}
	log, err := limiter.New(&limiter.SlidingLog{}, quota, limiter.Guards{})
	if err != nil {
		fmt.Println(err)
		return
	}
	gate, err := pace.NewGate(pace.GateConfig{
		Limiter:  log,
		Refusals: pace.Refusals{Pause: backoff.Rule{Base: time.Minute}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	calls := 0
	publish := func(ctx context.Context) error {
		permit, err := gate.Wait(ctx, 1)
		if err != nil {
			return err
		}
		status := 200
		if calls++; calls == 1 {
			status = 429
		}
		gate.Done(permit, limiter.Outcome{Status: status})
		return nil
	}

	fmt.Println("refused:", publish(context.Background()))
	hurried, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	err = publish(hurried)
	fmt.Println("too long:", errors.Is(err, pace.ErrTooLong))
	if wait, ok := errors.AsType[*pace.WaitError](err); ok {
		fmt.Println("it would have taken about", wait.AtLeast.Round(time.Minute))
	}
	s := gate.Stats()
	fmt.Println(s.Limited, "refused,", s.NotSent, "not sent")
	// Output:
	// refused: <nil>
	// too long: true
	// it would have taken about 1m0s
	// 1 refused, 1 not sent
}

// A Transport for production: bounded, cold after a restart, sends again what
// was refused, and is watched through expvar.
func ExampleTransport_Stats() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusCreated)
	}))
	defer api.Close()

	quota := limiter.Quota{Limit: 100, Window: 20 * time.Millisecond}
	const j = 5 * time.Millisecond // the longest latency of the way in
	transport := &pace.Transport{
		NewLimiter: func(string) (limiter.Limiter, error) { return (&limiter.Paced{Spread: j}).New(quota) },
		ColdUntil:  time.Now().Add(quota.Span() + j),
		MaxWaiters: 1000,
		Retry:      pace.Retry{Times: 3},
	}
	if expvar.Get("api") == nil { // a name is published once in a program
		expvar.Publish("api", expvar.Func(func() any { return transport.Stats() }))
	}

	start := time.Now()
	client := &http.Client{Transport: transport}
	resp, err := client.Post(api.URL, "text/plain", strings.NewReader("hello"))
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = resp.Body.Close()
	s := transport.Stats()
	fmt.Println(resp.Status, "after a window:", time.Since(start) > quota.Window)
	fmt.Println(s.Departed, "departed,", s.Succeeded, "succeeded,", s.Retried, "sent again,", s.Keys, "key")
	// Output:
	// 201 Created after a window: true
	// 1 departed, 1 succeeded, 0 sent again, 1 key
}
