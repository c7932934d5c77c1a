package yamlfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// open opens a file for reading. A pipe, which may have nobody at its other end,
// and a device, which may have no end, are errors; unless pipes will do.
func open(path string, pipes bool) (fs.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // or else opening a pipe may take for ever
	if err != nil {
		return nil, err
	}
	if err := checkKind(f, pipes); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func checkKind(f fs.File, pipes bool) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	switch mode := info.Mode(); {
	case mode.IsRegular(), pipes && mode&fs.ModeNamedPipe != 0:
		return nil
	case mode.IsDir():
		return errors.New("it is a folder, want a file")
	case mode&fs.ModeNamedPipe != 0:
		return errors.New("it is a pipe, want a file that can be read again")
	default:
		return errors.New("it is a device, want a file")
	}
}

// A Folder, by its path, has the files that a file in it can name.
type Folder string

var errOutside = errors.New("want a path below the scenario's folder, without .. in it")

// Open implements fs.FS. What is no regular file is an error.
func (dir Folder) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errOutside}
	}
	f, err := open(filepath.Join(string(dir), filepath.FromSlash(name)), false)
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: cause.Err}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// Read returns the file, or when it is too large for NewSource a beginning that
// is, too. A pipe that a shell has set up, somewhere in /dev, will do; another
// pipe, a folder and a device are errors.
func Read(path string) ([]byte, error) {
	f, err := open(path, strings.HasPrefix(path, "/dev/"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadFrom(f)
}

// ReadFrom reads what Read reads of a file.
func ReadFrom(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, MaxBytes+1)) }

// Reason is an error without the path, which the message has anyway.
func Reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return "cannot " + e.Op + " it: " + e.Err.Error()
	}
	return err.Error()
}
