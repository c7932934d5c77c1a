package main

import "testing"

func TestCount(t *testing.T) {
	for _, f := range []string{"server", "clients", "clients/limiter", "harness/metrics", "harness/theory"} {
		ms, err := mutantsIn("../../..", f)
		t.Log(f, len(ms), err)
	}
}
