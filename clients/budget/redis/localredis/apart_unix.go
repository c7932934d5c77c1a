//go:build unix && !linux

package localredis

import "syscall"

// apart keeps the signals of a terminal from the server.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
