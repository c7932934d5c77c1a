package folder

import (
	"fmt"
	"os"
)

// Lock keeps other processes from writing results to a folder, which it
// makes if it is missing, until the function it returns is called or the process
// ends, however it does. A folder that another process has locked is an error.
func Lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("create folder for results: %w", err)
	}
	folder, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("write results to %s: %w", dir, err)
	}
	if !lock(folder, false) {
		_ = folder.Close()
		return nil, fmt.Errorf("%s is locked: another ratebench is writing results to it; wait for it, or choose another folder", dir)
	}
	return func() { _ = folder.Close() }, nil
}

// WhileLocked waits for the lock of a folder and holds it while do runs. For a
// folder that is not there, do has to find out.
func WhileLocked(dir string, do func() error) error {
	folder, err := os.Open(dir)
	if err != nil {
		return do()
	}
	defer folder.Close()
	lock(folder, true)
	return do()
}
