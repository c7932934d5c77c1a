package server

import "testing"

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		verdict       Verdict
		status        int
		name, message string
	}{
		{0, 500, "no verdict", "no verdict"},
		{OK, 200, "ok", "ok"},
		{BadNonce, 400, "bad nonce", "invalid nonce"},
		{Unauthorized, 401, "unauthorized", "invalid api key"},
		{RateLimited, 429, "rate limited", "exceeded rate limit"},
		{Blocked, 429, "blocked", "too many rate limit errors: blocked"},
		{6, 500, "Verdict(6)", "Verdict(6)"},
	} {
		if got := c.verdict.Status(); got != c.status {
			t.Errorf("%v: status %d, want %d", c.verdict, got, c.status)
		}
		if got := c.verdict.String(); got != c.name {
			t.Errorf("%d is called %s, want %s", c.verdict, got, c.name)
		}
		if got := c.verdict.message(); got != c.message {
			t.Errorf("%v: message %s, want %s", c.verdict, got, c.message)
		}
	}
}

// The zero APIConfig stands for what it says it does.
func TestAPIDefaults(t *testing.T) {
	srv, err := New(ReferenceConfig())
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[int]int{0: 10_000, 1: 1, 20_000: 20_000} {
		api, err := NewAPI(srv, nil, APIConfig{MaxConcurrent: given})
		if err != nil {
			t.Fatal(err)
		}
		if got := api.admission.max; got != want {
			t.Errorf("MaxConcurrent %d: %d at a time, want %d", given, got, want)
		}
	}
}
