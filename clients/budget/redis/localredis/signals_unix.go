//go:build unix

package localredis

import "syscall"

const (
	pause   = syscall.SIGSTOP
	proceed = syscall.SIGCONT
)
