package loadtest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"ratebench/harness/serving"
	"ratebench/server"
)

func pcts(x []time.Duration) string {
	slices.Sort(x)
	q := func(p float64) time.Duration { return x[int(p*float64(len(x)-1))].Round(time.Microsecond) }
	return fmt.Sprint(len(x), " p50 ", q(.5), " p90 ", q(.9), " p99 ", q(.99), " max ", q(1))
}

func TestLat(t *testing.T) {
	n := 5000
	if s := os.Getenv("CONNS"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	spread, _ := time.ParseDuration(os.Getenv("SPREAD"))
	pause, _ := time.ParseDuration(os.Getenv("PAUSE"))
	waves := 10
	srv, err := server.New(server.Config{Keys: server.Keys(n), Limit: server.Limit{N: 1, Window: time.Nanosecond},
		Latency: func(int, uint64) (in, out time.Duration) { return 25 * time.Millisecond, 25 * time.Millisecond }})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var inside []time.Duration
	peak := 0
	cur := 0
	site, err := serving.New(srv, server.WallClock(context.Background()), serving.Config{Observe: func(h server.Handled) {
		mu.Lock()
		inside = append(inside, h.Took-h.Injected)
		mu.Unlock()
	}})
	_ = peak
	_ = cur
	if err != nil {
		t.Fatal(err)
	}
	var api http.Handler = site
	ml := &memL{make(chan net.Conn), make(chan struct{})}
	hs := server.HTTPServer(api)
	if os.Getenv("NODL") != "" {
		hs = &http.Server{Handler: api}
	}
	go hs.Serve(ml)
	addr := serve(t, server.HTTPServer(api))
	keys := server.Keys(n)
	var wg sync.WaitGroup
	var outside []time.Duration
	start := time.Now().Add(2 * time.Second)
	for i := range n {
		wg.Go(func() {
			if os.Getenv("DIRECT") != "" {
				for w := range waves {
					at := start.Add(time.Duration(w) * pause).Add(spread * time.Duration(i) / time.Duration(n))
					time.Sleep(time.Until(at))
					begin := time.Now()
					req, _ := http.NewRequest("GET", fmt.Sprintf("/api/request?api_key=%s&nonce=%d&req_id=7", keys[i], w), nil)
					rw := &dw{h: http.Header{}}
					site.ServeHTTP(rw, req)
					if rw.st != 200 {
						t.Error(rw.st)
					}
					took := time.Since(begin) - 50*time.Millisecond
					mu.Lock()
					outside = append(outside, took)
					mu.Unlock()
				}
				return
			}
			var c net.Conn
			if os.Getenv("PIPE") != "" {
				c = ml.dial()
			} else {
				c, err = net.Dial("tcp", addr)
			}
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			r := bufio.NewReaderSize(c, 512)
			for w := range waves {
				at := start.Add(time.Duration(w) * pause).Add(spread * time.Duration(i) / time.Duration(n))
				time.Sleep(time.Until(at))
				begin := time.Now()
				fmt.Fprintf(c, "GET /api/request?api_key=%s&nonce=%d&req_id=7 HTTP/1.1\r\nHost: x\r\n\r\n", keys[i], w)
				length := 0
				for first := true; ; first = false {
					line, err := r.ReadSlice('\n')
					if err != nil {
						t.Error(err)
						return
					}
					if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
						t.Errorf("%q", line)
						return
					}
					if len(line) == 2 {
						break
					}
					if v, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
						for _, ch := range bytes.TrimSpace(v) {
							length = length*10 + int(ch-'0')
						}
					}
				}
				r.Discard(length)
				took := time.Since(begin) - 50*time.Millisecond
				mu.Lock()
				outside = append(outside, took)
				mu.Unlock()
			}
		})
	}
	var ms runtime.MemStats
	wg.Wait()
	runtime.ReadMemStats(&ms)
	fmt.Println("spread", spread, "pause", pause, "took", time.Since(start), "gcs", ms.NumGC)
	fmt.Println("  inside ", pcts(inside))
	fmt.Println("  outside", pcts(outside))
}


type memL struct {
	c chan net.Conn
	d chan struct{}
}

func (l *memL) Accept() (net.Conn, error) { return <-l.c, nil }
func (l *memL) Close() error              { return nil }
func (l *memL) Addr() net.Addr            { return &net.UnixAddr{} }
func (l *memL) dial() net.Conn {
	a, b := net.Pipe()
	l.c <- b
	return a
}

type dw struct {
	h  http.Header
	st int
}

func (d *dw) Header() http.Header              { return d.h }
func (d *dw) Write(p []byte) (int, error)      { return len(p), nil }
func (d *dw) WriteHeader(s int)                { d.st = s }
func (d *dw) SetWriteDeadline(time.Time) error { return nil }
