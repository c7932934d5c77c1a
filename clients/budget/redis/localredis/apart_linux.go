package localredis

import "syscall"

// apart keeps the signals of a terminal from the server, which ends with the
// process that started it, however that ends.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
