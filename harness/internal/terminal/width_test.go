package terminal

import (
	"io"
	"os"
	"testing"
)

// What is no terminal has the width that the environment says, or the usual one.
func TestWidth(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for columns, want := range map[string]int{"": 120, "200": 200, "80": 80, "10": 40, "0": 120, "-5": 120, "wide": 120} {
		t.Setenv("COLUMNS", columns)
		for _, w := range []io.Writer{io.Discard, null} {
			if got := Width(w, 120); got != want {
				t.Errorf("COLUMNS is %q: %d, want %d", columns, got, want)
			}
		}
	}
}
