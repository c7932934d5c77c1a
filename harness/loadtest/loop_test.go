package loadtest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/pprof"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ratebench/server"
)

func serve(t testing.TB, h *http.Server) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go h.Serve(ln)
	t.Cleanup(func() { h.Close() })
	return ln.Addr().String()
}

func load(t testing.TB, addr string, conns int, d time.Duration, start *atomic.Int64) float64 {
	keys := server.Keys(conns)
	var stop atomic.Bool
	var total atomic.Int64
	var wg sync.WaitGroup
	begin := time.Now()
	time.AfterFunc(d, func() { stop.Store(true) })
	base := start.Add(1) * 1_000_000
	for i := range conns {
		wg.Go(func() {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			r := bufio.NewReader(c)
			n := 0
			nonce := 1_000_000_000_000 + int(base)
			var buf []byte
			for !stop.Load() {
				nonce++
				buf = append(buf[:0], "GET /api/request?api_key="...)
				buf = append(buf, keys[i]...)
				buf = append(buf, "&nonce="...)
				buf = strconv.AppendInt(buf, int64(nonce), 10)
				buf = append(buf, "&req_id=7 HTTP/1.1\r\nHost: x\r\n\r\n"...)
				c.Write(buf)
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
				n++
			}
			total.Add(int64(n))
		})
	}
	wg.Wait()
	return float64(total.Load()) / time.Since(begin).Seconds()
}

func TestQuick(t *testing.T) {
	conns := 64
	if s := os.Getenv("CONNS"); s != "" {
		conns, _ = strconv.Atoi(s)
	}
	srv, err := server.New(server.Config{Keys: server.Keys(conns), Limit: server.Limit{N: 1_00_000, Window: time.Nanosecond}})
	if err != nil {
		t.Fatal(err)
	}
	empty := serve(t, &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})})
	guarded := serve(t, server.HTTPServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	full := serve(t, server.HTTPServer(server.Handler(srv, server.WallClock(context.Background()))))
	var a, b, c []float64
	var start atomic.Int64
	for i := range 9 {
		a = append(a, load(t, empty, conns, 300*time.Millisecond, &start))
		if p := os.Getenv("PROF"); p != "" && i == 2 {
			f, _ := os.Create(p)
			pprof.StartCPUProfile(f)
		}
		b = append(b, load(t, full, conns, 300*time.Millisecond, &start))
		c = append(c, load(t, guarded, conns, 300*time.Millisecond, &start))
	}
	pprof.StopCPUProfile()
	slices.Sort(a)
	slices.Sort(b)
	slices.Sort(c)
	fmt.Println(a[4], c[4], b[4], b[4]/a[4], b[4]/c[4])
}
