package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/server"
)

// lifetime is how long the server keeps up a connection on which the client
// sends text once and then drop, if any, every second; and what it answers.
func (w *wire) lifetime(text, drop string) (took time.Duration, answers string) {
	client := w.dial()
	begin := time.Now()
	go func() {
		_, err := io.WriteString(client, text)
		for drop != "" && err == nil {
			time.Sleep(time.Second)
			_, err = io.WriteString(client, drop)
		}
	}()
	got, err := io.ReadAll(client)
	if err != nil {
		w.t.Error(err)
	}
	return time.Since(begin), string(got)
}

// Clients that are slow or silent are let go of after a time.
func TestSlowClients(t *testing.T) {
	form := "GET " + server.Path + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + formType + "\r\n"
	tests := []struct {
		name       string
		text, drop string
		want       time.Duration
		statuses   []int
	}{
		{"silent", "", "", 5 * time.Second, nil},
		{"a request line in drops", "GET " + server.Path, "x", 5 * time.Second, []int{400}},
		{"a header in drops", form, "X: 1\r\n", 5 * time.Second, nil},
		{"a body in drops", form + "Content-Length: 1000\r\n\r\n", "x", 30 * time.Second, []int{408}},
		{"chunks in drops", form + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", 30 * time.Second, []int{408}},
		{"idle after an answer", get("nonce=1"), "", 2 * time.Minute, []int{401}},
		{"the next header in drops", get("nonce=1") + "GET ", "x", 5 * time.Second, []int{401, 400}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			onWire(t, nil, func(w *wire) {
				took, answers := w.lifetime(tt.text, tt.drop)
				linger := time.Second // the pace of the drops
				if tt.drop == "" {
					linger = 0
				}
				if took < tt.want || took > tt.want+linger {
					t.Errorf("let go of after %v, want %v", took, tt.want)
				}
				if got := statuses(t, "GET", answers); fmt.Sprint(got) != fmt.Sprint(tt.statuses) {
					t.Errorf("statuses %d, want %d", got, tt.statuses)
				}
				w.alive()
			})
		})
	}
}

// Clients that are slow to send a body take nobody's place, and nobody waits
// for them when the server drains.
func TestSlowBodiesTakeNoPlace(t *testing.T) {
	config := server.APIConfig{MaxConcurrent: 1}
	onWireWith(t, nil, config, func(w *wire) {
		const body = "api_key=" + validKey + "&nonce=5&req_id=7"
		send := func(c net.Conn, text string) {
			t.Helper()
			if _, err := io.WriteString(c, text); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		var slow []net.Conn
		for range 20 {
			c := w.dial()
			defer c.Close()
			send(c, fmt.Sprintf("GET %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", server.Path, formType, len(body), body[:5]))
			slow = append(slow, c)
		}
		if n := w.api.InFlight(); n != 0 {
			t.Errorf("%d requests are being handled that are not in", n)
		}
		w.alive()
		if got := ask(t, slow[0], bufio.NewReader(slow[0]), body[5:]); got != http.StatusOK {
			t.Errorf("a slow one is answered %d in the end, want 200", got)
		}
		begin := time.Now()
		if err := w.api.Drain(w.t.Context()); err != nil || time.Since(begin) != 0 {
			t.Errorf("drained after %v, %v; want at once", time.Since(begin), err)
		}
		if got := ask(t, slow[1], bufio.NewReader(slow[1]), body[5:]); got != http.StatusServiceUnavailable {
			t.Errorf("one that is in after that is answered %d, want 503", got)
		}
	})
}

// Nor do clients that are slow to read their answers.
func TestSlowReadersTakeNoPlace(t *testing.T) {
	onWireWith(t, nil, server.APIConfig{MaxConcurrent: 1}, func(w *wire) {
		for i := range 3 {
			c := w.dial()
			defer c.Close()
			if _, err := io.WriteString(c, get(fmt.Sprintf("api_key=%s&nonce=%d&req_id=%s", validKey, i+1, strings.Repeat("x", 60_000)))); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if n := w.api.InFlight(); n != 0 {
				t.Errorf("%d requests are being handled whose answers are ready", n)
			}
		}
		w.alive()
	})
}

// A client that does not read its answers is let go of, whether the answer
// is large or small.
func TestClientThatDoesNotRead(t *testing.T) {
	for _, n := range []int{1, 60_000} {
		onWire(t, nil, func(w *wire) {
			client := w.dial()
			if _, err := io.WriteString(client, get("api_key="+validKey+"&nonce=1&req_id="+strings.Repeat("x", n))); err != nil {
				t.Fatal(err)
			}
			time.Sleep(9 * time.Second)
			synctest.Wait()
			if _, err := client.Write([]byte("G")); err != nil {
				t.Errorf("answer to %d bytes: after 9s: %v", n, err)
			}
			time.Sleep(2 * time.Second)
			synctest.Wait()
			if _, err := client.Write([]byte("G")); err != io.ErrClosedPipe {
				t.Errorf("answer to %d bytes: after 11s: error %v, want a closed connection", n, err)
			}
			w.alive()
		})
	}
}

// Latencies are no business of the timeouts.
func TestLatencyAboveAllTimeouts(t *testing.T) {
	onWire(t, func(c *server.Config) {
		c.Latency = func(int, uint64) (in, out time.Duration) { return time.Hour, time.Hour }
	}, func(w *wire) {
		client := w.dial()
		defer client.Close()
		r := bufio.NewReader(client)
		for nonce := 1; nonce <= 2; nonce++ { // on one connection
			if got := ask(t, client, r, get(fmt.Sprintf("api_key=%s&nonce=%d", validKey, nonce))); got != http.StatusOK {
				t.Errorf("status %d, want 200", got)
			}
		}
		// net/http's own answers have their time, too.
		time.Sleep(time.Minute)
		if got := ask(t, client, r, "noise\r\n\r\n"); got != http.StatusBadRequest {
			t.Errorf("status %d, want 400", got)
		}
	})
}

// ask sends a request and waits for the status of the answer.
func ask(t *testing.T, c net.Conn, r *bufio.Reader, request string) (status int) {
	t.Helper()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode
}
