// Package apitest is server/servertest for real APIs, by name: their limits, as
// their documentation has them, and their way to tell of them.
//
//	api := apitest.NewInMemory(t, "github") // in a testing/synctest bubble
//	client := api.Client()                  // https://api.github.com/... reaches it
//
// Every path and method is one of the API's, every key is welcome, and the answer
// to what is accepted is {}; only "reference" has a protocol of its own. What of
// the real API is left out is written in scenarios/apis/NAME.yaml, with the page
// and its date.
package apitest

import (
	"testing"

	"ratebench/harness/backend"
	"ratebench/harness/scenario"
	"ratebench/scenarios/apis"
	"ratebench/server/servertest"
)

// Names are those of the APIs.
func Names() []string { return apis.Names() }

// New starts the API of a name on a free port of the loopback, and closes it when
// the test ends. An unknown name fails the test at once.
func New(t testing.TB, name string) *servertest.API {
	t.Helper()
	return servertest.Start(t, Config(t, name))
}

// NewInMemory is New without a socket: see servertest.NewInMemory.
func NewInMemory(t testing.TB, name string) *servertest.API {
	t.Helper()
	return servertest.StartInMemory(t, Config(t, name))
}

// Config is what New starts, to be changed before servertest.Start does: without
// latencies, with a body of one's own.
func Config(t testing.TB, name string) servertest.Config {
	t.Helper()
	p, err := scenario.LoadPreset(name)
	if err != nil {
		t.Fatalf("apitest: %v", err)
	}
	const seed = 1
	c, http := backend.ServerConfig(p.Scenario(), seed)
	if c.NoNonces {
		c, http = backend.OpenConfig(p.Scenario(), seed, false)
	}
	return servertest.Config{Server: c, HTTP: http}
}
