package loadtest

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strconv"

	"ratebench/server"
)

// A Connection sends over a connection that is kept. It costs as little as
// possible, so that what is measured is the server.
type Connection struct {
	conn    net.Conn
	reader  *bufio.Reader
	prefix  string
	request []byte
}

var _ Sender = (*Connection)(nil)

// Dial connects to a server on the loopback, and to no other, for requests
// with this key.
func Dial(address, key string) (*Connection, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("got address %s, want one on the loopback", address)
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &Connection{
		conn:   conn,
		reader: bufio.NewReaderSize(conn, 512),
		prefix: "GET " + server.Path + "?api_key=" + key + "&req_id=7&nonce=",
	}, nil
}

// Close closes the connection.
func (c *Connection) Close() error { return c.conn.Close() }

// Send implements Sender.
func (c *Connection) Send(nonce int64) (status int, err error) {
	c.request = append(c.request[:0], c.prefix...)
	c.request = strconv.AppendInt(c.request, nonce, 10)
	c.request = append(c.request, " HTTP/1.1\r\nHost: localhost\r\n\r\n"...)
	if _, err := c.conn.Write(c.request); err != nil {
		return 0, err
	}
	return c.answer()
}

// answer reads the status, and over all the rest.
func (c *Connection) answer() (status int, err error) {
	line, err := c.reader.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(line, []byte(" "))
	status, ok := number(rest)
	if !ok {
		return 0, fmt.Errorf("got %q, want a status", line)
	}
	length := 0
	for len(line) > len("\r\n") {
		if line, err = c.reader.ReadSlice('\n'); err != nil {
			return 0, err
		}
		if value, found := bytes.CutPrefix(line, []byte("Content-Length: ")); found {
			if length, ok = number(value); !ok {
				return 0, fmt.Errorf("got %q, want a length", line)
			}
		}
	}
	_, err = c.reader.Discard(length)
	return status, err
}

// number reads the digits at the beginning of text.
func number(text []byte) (n int, ok bool) {
	for _, c := range text {
		if c < '0' || c > '9' {
			break
		}
		n, ok = 10*n+int(c-'0'), true
	}
	return n, ok
}
