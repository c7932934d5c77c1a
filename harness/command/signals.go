package command

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// signals is what SIGINT and SIGTERM do to a command. The first ends its
// context. The second ends the process as soon as the files that are being
// written are complete, and removes what is not finished; a third does not wait
// for that.
type signals struct {
	writing    sync.Mutex // held while files are written
	mu         sync.Mutex
	unfinished map[int]func() // removes what has been begun and may never be finished
	next       int
}

// watch returns a context that the first signal ends. The function it returns
// gives signals back their usual meaning.
func (s *signals) watch(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(parent)
	received, stopped := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(received, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-received:
			cancel()
		case <-stopped:
			return
		}
		select {
		case which := <-received:
			signal.Stop(received) // the next one kills
			s.end(which)
		case <-stopped:
		}
	}()
	return ctx, func() {
		signal.Stop(received)
		close(stopped)
		cancel()
	}
}

// write runs what writes files. It is not cut short by a second signal, and not
// begun after it.
func (s *signals) write(do func() error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return do()
}

// onEnd has a second signal call remove, until the function it returns is
// called.
func (s *signals) onEnd(remove func()) (forget func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unfinished == nil {
		s.unfinished = map[int]func(){}
	}
	id := s.next
	s.next++
	s.unfinished[id] = remove
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.unfinished, id)
	}
}

// end removes what is unfinished and ends the process by the signal.
func (s *signals) end(which os.Signal) {
	s.writing.Lock() // for good: nothing is written any more
	s.mu.Lock()
	for _, remove := range s.unfinished {
		remove()
	}
	signal.Reset(which)
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(which) == nil {
		time.Sleep(time.Second) // it is on its way
	}
	os.Exit(exitInterrupted) // where a process cannot signal itself
}
