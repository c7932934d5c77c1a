package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

func main() {
	n := flag.Int("n", 40, "mutants per package that compile and are not equivalent; fewer if there are fewer")
	seed := flag.Uint64("seed", 1, "what chooses them")
	workers := flag.Int("workers", 2, "mutants tried at a time")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	if err := mutate(ctx, os.Stdout, flag.Args(), *n, *seed, *workers); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// mutate tries n mutants of each folder and prints what has come of it.
func mutate(ctx context.Context, out io.Writer, folders []string, n int, seed uint64, workers int) error {
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	reasons, err := readEquivalents(equivalentText)
	if err != nil {
		return err
	}
	var total score
	var scores []string
	for _, folder := range folders {
		folder = filepath.ToSlash(filepath.Clean(folder))
		s, err := mutateFolder(ctx, out, root, folder, n, seed, workers, reasons)
		if err != nil {
			return err
		}
		scores = append(scores, fmt.Sprintf("%-32s %v", folder, s))
		total.caught, total.tried, total.equivalent = total.caught+s.caught, total.tried+s.tried, total.equivalent+s.equivalent
	}
	fmt.Fprintln(out, strings.Join(append(scores, fmt.Sprintf("%-32s %v", "all", total)), "\n"))
	return nil
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	return strings.TrimSpace(string(out)), err
}

// A score counts mutants.
type score struct{ caught, tried, equivalent int }

func (s score) String() string {
	share := 0.0
	if s.tried > 0 {
		share = 100 * float64(s.caught) / float64(s.tried)
	}
	return fmt.Sprintf("%3d of %3d caught, %5.1f%%; %d equivalent", s.caught, s.tried, share, s.equivalent)
}

// mutateFolder tries the mutants of one package and prints those that survive.
func mutateFolder(ctx context.Context, out io.Writer, root, folder string, n int, seed uint64, workers int, reasons map[string]string) (score, error) {
	all, err := mutantsIn(root, folder)
	if err != nil {
		return score{}, err
	}
	if gone := stale(reasons, folder, all); len(gone) > 0 {
		slices.Sort(gone)
		return score{}, fmt.Errorf("equivalent.txt has what is not there any more:\n%s", strings.Join(gone, "\n"))
	}
	t, err := newTrier(ctx, root, folder)
	if err != nil {
		return score{}, err
	}
	return (&trials{t: t, out: out, queue: choose(all, seed), want: n, reasons: reasons}).run(ctx, workers)
}

// trials are those of one package.
type trials struct {
	t       *trier
	out     io.Writer
	want    int
	reasons map[string]string

	mu    sync.Mutex
	queue []mutant // in the order in which they are tried
	open  int      // being tried
	score score
	err   error
}

func (s *trials) run(ctx context.Context, workers int) (score, error) {
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for m, ok := s.next(); ok; m, ok = s.next() {
				v, err := s.t.try(ctx, m)
				s.done(m, v, err)
			}
		})
	}
	all.Wait()
	return s.score, s.err
}

// next takes a mutant, if more are wanted than are being tried.
func (s *trials) next() (mutant, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.err == nil && len(s.queue) > 0 && s.score.tried+s.open < s.want {
		m := s.queue[0]
		s.queue = s.queue[1:]
		if s.reasons[m.identity()] != "" {
			s.score.equivalent++
			continue
		}
		s.open++
		return m, true
	}
	return mutant{}, false
}

func (s *trials) done(m mutant, v verdict, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	switch {
	case err != nil:
		s.err = err
	case v == caught:
		s.score.tried++
		s.score.caught++
	case v == survived:
		s.score.tried++
		fmt.Fprintln(s.out, "survived:", m)
	}
}
