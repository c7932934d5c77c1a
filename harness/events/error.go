package events

import (
	"errors"
	"fmt"
)

// An Error says why the events of a run cannot be written. It ends a benchmark:
// results without the events that were asked for are none.
type Error struct {
	Path   string // of the file as it would have been called in the end
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("write %s: %s", e.Path, e.Reason) }

// newError takes the innermost error: those around it name the path of a draft.
func newError(path string, err error) *Error {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return &Error{path, err.Error()}
}
