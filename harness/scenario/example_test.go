package scenario_test

import (
	"fmt"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

func ExampleLoader_Parse() {
	s, err := scenario.Loader{Kinds: kinds.All()}.Parse("headroom.yaml", []byte(`
version: 1
duration: 25s
server: {limit: 20/1s}
strategies:
  - {name: bare, limiter: {kind: window}}
  - {name: safe, limiter: {kind: window, headroom: 50ms}}
expect:
  - {strategy: safe, metric: 429, between: [0, 0]}
`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Name, s.Duration, s.Server.Limit, s.Server.Incoming)
	for _, st := range s.Strategies {
		fmt.Println(st.Name, st.Limiter.Kind)
	}
	// Output:
	// headroom 25s 20/1s uniform(0ms, 50ms)
	// bare window
	// safe window
}

func ExampleError() {
	_, err := scenario.Loader{Kinds: kinds.All()}.Parse("typo.yaml", []byte(`version: 1
duration: 25s
server: {limit: 20}
strategies:
  - {name: bare, limiter: {kind: window}}
`), nil)
	fmt.Println(err)
	// Output:
	// typo.yaml:3:17: limit 20 has no window, want requests/window such as 20/1s
	//    2 | duration: 25s
	//    3 | server: {limit: 20}
	//      |                 ^
}
