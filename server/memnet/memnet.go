// Package memnet has a listener whose connections are in memory. With it a real
// net/http server and a real client meet in a testing/synctest bubble, where
// sockets would keep its clock from moving on; and a test needs no port.
//
// It knows neither server nor client, so that the tests of both may use it.
package memnet

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
)

// A Listener is a net.Listener for connections that Dial makes. It is safe for
// concurrent use.
type Listener struct {
	conns   chan net.Conn
	dialled atomic.Int64

	once   sync.Once
	closed chan struct{}
}

var _ net.Listener = (*Listener)(nil)

// Listen returns an open listener. Inside a bubble it belongs to the bubble.
func Listen() *Listener {
	return &Listener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept waits for the next connection. It returns net.ErrClosed after Close.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and Dial. Connections that are there stay.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is 127.0.0.1:80, where nobody else can be met.
func (l *Listener) Addr() net.Addr { return serverAddr() }

func serverAddr() *net.TCPAddr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

// Dial connects to the listener, whatever the network and the address; it is an
// http.Transport's DialContext. It waits until the connection is accepted, and
// returns net.ErrClosed when the listener has been closed, or the context's
// error.
//
// A connection has no buffer: whoever writes waits for the reader.
func (l *Listener) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	const firstPort, ports = 1 << 15, 1 << 15
	port := firstPort + int(l.dialled.Add(1)-1)%ports
	client := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
	here, there := net.Pipe()
	select {
	case l.conns <- conn{there, serverAddr(), client}:
		return conn{here, client, serverAddr()}, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A conn is one end of a pipe, with the addresses that it would have on the
// loopback.
type conn struct {
	net.Conn
	local, remote *net.TCPAddr
}

func (c conn) LocalAddr() net.Addr  { return c.local }
func (c conn) RemoteAddr() net.Addr { return c.remote }
