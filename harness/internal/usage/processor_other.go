//go:build !unix

package usage

import (
	"time"

	"ratebench/harness/metrics"
)

// Processor is not known here.
func Processor() *metrics.ProcessorUse { return nil }

// WithChildren is not known here.
func WithChildren() *time.Duration { return nil }

func maxResident() *int64 { return nil }
