// Package terminal says how wide a terminal is.
package terminal

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// narrowest is the least width that tables are fitted to.
const narrowest = 40

// Width is how many characters a line on w has room for: what the environment
// variable COLUMNS says, or else the terminal that w is; otherwise is where neither
// does. Never less than 40.
func Width(w io.Writer, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return max(n, narrowest)
	}
	if f, ok := w.(interface{ Fd() uintptr }); ok { // as *os.File has
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return max(n, narrowest)
		}
	}
	return otherwise
}
