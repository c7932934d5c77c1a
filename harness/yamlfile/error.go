package yamlfile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Error is one thing that is wrong with a file. When there are several, they
// come joined, as by errors.Join, in the order of the file.
type Error struct {
	File    string // its name, as it was given
	Line    int    // counted from 1; 0 when no place in the file is to blame
	Column  int    // in characters, counted from 1
	Msg     string // what was found, and what was expected
	Excerpt string // the line and the one before it, with a caret under the column
	Err     error  // the cause, such as fs.ErrNotExist; mostly nil
}

// Error is "file:line:column: message", followed by the excerpt.
func (e *Error) Error() string {
	file := Printable(e.File)
	if e.Line == 0 {
		return file + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s\n%s", file, e.Line, e.Column, e.Msg, e.Excerpt)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// MaxProblems bounds how many problems of one file are reported.
const MaxProblems = 20

// join sorts problems by their place and joins them; nil when there are none.
func join(problems []*Error) error {
	slices.SortStableFunc(problems, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if len(problems) == 1 {
		return problems[0]
	}
	var errs []error
	for i, p := range problems {
		if i == MaxProblems {
			errs = append(errs, &Error{File: p.File, Msg: fmt.Sprintf("and %d more problems", len(problems)-MaxProblems)})
			break
		}
		errs = append(errs, p)
	}
	return errors.Join(errs...)
}

// excerpt shows a place in lines, all counted from 1:
//
//	2 | server:
//	3 |   limit: 20
//	  |          ^
func excerpt(lines []string, line, column int) string {
	var b strings.Builder
	for n := max(line-1, 1); n <= line; n++ {
		if shown := window(lines[n-1], column); n == line || shown != "" {
			fmt.Fprintf(&b, "%4d | %s\n", n, shown)
		}
	}
	fmt.Fprintf(&b, "     | %s^", strings.Repeat(" ", column-1-windowStart(column)))
	return b.String()
}

// excerptWidth is how many characters of a line are shown.
const excerptWidth = 100

// windowStart is how many characters to leave out before a column.
func windowStart(column int) int {
	if column <= excerptWidth {
		return 0
	}
	return column - excerptWidth*3/4
}

// window is the part of a line around a column, made safe to print: one
// character for each of the line.
func window(line string, column int) string {
	start := windowStart(column)
	runes := make([]rune, 0, excerptWidth)
	at := 0
	for _, r := range line { // a line may be long, and its problems many
		if at++; at <= start {
			continue
		}
		if len(runes) == excerptWidth {
			break
		}
		switch {
		case r == '\t':
			r = ' '
		case !unicode.IsPrint(r):
			r = unicode.ReplacementChar
		}
		runes = append(runes, r)
	}
	return strings.TrimRight(string(runes), " ")
}

// Printable is text without characters that a terminal could obey: control
// characters but line ends and tabs are shown as �.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
