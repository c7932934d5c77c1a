// Package fserr is for errors of the file system that are to name the file that
// people know, and not the temporary one that failed.
package fserr

import (
	"errors"
	"io/fs"
	"os"
)

// Cause is what went wrong: err without the operation and the paths of an
// *fs.PathError or *os.LinkError in it, or else err itself.
func Cause(err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Err
	}
	if failed, ok := errors.AsType[*os.LinkError](err); ok {
		return failed.Err
	}
	return err
}
