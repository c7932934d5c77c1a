//go:build !unix

package isolate

import "ratebench/harness/metrics"

// processorUse is not known here.
func processorUse() *metrics.ProcessorUse { return nil }

// peakResident is not known here.
func peakResident() *int64 { return nil }
