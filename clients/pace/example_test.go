package pace_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

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
		Timeout: 5 * time.Second,
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
