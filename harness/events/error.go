package events

import (
	"fmt"

	"ratebench/harness/fserr"
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
	return &Error{path, fserr.Cause(err).Error()}
}
