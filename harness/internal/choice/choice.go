// Package choice words the complaint about a name that is none of the known
// ones, for people who mistype names in a scenario file or on a command line.
package choice

import (
	"fmt"
	"strings"
)

// Unknown says that got is not a what, suggests the known name that it is
// probably a misspelling of, and lists them all:
//
//	unknown key "kees" (did you mean keys?), want keys, limit or latency
func Unknown(what, got string, known []string) string {
	if len(known) == 0 {
		return fmt.Sprintf("unknown %s %.60q: there are none", what, got)
	}
	hint := ""
	if name, ok := Nearest(got, known); ok {
		hint = fmt.Sprintf(" (did you mean %s?)", name)
	}
	return fmt.Sprintf("unknown %s %.60q%s, want %s", what, got, hint, List(known))
}

// List joins names as in a sentence: "a, b or c".
func List(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// Nearest returns the known name that is the fewest edits away from word, the
// first of several, or else the only one that begins with it. It reports false
// when none is close enough to be what was meant: one edit for every three
// letters, but always one, unless that is the whole word.
func Nearest(word string, known []string) (name string, ok bool) {
	const longest = 64 // of the words worth comparing
	if word == "" || len(word) > longest {
		return "", false
	}
	best := max(1, len(word)/3) + 1
	for _, k := range known {
		if n := edits(strings.ToLower(word), strings.ToLower(k)); n < best && n < len(word) {
			best, name, ok = n, k, true
		}
	}
	if !ok {
		return startingWith(word, known)
	}
	return name, ok
}

// startingWith returns the only known name that begins with word, if that is at
// least three letters.
func startingWith(word string, known []string) (name string, ok bool) {
	if len(word) < 3 {
		return "", false
	}
	word = strings.ToLower(word)
	for _, k := range known {
		if strings.HasPrefix(strings.ToLower(k), word) {
			if ok {
				return "", false // more than one
			}
			name, ok = k, true
		}
	}
	return name, ok
}

// edits is the optimal string alignment distance between a and b: insertions,
// deletions, substitutions and swaps of neighbours (Damerau, "A technique for
// computer detection and correction of spelling errors", 1964). It compares
// bytes, which is exact for the ASCII names it is used on.
func edits(a, b string) int {
	before, prev := make([]int, len(b)+1), make([]int, len(b)+1) // rows i-2 and i-1
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			subst := prev[j-1]
			if a[i-1] != b[j-1] {
				subst++
			}
			row[j] = min(prev[j]+1, row[j-1]+1, subst)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev = prev, row
	}
	return prev[len(b)]
}
