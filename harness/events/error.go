package events

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// An Error says why the events of a run cannot be written. It ends a benchmark:
// results without the events that were asked for are none.
type Error struct {
	Path   string // of the file as it would have been called in the end
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("write %s: %s", e.Path, e.Reason) }

// newError leaves out the path that err has, which is that of a draft.
func newError(path string, err error) *Error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	} else if e, ok := errors.AsType[*os.LinkError](err); ok {
		err = e.Err
	}
	return &Error{path, err.Error()}
}
