package dist

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// A Sequence is a Dist whose draws hang together: what was measured one after
// another is drawn one after another, so that a spell of long latencies is a
// spell in a run, too. Each draw by itself has the distribution of a Dist.
//
// Two sequences that are drawn at the same position with the same seed, and have
// as many values and the same blocks, draw those of the same line: a latency in
// and a latency out that were measured together stay together.
type Sequence interface {
	Dist
	// At is the draw at a position, counted from 0, of a run with a seed.
	At(seed, position uint64) time.Duration
	// Values are those of the file, in its order and on the grid. They are
	// shared: nobody may change them.
	Values() []time.Duration
	// Block is how many values are drawn one after another; 0 is all of them.
	Block() int
}

// streamSequence is a stream that nothing else is drawn from.
const streamSequence = 1 << 63

// sequence replays a sample, in blocks or whole. Either way it goes on at the
// beginning when it is at the end, so that each value is equally likely.
//
// Source: the circular block bootstrap (Politis and Romano, "A circular
// block-resampling procedure for stationary data", 1992).
type sequence struct {
	*empirical
	values []time.Duration
	block  int
}

var _ Sequence = (*sequence)(nil)

// newBootstrap draws blocks of values, each from a random place of the file.
func newBootstrap(text string, g grid) (Dist, error) {
	comma := strings.LastIndex(text, ",") // a file name may have commas
	if comma < 0 {
		return nil, errors.New("found 1 parameter, want bootstrap(file, block)")
	}
	number := strings.TrimSpace(text[comma+1:])
	block, err := strconv.Atoi(number)
	if err != nil || block < 1 || block > maxSample {
		return nil, fmt.Errorf("block %.60q is not a number of values, want 1 to %d", number, maxSample)
	}
	return newSequence(strings.TrimSpace(text[:comma]), block, g)
}

// newReplay draws all values in their order, from a random place of the file on.
func newReplay(name string, g grid) (Dist, error) { return newSequence(name, 0, g) }

func newSequence(name string, block int, g grid) (Dist, error) {
	values, err := openSamples(name, g.step, g.open)
	if err != nil {
		return nil, err
	}
	if block > len(values) {
		return nil, fmt.Errorf("block %d is longer than the file, want at most its %d values", block, len(values))
	}
	return &sequence{sampleOf(name, values, g.step), values, block}, nil
}

func (s *sequence) At(seed, position uint64) time.Duration {
	n := uint64(len(s.values))
	block, within := uint64(0), position
	if s.block > 0 {
		block, within = position/uint64(s.block), position%uint64(s.block)
	}
	start := uint64(U(seed, streamSequence, block) * float64(n))
	return s.values[(start+within%n)%n]
}

func (s *sequence) Values() []time.Duration { return s.values }
func (s *sequence) Block() int              { return s.block }

func (s *sequence) String() string {
	if s.block == 0 {
		return "replay(" + s.name + ")"
	}
	return fmt.Sprintf("bootstrap(%s, %d)", s.name, s.block)
}

// openSamples reads the values of a file, in its order and on the grid.
func openSamples(name string, step time.Duration, open func(string) (io.ReadCloser, error)) ([]time.Duration, error) {
	if err := checkFileName(name); err != nil {
		return nil, err
	}
	if open == nil {
		return nil, errors.New("files cannot be read here, want another distribution")
	}
	file, err := open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	sample, err := ReadSample(file)
	if err != nil {
		return nil, err
	}
	if step > 0 {
		for i, d := range sample {
			sample[i] = (d + (step-1)/2) / step * step
		}
	}
	return sample, nil
}
