package fserr_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"ratebench/harness/fserr"
)

func TestCause(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	_, open := os.Open(missing)
	other := errors.New("other")
	for _, tt := range []struct{ err, want error }{
		{open, syscall.ENOENT},
		{fmt.Errorf("read results: %w", open), syscall.ENOENT},
		{os.Rename(missing, missing+"2"), syscall.ENOENT},
		{other, other},
		{nil, nil},
	} {
		if got := fserr.Cause(tt.err); got != tt.want {
			t.Errorf("cause of %v is %v, want %v", tt.err, got, tt.want)
		}
	}
}
