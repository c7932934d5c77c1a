package command

import (
	"errors"
	"io"
	"sync"
)

// An output is the standard output, which remembers what went wrong with it: what
// prints a line or a page of help does not have to look, and a script is told all the
// same that its file is not whole.
type output struct {
	to io.Writer

	mu  sync.Mutex
	err error // the first
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	n, err := o.to.Write(p)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// Fd is that of the file behind it, to be asked whether it is a terminal; where there
// is none, of no file.
func (o *output) Fd() uintptr {
	if f, ok := o.to.(interface{ Fd() uintptr }); ok {
		return f.Fd()
	}
	return ^uintptr(0)
}

// and adds what went wrong with the output to the error of a command that does not
// have it already.
func (o *output) and(err error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil || errors.Is(err, o.err) {
		return err
	}
	return errors.Join(err, o.err)
}
