package folder

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// sumsOf is SHA256SUMS, which sha256sum -c reads.
func sumsOf(files []File) []byte {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	var b bytes.Buffer
	for _, f := range files {
		fmt.Fprintf(&b, "%s  %s\n", sumOf(f.Content), f.Name)
	}
	return b.Bytes()
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

var sumLine = regexp.MustCompile(`^([0-9a-f]{64})  ([a-zA-Z0-9.-]+)$`)

// parseSums returns the checksum of each file.
func parseSums(content []byte) (map[string]string, error) {
	sums := map[string]string{}
	text, whole := strings.CutSuffix(string(content), "\n")
	if !whole {
		return nil, fmt.Errorf("found no end of the last line")
	}
	for i, line := range strings.Split(text, "\n") {
		m := sumLine.FindStringSubmatch(line)
		if m == nil {
			return nil, fmt.Errorf("line %d: found %.100q, expected a checksum and a name", i+1, line)
		}
		if _, ok := sums[m[2]]; ok {
			return nil, fmt.Errorf("line %d: found %s twice", i+1, m[2])
		}
		sums[m[2]] = m[1]
	}
	return sums, nil
}
