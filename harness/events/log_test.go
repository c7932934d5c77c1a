package events

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"

	"ratebench/clients"
)

// memory is a file that remembers how often it was closed.
type memory struct {
	bytes.Buffer
	closed int
}

func (m *memory) Close() error { m.closed++; return nil }

// failures are what a log complained of.
type failures struct{ errs []error }

func (f *failures) add(err error) error {
	f.errs = append(f.errs, err)
	return err
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// write writes events of so many requests, and returns the file.
func write(t *testing.T, requests int) []byte {
	t.Helper()
	file := &memory{}
	l, err := newLog(file, Header{}, start, (&failures{}).add)
	if err != nil {
		t.Fatal(err)
	}
	for id := range requests {
		l.Observe(&clients.Event{Time: at(ms), Kind: clients.Generated, Request: clients.Request{ID: int64(id)}})
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if file.closed != 1 {
		t.Errorf("closed %d times", file.closed)
	}
	return file.Bytes()
}

func TestSameEventsSameBytes(t *testing.T) {
	for _, n := range []int{0, 1, batchEvents - 1, batchEvents, 20 * batchEvents} {
		if a, b := write(t, n), write(t, n); !bytes.Equal(a, b) {
			t.Errorf("%d events: two files of %d and %d bytes differ", n, len(a), len(b))
		}
	}
}

// Told by many goroutines at once, a log has every event, those of each
// goroutine in their order.
func TestManyTell(t *testing.T) {
	const tellers, each = 8, 1000
	file := &memory{}
	l, err := newLog(file, Header{SchemaVersion: SchemaVersion}, start, (&failures{}).add)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for key := range tellers {
		wg.Go(func() {
			for id := range each {
				l.Observe(&clients.Event{Time: at(0), Kind: clients.Sent, Request: clients.Request{ID: int64(id)}, Key: key})
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	next := make([]int64, tellers)
	if _, err := Read(file, func(l Line) {
		if l.ID != next[*l.Key] {
			t.Fatalf("key %d: event %d, want %d", *l.Key, l.ID, next[*l.Key])
		}
		next[*l.Key]++
	}); err != nil {
		t.Fatal(err)
	}
	for key, n := range next {
		if n != each {
			t.Errorf("key %d: %d events, want %d", key, n, each)
		}
	}
}

// stuck is a file whose first Write waits to be let go.
type stuck struct {
	memory
	wait chan struct{}
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.wait
	return s.memory.Write(p)
}

// A log keeps no more than its batches: a disk that is stuck holds up the run.
func TestMemoryIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := &stuck{wait: make(chan struct{})}
		l, err := newLog(file, Header{SchemaVersion: SchemaVersion}, start, (&failures{}).add)
		if err != nil {
			t.Fatal(err)
		}
		const all = 20_000 // several times what fits
		told := 0
		done := make(chan struct{})
		go func() {
			defer close(done)
			for ; told < all; told++ {
				// Numbers that do not compress well.
				l.Observe(&clients.Event{Time: at(ms), Kind: clients.Generated, Request: clients.Request{ID: int64(told) * 7_777_777_777_777}})
			}
		}()
		synctest.Wait()
		if told == all {
			t.Errorf("took %d events while nothing could be written", told)
		}
		close(file.wait)
		<-done
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		n := 0
		if _, err := Read(file, func(Line) { n++ }); err != nil || n != all {
			t.Errorf("%d events, want %d; error %v", n, all, err)
		}
	})
}

// A brokenFile takes so many bytes.
type brokenFile struct {
	memory
	room     int
	closeErr error
}

var errFull = errors.New("no space left")

func (b *brokenFile) Write(p []byte) (int, error) {
	if b.room -= len(p); b.room < 0 {
		return 0, errFull
	}
	return b.memory.Write(p)
}

func (b *brokenFile) Close() error { b.closed++; return b.closeErr }

// Whenever something goes wrong, it is told at once, once, and told again at
// the end; the run goes on meanwhile.
func TestBrokenFile(t *testing.T) {
	for name, file := range map[string]*brokenFile{
		"from the start": {},
		"in the middle":  {room: len(write(t, 10_000))},
		"at the end":     {room: len(write(t, 20_000)) - 10},
		"when closed":    {room: 1 << 30, closeErr: errFull},
	} {
		t.Run(name, func(t *testing.T) {
			f := &failures{}
			l, err := newLog(file, Header{}, start, f.add)
			if err != nil {
				t.Fatal(err)
			}
			for id := range 20_000 {
				l.Observe(&clients.Event{Time: at(ms), Kind: clients.Generated, Request: clients.Request{ID: int64(id)}})
			}
			if err := l.Close(); !errors.Is(err, errFull) {
				t.Errorf("Close returned %v", err)
			}
			if len(f.errs) != 1 || !errors.Is(f.errs[0], errFull) {
				t.Errorf("failures %v, want one", f.errs)
			}
			if file.closed != 1 {
				t.Errorf("closed %d times", file.closed)
			}
		})
	}
}
