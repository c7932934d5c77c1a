package cmdline

import (
	"fmt"
	"io"
	"os"
)

// MostFile is how many bytes a file may have that a flag names.
const MostFile = 16 << 20

// ReadFile reads a file that a flag names, which need not have an end.
func ReadFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, MostFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(content) > MostFile:
		return nil, fmt.Errorf("%s has more than %d bytes, want a smaller file", path, MostFile)
	}
	return content, nil
}
