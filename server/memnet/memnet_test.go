package memnet_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/server/memnet"
)

// A server and a client meet in a bubble, and see each other's addresses; a
// day's wait in between takes no time.
func TestHTTPInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := memnet.Listen()
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(24 * time.Hour)
			_, _ = io.WriteString(w, r.RemoteAddr)
		})}
		served := make(chan error)
		go func() { served <- s.Serve(ln) }()
		transport := &http.Transport{DialContext: ln.Dial, DisableKeepAlives: true}
		start := time.Now()
		for _, want := range []string{"127.0.0.1:32768", "127.0.0.1:32769"} {
			resp, err := (&http.Client{Transport: transport}).Get("http://anywhere/")
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err != nil || string(body) != want {
				t.Errorf("the server sees %q, %v; want %s", body, err, want)
			}
		}
		if took := time.Since(start); took != 48*time.Hour {
			t.Errorf("took %v, want two days", took)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("served until %v", err)
		}
		time.Sleep(time.Second) // net/http lingers on connections that it closes
	})
}

func TestAddresses(t *testing.T) {
	ln := memnet.Listen()
	accepted := make(chan net.Conn)
	go func() {
		c, err := ln.Accept()
		if err != nil {
			t.Error(err)
		}
		accepted <- c
	}()
	here, err := ln.Dial(t.Context(), "tcp", "example.com:443")
	if err != nil {
		t.Fatal(err)
	}
	there := <-accepted
	if here.LocalAddr().String() != there.RemoteAddr().String() || there.LocalAddr().String() != here.RemoteAddr().String() {
		t.Errorf("ends are %v to %v and %v to %v", here.LocalAddr(), here.RemoteAddr(), there.LocalAddr(), there.RemoteAddr())
	}
	if got := here.RemoteAddr().String(); got != ln.Addr().String() {
		t.Errorf("dialled %s, want %s", got, ln.Addr())
	}
}

// Nobody who waits is left waiting.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := memnet.Listen()
		errs := make(chan error)
		go func() {
			_, err := ln.Dial(t.Context(), "", "")
			errs <- err
		}()
		synctest.Wait()
		_, _ = ln.Close(), ln.Close()
		if err := <-errs; !errors.Is(err, net.ErrClosed) {
			t.Errorf("Dial: %v, want %v", err, net.ErrClosed)
		}
		if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Accept: %v, want %v", err, net.ErrClosed)
		}
	})
}

func TestDialEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		ln, start := memnet.Listen(), time.Now()
		for range 2 { // the second time it has ended before
			if _, err := ln.Dial(ctx, "", ""); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Hour {
				t.Errorf("Dial: %v after %v", err, time.Since(start))
			}
		}
	})
}
