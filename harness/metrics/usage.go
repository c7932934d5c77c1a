package metrics

import "time"

// Usage is what running the client of one strategy with one seed cost its
// process.
type Usage struct {
	Strategy string
	Seed     uint64
	// Samples are in order of time. The first was taken just before the client
	// started, the last when it had ended.
	Samples []UsageSample
	// Peak is the most memory that was resident at a time, in bytes; nil: this
	// operating system does not tell.
	Peak *int64
}

// A UsageSample is the state of a process at one instant.
type UsageSample struct {
	At         time.Duration // since the first sample
	Goroutines int           // of the process: those that measure are among them
	Heap       int64         // of objects, dead ones included until they are swept, in bytes
	Resident   *int64        // memory, in bytes; nil: not known
	Processor  *ProcessorUse // since the first sample; nil: not known
}

// ProcessorUse is what a process made of its processors.
type ProcessorUse struct {
	CPU         time.Duration // user and system time
	Voluntary   int64         // context switches because a thread waited
	Involuntary int64         // context switches because another thread had its turn
}

// Sub is what was used since an earlier state of the same process.
func (u ProcessorUse) Sub(earlier ProcessorUse) ProcessorUse {
	return ProcessorUse{
		CPU:         u.CPU - earlier.CPU,
		Voluntary:   u.Voluntary - earlier.Voluntary,
		Involuntary: u.Involuntary - earlier.Involuntary,
	}
}
