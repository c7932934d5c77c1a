package bucket_test

import (
	"time"

	"ratebench/clients/limiter/limitertest"
)

const ms = time.Millisecond

// What timelines are written with, in short.
type (
	row  = limitertest.Row
	step = limitertest.Step
)

var (
	epoch          = limitertest.Epoch
	threePerSecond = limitertest.ThreePerSecond
	reference      = limitertest.Reference
	timeline       = limitertest.Timeline
	look           = limitertest.Look
	send           = limitertest.Send
	later          = limitertest.Latest
	repeat         = limitertest.Repeat
)
