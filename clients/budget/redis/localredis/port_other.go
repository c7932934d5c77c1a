//go:build !linux

package localredis

import (
	"net"
	"os"
)

// reserve finds a free port of the loopback. It is not held here: somebody else may
// take it first.
func reserve() (addr string, held *os.File, err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	return ln.Addr().String(), nil, ln.Close()
}
