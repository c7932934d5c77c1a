// Command ratebench measures client strategies against a rate-limited API, in
// virtual and in real time.
package main

import (
	"ratebench/clients/limiter"
	"ratebench/harness/command"
)

func main() { command.Main(limiter.Kinds()) }
