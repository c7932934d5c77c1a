package events

import (
	"io"
	"sync"
	"time"

	"ratebench/clients"
)

const (
	batchEvents = 256 // 64 KiB
	batches     = 3   // of a log: one is filled while the others are written
)

// A Log writes the events of one run to a file while they happen. It may be
// told of them from many goroutines at once and costs them little, because
// encoding and compression are left to a goroutine of its own. When events come
// faster than they can be written, whoever tells of them waits: a log takes the
// same memory however long the run is.
type Log struct {
	mu    sync.Mutex
	batch []clients.Event      // not handed on yet
	full  chan []clients.Event // to be written
	empty chan []clients.Event // have been written
	end   chan error           // what became of the file
}

var _ clients.Observer = (*Log)(nil)

// newLog starts the log of a run that begins at start. It closes file in the
// end. Fail is called with the first error, and returns it as it is reported.
func newLog(file io.WriteCloser, h Header, start time.Time, fail func(error) error) (*Log, error) {
	w, err := newWriter(file, h, start)
	if err != nil {
		_ = file.Close() // the first error says more
		return nil, fail(err)
	}
	l := &Log{
		batch: make([]clients.Event, 0, batchEvents),
		full:  make(chan []clients.Event, batches),
		empty: make(chan []clients.Event, batches),
		end:   make(chan error, 1),
	}
	for range batches - 1 {
		l.empty <- make([]clients.Event, 0, batchEvents)
	}
	go func() { l.end <- l.write(w, file, fail) }()
	return l, nil
}

// Observe implements clients.Observer.
func (l *Log) Observe(e *clients.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batch = append(l.batch, *e)
	if len(l.batch) == batchEvents {
		l.full <- l.batch
		l.batch = <-l.empty
	}
}

// Close ends the log and reports whether the file has every event. It is
// called once, after the last event.
func (l *Log) Close() error {
	l.full <- l.batch
	close(l.full)
	return <-l.end
}

// write writes batches until there are no more. Once something has gone wrong
// it only takes them.
func (l *Log) write(w *writer, file io.Closer, fail func(error) error) (failed error) {
	check := func(err error) {
		if failed == nil && err != nil {
			failed = fail(err)
		}
	}
	for batch := range l.full {
		if failed == nil {
			check(w.write(batch))
		}
		l.empty <- batch[:0]
	}
	check(w.close())
	check(file.Close())
	return failed
}
