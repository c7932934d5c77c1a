package command

import (
	"testing"

	"ratebench/harness/internal/interrupt"
	"ratebench/harness/kinds"
)

// Whoever asks for help sees how a command is called.
func TestEveryCommandHasAnExample(t *testing.T) {
	root := newRoot(kinds.All(), &interrupt.Handler{})
	for _, c := range append(root.Commands(), root) {
		if c.Example == "" || c.Short == "" {
			t.Errorf("%s has no example or no description", c.CommandPath())
		}
	}
}
