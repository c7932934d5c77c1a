package isolate

import (
	"fmt"
	"runtime"
)

// Machine says on what a cost was measured, in one line.
func Machine() string {
	cores := "1 core"
	if n := runtime.NumCPU(); n > 1 {
		cores = fmt.Sprintf("%d cores", n)
	}
	return fmt.Sprintf("%s/%s, %s, %s", runtime.GOOS, runtime.GOARCH, cores, runtime.Version())
}
