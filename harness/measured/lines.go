package measured

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// maxLine is how long a line can be: bodies of answers are in some.
const maxLine = 16 << 20

// eachLine calls do with every line that is not blank. Its errors have the line.
func eachLine(r io.Reader, do func(line []byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	n := 0
	for lines.Scan() {
		n++
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		if err := do(line); err != nil {
			return at(n, sayJSON(err))
		}
	}
	if err := lines.Err(); err != nil {
		return at(n+1, err)
	}
	return nil
}

// sayJSON says what is wrong with JSON in fewer words than the decoder.
func sayJSON(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s is a JSON %s, want %s", cmp.Or(wrong.Field, "it"), wrong.Value, jsonOf(wrong.Type))
	}
	if text := err.Error(); strings.HasPrefix(text, "unexpected end of JSON") {
		return errors.New("the JSON ends in the middle")
	}
	return err
}

// jsonOf is what JSON calls the values of a type.
func jsonOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	}
	return "a number"
}

// maxDocument is how long a file can be that is read as a whole.
const maxDocument = 1 << 30

// eachDocument decodes a file that is one JSON document, or several one after
// another. Its errors have the line.
func eachDocument[T any](r io.Reader, do func(*T) error) error {
	all, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	switch {
	case err != nil:
		return err
	case len(all) > maxDocument:
		return fmt.Errorf("the file is longer than %d bytes, want a part of it", maxDocument)
	}
	lineAt := func(offset int64) int { return 1 + bytes.Count(all[:min(int(offset), len(all))], []byte("\n")) }
	documents := json.NewDecoder(bytes.NewReader(all))
	for {
		begin := documents.InputOffset()
		var document T
		switch err := documents.Decode(&document); {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return at(lineAt(int64(len(all))), errors.New("the JSON ends in the middle"))
		case err != nil:
			return at(lineAt(max(begin, offsetOf(err, begin))), sayJSON(err))
		}
		if err := do(&document); err != nil {
			return err
		}
	}
}

// offsetOf is where in the input an error of the decoder is. Those of a type count
// from the beginning of their document.
func offsetOf(err error, begin int64) int64 {
	if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
		return wrong.Offset
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return begin + wrong.Offset
	}
	return begin
}
