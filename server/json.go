package server

import (
	"fmt"
	"math"
	"unicode/utf16"
)

// The bodies are what Flask's jsonify prints, byte for byte: fields in the
// order of their names, no blanks, nothing but printable ASCII, and a newline
// at the end.

// successBody is the body of a 200.
func successBody(reqID param) []byte {
	b := []byte(`{"req_id":`)
	if reqID.sent {
		b = appendString(b, reqID.value)
	} else {
		b = append(b, "null"...)
	}
	return append(b, `,"status":"OK"}`+"\n"...)
}

// errorBody is the body of any other answer.
func errorBody(message string) []byte {
	b := appendString([]byte(`{"error_msg":`), message)
	return append(b, `,"status":"error"}`+"\n"...)
}

// appendString appends s, which is valid UTF-8, in quotes.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		b = appendRune(b, r)
	}
	return append(b, '"')
}

func appendRune(b []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(b, '\\', byte(r))
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	if ' ' <= r && r <= '~' {
		return append(b, byte(r))
	}
	if r > math.MaxUint16 {
		high, low := utf16.EncodeRune(r)
		return fmt.Appendf(b, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(b, `\u%04x`, r)
}
