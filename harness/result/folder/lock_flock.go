//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package folder

import (
	"errors"
	"os"
	"syscall"
)

// lock locks a folder itself, so that no file is left behind, for as long as it
// is open. It reports false if another process has it and wait is false. A file
// system that knows no locks has none.
func lock(folder *os.File, wait bool) bool {
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		err := syscall.Flock(int(folder.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			return !errors.Is(err, syscall.EWOULDBLOCK)
		}
	}
}
