// Command ratebench measures client strategies against a rate-limited API, in
// virtual and in real time.
package main

import (
	"ratebench/harness/command"
	"ratebench/harness/kinds"
)

func main() { command.Main(kinds.All()) }
