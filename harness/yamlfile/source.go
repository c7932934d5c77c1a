package yamlfile

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a file, far above what anybody writes. They keep the YAML parser,
// which is quadratic in some of its input, within a fraction of a second.
const (
	MaxBytes   = 64 << 10 // of the whole file
	maxLines   = 1000
	maxNesting = 16   // of brackets, and of blocks
	maxItems   = 1000 // between two brackets
)

// A Source is the text of a file.
type Source struct {
	Name  string // of the file, as it was given
	lines []string
}

// NewSource is the text of a file of a name, which messages begin with. What is
// larger than MaxBytes, of more than 1000 lines, or no text in UTF-8 is an *Error,
// so that nobody has to parse it.
func NewSource(name string, data []byte) (*Source, error) {
	if len(data) > MaxBytes {
		return nil, &Error{File: name, Msg: fmt.Sprintf("the file is too large, want at most %d KiB", MaxBytes>>10)}
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	s := &Source{name, strings.Split(text, "\n")}
	if len(s.lines) > maxLines {
		return nil, s.errorAt(maxLines+1, 1, fmt.Sprintf("the file has %d lines, want at most %d", len(s.lines), maxLines))
	}
	for i, line := range s.lines {
		if column, msg := unprintable(line); msg != "" {
			return nil, s.errorAt(i+1, column, msg)
		}
	}
	return s, nil
}

func (s *Source) text() string { return strings.Join(s.lines, "\n") }

// errorAt makes an error of a place, which is moved into the file if need be.
func (s *Source) errorAt(line, column int, msg string) *Error {
	line = min(max(line, 1), len(s.lines))
	column = min(max(column, 1), utf8.RuneCountInString(s.lines[line-1])+1)
	return &Error{File: s.Name, Line: line, Column: column, Msg: msg, Excerpt: excerpt(s.lines, line, column)}
}

// unprintable finds the first character of a line that text does not have.
func unprintable(line string) (column int, msg string) {
	for offset, r := range line {
		column++
		if r == utf8.RuneError && !strings.HasPrefix(line[offset:], "\ufffd") {
			return column, fmt.Sprintf("byte 0x%02x is not UTF-8, want a text file in UTF-8", line[offset])
		}
		if unicode.IsControl(r) && r != '\t' {
			return column, fmt.Sprintf("control character %U found, want text", r)
		}
	}
	return 0, ""
}
