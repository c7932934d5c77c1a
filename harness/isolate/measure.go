package isolate

import (
	"fmt"
	"runtime"
	runtimemetrics "runtime/metrics"
	"time"

	"ratebench/harness/internal/usage"
	"ratebench/harness/metrics"
)

// samplePeriod is how often a client's process looks at itself.
const samplePeriod = 500 * time.Millisecond

// A sampler takes samples of its own process.
type sampler struct {
	start   time.Time
	base    *metrics.ProcessorUse // what had been used at the start; nil: not known
	samples []metrics.UsageSample
	stop    chan struct{}
	stopped chan struct{}
}

// startSampling takes the first sample, and further ones every period.
func startSampling(period time.Duration) *sampler {
	s := &sampler{start: time.Now(), base: usage.Processor(), stop: make(chan struct{}), stopped: make(chan struct{})}
	s.samples = append(s.samples, s.sample())
	go s.run(period)
	return s
}

func (s *sampler) run(period time.Duration) {
	defer close(s.stopped)
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.samples = append(s.samples, s.sample())
		case <-s.stop:
			s.last(period)
			return
		}
	}
}

// last takes the last sample. It replaces one that was taken just before:
// shares of too short a time mean nothing.
func (s *sampler) last(period time.Duration) {
	last := s.sample()
	if n := len(s.samples); n > 1 && last.At-s.samples[n-1].At < period/2 {
		s.samples = s.samples[:n-1]
	}
	s.samples = append(s.samples, last)
}

// finish takes the last sample and returns all.
func (s *sampler) finish() []metrics.UsageSample {
	close(s.stop)
	<-s.stopped
	return s.samples
}

func (s *sampler) sample() metrics.UsageSample {
	u := metrics.UsageSample{
		At:         time.Since(s.start),
		Goroutines: runtime.NumGoroutine(),
		Heap:       heap(),
		Resident:   usage.Resident(),
	}
	if now := usage.Processor(); now != nil && s.base != nil {
		since := now.Sub(*s.base)
		u.Processor = &since
	}
	return u
}

// heap is what the objects on the heap take, in bytes. Unlike
// runtime.ReadMemStats it does not stop the program.
func heap() int64 {
	s := []runtimemetrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	runtimemetrics.Read(s)
	return int64(s[0].Value.Uint64())
}

// Machine says on what a cost was measured, in one line.
func Machine() string {
	cores := "1 core"
	if n := runtime.NumCPU(); n > 1 {
		cores = fmt.Sprintf("%d cores", n)
	}
	return fmt.Sprintf("%s/%s, %s, %s", runtime.GOOS, runtime.GOARCH, cores, runtime.Version())
}
