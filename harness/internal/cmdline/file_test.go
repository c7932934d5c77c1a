package cmdline

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that a flag names is read up to a bound, whatever it is.
func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "body")
	if _, err := ReadFile(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	for size, want := range map[int64]string{0: "", MostFile: "", MostFile + 1: path + " has more than 16777216 bytes"} {
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, size)); err != nil {
			t.Fatal(err)
		}
		content, err := ReadFile(path)
		switch {
		case want == "" && (err != nil || int64(len(content)) != size):
			t.Errorf("%d bytes: read %d, %v", size, len(content), err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%d bytes: %v, want %s", size, err, want)
		}
	}
	if info, err := os.Stat("/dev/zero"); err != nil || info.Mode().IsRegular() {
		return // there is none here
	}
	if _, err := ReadFile("/dev/zero"); err == nil || !strings.Contains(err.Error(), "has more than") {
		t.Errorf("a file without an end: %v", err)
	}
}
