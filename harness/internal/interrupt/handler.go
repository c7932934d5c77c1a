// Package interrupt ends a command by signals without leaving files half
// written.
package interrupt

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// A Handler is what SIGINT and SIGTERM do to a command. The first ends its
// context. The second ends the process as soon as the files that are being
// written are complete, and removes what is not finished; a third does not wait
// for that. The zero Handler is ready.
type Handler struct {
	writing    sync.Mutex // held while files are written
	mu         sync.Mutex
	unfinished map[int]func() // removes what has been begun and may never be finished
	next       int
}

// Watch returns a context that the first signal ends. The function it returns
// gives signals back their usual meaning.
func (h *Handler) Watch(parent context.Context) (ctx context.Context, stop func()) {
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
			h.end(which)
		case <-stopped:
		}
	}()
	return ctx, func() {
		signal.Stop(received)
		close(stopped)
		cancel()
	}
}

// Write runs what writes files. It is not cut short by a second signal, and not
// begun after it.
func (h *Handler) Write(do func() error) error {
	h.writing.Lock()
	defer h.writing.Unlock()
	return do()
}

// OnEnd has a second signal call remove, until the function it returns is
// called.
func (h *Handler) OnEnd(remove func()) (forget func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.unfinished == nil {
		h.unfinished = map[int]func(){}
	}
	id := h.next
	h.next++
	h.unfinished[id] = remove
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.unfinished, id)
	}
}

// end removes what is unfinished and ends the process by the signal.
func (h *Handler) end(which os.Signal) {
	h.writing.Lock() // for good: nothing is written any more
	h.mu.Lock()
	for _, remove := range h.unfinished {
		remove()
	}
	signal.Reset(which)
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(which) == nil {
		time.Sleep(time.Second) // it is on its way
	}
	os.Exit(130) // where a process cannot signal itself: what shells say of SIGINT
}
