//go:build !unix

package localredis

import (
	"os"
	"syscall"
)

func apart() *syscall.SysProcAttr { return nil }

// There is no such signal here, which whoever sends it is told.
var pause, proceed os.Signal = syscall.Signal(0), syscall.Signal(0)
