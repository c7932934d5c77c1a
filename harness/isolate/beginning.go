package isolate

import "strings"

// beginning keeps the first part of what is written to it: a program that
// panics says why at the top.
type beginning struct{ text []byte }

const (
	mostBytes = 4 << 10
	mostLines = 12
)

// Write implements io.Writer; it never fails.
func (b *beginning) Write(p []byte) (int, error) {
	b.text = append(b.text, p[:min(len(p), mostBytes-len(b.text))]...)
	return len(p), nil
}

// quote is what was written, to be appended to a message: after a colon, each
// line indented when there are several.
func (b *beginning) quote() string {
	text := strings.TrimSpace(string(b.text))
	lines := strings.Split(text, "\n")
	switch {
	case text == "":
		return ""
	case len(lines) == 1:
		return ": " + text
	case len(lines) > mostLines:
		lines = append(lines[:mostLines], "…")
	}
	return ":\n\t" + strings.Join(lines, "\n\t")
}
