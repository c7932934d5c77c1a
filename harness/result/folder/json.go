package folder

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"ratebench/harness/result"
)

// jsonWidth is how long a line of summary.json gets before it is broken.
const jsonWidth = 160

// writeJSON writes a JSON file: indented, with what fits on one line on one
// line, so that a strategy is a paragraph and a diff shows which of its figures
// changed.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(fold(b.Bytes()))
	return err
}

// fold joins the lines of each object and list that fits on one line. In
// indented JSON a line that opens one ends with its bracket, and the line that
// closes it is the next with the same indentation; strings hold no line ends.
func fold(indented []byte) []byte {
	lines := strings.Split(strings.TrimSuffix(string(indented), "\n"), "\n")
	var b bytes.Buffer
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if last := line[len(line)-1]; last == '{' || last == '[' {
			if joined, end := join(lines, i); len(joined) <= jsonWidth {
				line, i = joined, end
			}
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// join puts the element that line i opens on one line, and returns it with
// the number of its last line.
func join(lines []string, i int) (string, int) {
	indent := lines[i][:len(lines[i])-len(strings.TrimLeft(lines[i], " "))]
	var b strings.Builder
	b.WriteString(lines[i])
	for {
		i++
		if line := lines[i]; strings.HasPrefix(line, indent+"}") || strings.HasPrefix(line, indent+"]") {
			b.WriteString(line[len(indent):])
			return b.String(), i
		}
		text := strings.TrimLeft(lines[i], " ")
		if last := b.String()[b.Len()-1]; last == ',' {
			b.WriteByte(' ')
		}
		b.WriteString(text)
	}
}

// WriteSummary writes summary.json.
func WriteSummary(w io.Writer, s result.Summary) error { return writeJSON(w, s) }
