package metrics

import (
	"sync"
	"time"

	"ratebench/clients"
)

// Shared is a Recorder for many goroutines at once.
type Shared struct {
	mu       sync.Mutex
	recorder *Recorder
}

var _ clients.Observer = (*Shared)(nil)

// Share returns a recorder for many goroutines, in place of r.
func Share(r *Recorder) *Shared { return &Shared{recorder: r} }

// Observe implements clients.Observer.
func (s *Shared) Observe(e *clients.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recorder.Observe(e)
}

// Progress is that of the Recorder.
func (s *Shared) Progress(now time.Time) Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.recorder.Progress(now)
}

// Finish is that of the Recorder.
func (s *Shared) Finish(end time.Time) Run {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.recorder.Finish(end)
}
