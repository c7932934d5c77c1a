package command

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// failing is a writer on a disk that is full, or nearly so.
type failing struct{ room int }

var errFull = errors.New("no space left on device")

func (f *failing) Write(p []byte) (int, error) {
	n := min(len(p), f.room)
	f.room -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

// Whatever prints to a disk that is full fails, and says why once.
func TestOutputFails(t *testing.T) {
	t.Chdir("../..")
	for _, line := range []string{
		"", "--help", "--version", "help", "help run", "run --help", "compare --help", "completion --help",
		"validate scenarios/blog.yaml", "list scenarios", "strategies", "strategies paced", "strategies --format markdown", "schema",
		"init --api shopify", "version", "completion bash", "serve --list-keys scenarios/blog.yaml", "compare results/blog results/blog",
	} {
		t.Run(line, func(t *testing.T) {
			args := strings.Fields(line)
			var all, report strings.Builder
			if code := execute(args, &all, io.Discard); code != exitOK {
				t.Fatalf("exit code %d, want %d", code, exitOK)
			}
			for _, room := range []int{0, all.Len() - 1} {
				report.Reset()
				if code := execute(args, &failing{room}, &report); code != exitFailure || strings.Count(report.String(), errFull.Error()) != 1 {
					t.Errorf("with room for %d of %d bytes: exit code %d and %q, want %d and the reason once", room, all.Len(), code, report.String(), exitFailure)
				}
			}
		})
	}
}

// What an expectation says still holds when the output fails.
func TestOutputFailsBesideAnotherError(t *testing.T) {
	other := errors.New("other")
	o := &output{to: &failing{0}}
	if err := o.and(other); err != other {
		t.Errorf("got %v, want the other error alone", err)
	}
	_, err := o.Write([]byte("text"))
	if got := o.and(other); !errors.Is(got, other) || !errors.Is(got, errFull) {
		t.Errorf("got %v, want both", got)
	}
	if got := o.and(err); got != err {
		t.Errorf("got %v, want it once", got)
	}
}
