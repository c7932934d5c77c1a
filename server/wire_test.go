package server_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/server"
	"ratebench/server/memnet"
)

// A wire is a real net/http server whose connections are in memory, in a
// synctest bubble: what a slow client costs is seen without waiting for it.
type wire struct {
	t      *testing.T
	api    *server.API
	ln     *memnet.Listener
	errors bytes.Buffer // what net/http logs
}

// onWire starts a server and calls f in a bubble. Nothing that f does may make
// net/http log, or leave a request under way.
func onWire(t *testing.T, change func(*server.Config), f func(*wire)) {
	t.Helper()
	onWireWith(t, change, server.APIConfig{}, f)
}

func onWireWith(t *testing.T, change func(*server.Config), c server.APIConfig, f func(*wire)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{t: t, ln: memnet.Listen()}
		var err error
		w.api, err = server.NewAPI(newServer(t, change), server.WallClock(t.Context()), c)
		if err != nil {
			t.Fatal(err)
		}
		h := server.HTTPServer(w.api)
		h.ErrorLog = log.New(&w.errors, "", 0)
		served := make(chan error)
		go func() { served <- h.Serve(w.ln) }()
		f(w)
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != http.ErrServerClosed {
			t.Errorf("served until %v, want %v", err, http.ErrServerClosed)
		}
		time.Sleep(time.Second) // net/http lingers on connections that it gave up
		synctest.Wait()
		if w.errors.Len() > 0 {
			t.Errorf("net/http logs %s", &w.errors)
		}
		if n := w.api.InFlight(); n != 0 {
			t.Errorf("%d requests are still under way", n)
		}
	})
}

// dial returns the client's end of a new connection.
func (w *wire) dial() net.Conn {
	conn, err := w.ln.Dial(w.t.Context(), "", "")
	if err != nil {
		w.t.Fatal(err)
	}
	return conn
}

// say sends input, as far as the server takes it, and returns everything
// that is answered before time passes.
func (w *wire) say(input string) string {
	client := w.dial()
	var out bytes.Buffer
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(&out, client) })         // ends when the connection does
	both.Go(func() { _, _ = io.WriteString(client, input) }) // fails if the server hangs up
	synctest.Wait()
	_ = client.Close()
	both.Wait()
	return out.String()
}

// alive wants a well-formed request to be answered.
func (w *wire) alive() {
	w.t.Helper()
	got := w.say(get("api_key=" + server.DefaultKeys()[4] + "&nonce=1&req_id=7"))
	if !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") || !strings.HasSuffix(got, ok7) {
		w.t.Errorf("afterwards a good request is answered\n%s", got)
	}
}

// get is a request with that query.
func get(query string) string {
	return "GET " + server.Path + "?" + query + " HTTP/1.1\r\nHost: x\r\n\r\n"
}

// statuses reads the answers to requests of that method.
func statuses(t *testing.T, method, answers string) []int {
	t.Helper()
	var got []int
	r := bufio.NewReader(strings.NewReader(answers))
	for {
		res, err := http.ReadResponse(r, &http.Request{Method: method})
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, answers)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatalf("%v in\n%s", err, answers)
		}
		got = append(got, res.StatusCode)
	}
}
