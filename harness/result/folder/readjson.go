package folder

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// readJSON fills v from the content of a JSON file and validates it. Validate returns what is wrong
// and where: the keys and indices on the way to a value. Errors say in which
// line they are.
func readJSON(content []byte, v any, validate func() (at []any, err error)) error {
	if err := json.Unmarshal(content, v); err != nil {
		return fmt.Errorf("line %d: %w", lineAt(content, errorOffset(err)), err)
	}
	if at, err := validate(); err != nil {
		return fmt.Errorf("line %d: %w", lineAt(content, offsetOf(content, at)), err)
	}
	return nil
}

// errorOffset is how many bytes were read when decoding failed.
func errorOffset(err error) int64 {
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset
	case errors.As(err, &mismatch):
		return mismatch.Offset
	}
	return 0
}

// lineAt is the line, counted from 1, of the last of so many bytes.
func lineAt(content []byte, bytesRead int64) int {
	before := max(0, min(bytesRead-1, int64(len(content))))
	return 1 + bytes.Count(content[:before], []byte("\n"))
}

// offsetOf is how many bytes of JSON come up to the first token of a value, or
// of the last value on the way to it that there is.
func offsetOf(content []byte, at []any) int64 {
	in := json.NewDecoder(bytes.NewReader(content))
	for {
		opened, err := in.Token()
		found := in.InputOffset()
		if err != nil || len(at) == 0 || !enter(in, opened, at[0]) {
			return found
		}
		at = at[1:]
	}
}

// enter skips what comes before a key of the object, or an index of the list,
// that has been opened; false: there is no such element.
func enter(in *json.Decoder, opened json.Token, element any) bool {
	for i := 0; in.More(); i++ {
		here := any(i)
		switch opened {
		case json.Delim('{'):
			key, err := in.Token()
			if err != nil {
				return false
			}
			here = key
		case json.Delim('['):
		default: // no element of what is opened, but what comes after it
			return false
		}
		if here == element {
			return true
		}
		var skipped json.RawMessage
		if in.Decode(&skipped) != nil {
			return false
		}
	}
	return false
}
