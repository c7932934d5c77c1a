//go:build !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package folder

import "os"

// lock has no lock to offer here: it is for whoever starts two runs into one
// folder to know.
func lock(*os.File, bool) bool { return true }
