package localredis

import (
	"fmt"
	"os"
	"syscall"
)

// reserve finds a free port of the loopback. Until held is closed, or nobody knows it
// any more, whoever asks for the port by its number can listen on it, and nobody is
// given it who asks for any: a server that is started again finds its port free.
func reserve() (addr string, held *os.File, err error) {
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return "", nil, os.NewSyscallError("socket", err)
	}
	held = os.NewFile(uintptr(s), "port")
	if err := syscall.SetsockoptInt(s, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return "", nil, os.NewSyscallError("setsockopt", err)
	}
	if err := syscall.Bind(s, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return "", nil, os.NewSyscallError("bind", err)
	}
	bound, err := syscall.Getsockname(s)
	if err != nil {
		return "", nil, os.NewSyscallError("getsockname", err)
	}
	return fmt.Sprintf("127.0.0.1:%d", bound.(*syscall.SockaddrInet4).Port), held, nil
}
