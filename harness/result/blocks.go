package result

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"ratebench/harness/metrics"
)

// RunBlocks says when keys were blocked in one run.
type RunBlocks struct {
	Strategy string
	Seed     uint64
	At       []time.Duration // since the start, ascending, in whole milliseconds
}

// newBlocks picks from the runs of a strategy those in which a key was blocked.
func newBlocks(runs []*metrics.Run) []RunBlocks {
	var blocks []RunBlocks
	for _, r := range runs {
		if len(r.Blocks) == 0 {
			continue
		}
		b := RunBlocks{Strategy: r.Strategy, Seed: r.Seed}
		for _, at := range r.Blocks {
			b.At = append(b.At, at.Truncate(time.Millisecond))
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// blocksColumns are those of blocks.csv, which has a row for each run in which
// any key was blocked.
func blocksColumns() []csvColumn[RunBlocks] {
	return []csvColumn[RunBlocks]{
		textColumn("strategy", func(b *RunBlocks) *string { return &b.Strategy }),
		wholeColumn("seed", func(b *RunBlocks) *uint64 { return &b.Seed }),
		{
			name: "blocked_at_ms",
			write: func(b *RunBlocks) string {
				at := make([]string, len(b.At))
				for i, t := range b.At {
					at[i] = strconv.FormatInt(t.Milliseconds(), 10)
				}
				return strings.Join(at, " ")
			},
			read: (*RunBlocks).readTimes,
		},
	}
}

func (b *RunBlocks) readTimes(s string) error {
	const most = int64(time.Duration(1<<63-1) / time.Millisecond)
	for _, field := range strings.Fields(s) {
		ms, err := strconv.ParseInt(field, 10, 64)
		if err != nil || ms < 0 || ms > most {
			return fmt.Errorf("found %q, expected times in whole milliseconds", field)
		}
		at := time.Duration(ms) * time.Millisecond
		if n := len(b.At); n > 0 && at < b.At[n-1] {
			return fmt.Errorf("found %q, expected ascending times", s)
		}
		b.At = append(b.At, at)
	}
	if len(b.At) == 0 {
		return fmt.Errorf("found no time, expected one or more")
	}
	return nil
}

func writeBlocks(w io.Writer, blocks []RunBlocks) error { return writeCSV(w, blocksColumns(), blocks) }

func readBlocks(r io.Reader, d *Data) error {
	_, err := readCSV(r, blocksColumns(), func(b *RunBlocks) error {
		if !d.hasRun(b.Strategy, b.Seed) {
			return fmt.Errorf("found seed %d of strategy %q, which %s does not have", b.Seed, b.Strategy, BenchFile)
		}
		for _, other := range d.Blocks {
			if other.Strategy == b.Strategy && other.Seed == b.Seed {
				return fmt.Errorf("found seed %d of %q again", b.Seed, b.Strategy)
			}
		}
		d.Blocks = append(d.Blocks, *b)
		return nil
	})
	return err
}
