package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// A verdict is what became of a mutant.
type verdict int

const (
	survived verdict = iota // no test failed
	caught                  // a test failed, or did not end
	invalid                 // it does not compile
)

// A trier runs a package's tests against mutants.
type trier struct {
	root    string
	folder  string
	timeout time.Duration // of the tests
}

// newTrier runs the tests as they are, which have to pass, and gives mutants
// several times as long.
func newTrier(ctx context.Context, root, folder string) (*trier, error) {
	t := &trier{root, folder, 10 * time.Minute}
	begin := time.Now()
	if out, err := t.test(ctx); err != nil {
		return nil, fmt.Errorf("the tests of %s do not pass as they are: %w\n%s", folder, err, out)
	}
	t.timeout = 10*time.Second + 4*time.Since(begin)
	return t, nil
}

// try runs the tests against a mutant.
func (t *trier) try(ctx context.Context, m mutant) (verdict, error) {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	file, overlay := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, m.text, 0o600); err != nil {
		return 0, err
	}
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(t.root, filepath.FromSlash(m.file)): file}})
	if err != nil {
		return 0, err
	}
	if err := os.WriteFile(overlay, replace, 0o600); err != nil {
		return 0, err
	}
	ways := [][]string{{"-short"}, nil} // most are caught by what is fast
	if m.isLock() {
		ways = append(ways, []string{"-short", "-race"})
	}
	for _, way := range ways {
		v, err := t.verdict(ctx, append(way, "-overlay", overlay)...)
		if v != survived || err != nil {
			return v, err
		}
	}
	return survived, nil
}

// verdict is what the tests say of a mutant if they are run in one way.
func (t *trier) verdict(ctx context.Context, args ...string) (verdict, error) {
	out, err := t.test(ctx, args...)
	switch {
	case ctx.Err() != nil:
		return 0, context.Cause(ctx)
	case err == nil:
		return survived, nil
	case bytes.Contains(out, []byte("[build failed]")):
		return invalid, nil
	case errors.As(err, new(*exec.ExitError)):
		return caught, nil
	}
	return 0, err
}

// test runs the package's own tests. One after another they fail, or hang, for
// the first reason alone; mutants that go on for ever or want all memory are
// stopped by the clock and, where prlimit is installed, by a limit.
func (t *trier) test(ctx context.Context, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout+time.Minute) // with time to compile
	defer cancel()
	args = append([]string{"test", "-count=1", "-failfast", "-vet=off", "-timeout", t.timeout.String()}, args...)
	if prlimit, err := exec.LookPath("prlimit"); err == nil && !slices.Contains(args, "-race") { // which has a terabyte of addresses
		const addressSpace = 8 << 30
		args = append(args, "-exec", fmt.Sprintf("%s --as=%d", prlimit, addressSpace))
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./"+t.folder)...)
	cmd.Dir = t.root
	cmd.WaitDelay = 5 * time.Second
	return cmd.CombinedOutput()
}
