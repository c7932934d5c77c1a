package dist

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// maxSample bounds the values that are read from one file.
const maxSample = 1_000_000

// empirical draws each value of a sample with the same probability. On a grid
// every value is first rounded to the nearest multiple of step, halves down,
// as the other distributions do.
type empirical struct {
	sorted []time.Duration
	mean   time.Duration
	step   time.Duration
	name   string // of the file
}

var _ Dist = (*empirical)(nil)

func newEmpirical(name string, g grid) (Dist, error) {
	sample, err := openSamples(name, g.step, g.open)
	if err != nil {
		return nil, err
	}
	return sampleOf(name, sample, g.step), nil
}

// sampleOf is the distribution of the values of a file, on the grid already. It
// leaves them in their order.
func sampleOf(name string, values []time.Duration, step time.Duration) *empirical {
	sorted := slices.Sorted(slices.Values(values))
	return &empirical{sorted, meanOf(sorted), step, name}
}

// checkFileName refuses what is no name of a file.
func checkFileName(name string) error {
	switch {
	case name == "":
		return errors.New("no file name, want one relative to the scenario")
	case strings.ContainsFunc(name, unicode.IsControl):
		return errors.New("the file name has a control character, want a plain name")
	}
	return nil
}

// meanOf is the mean rounded down; quotients and remainders are added up apart,
// since the sum itself could overflow.
func meanOf(sample []time.Duration) time.Duration {
	n := time.Duration(len(sample))
	var whole, rest time.Duration
	for _, d := range sample {
		whole += d / n
		rest += d % n
	}
	return whole + rest/n
}

// ReadSample reads the values of an empirical distribution in their order: one
// duration per line, in Go's notation or a plain number of milliseconds. It skips blank lines, what follows a #, and one header, a
// first line that starts with a letter or a quotation mark.
func ReadSample(r io.Reader) ([]time.Duration, error) {
	var sample []time.Duration
	header := true // may still come
	lines := bufio.NewScanner(r)
	number := 0
	for lines.Scan() {
		number++
		text, _, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "\ufeff"), "#")
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		if header && isHeader(text) {
			header = false
			continue
		}
		header = false
		d, err := parseSample(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		if sample = append(sample, d); len(sample) > maxSample {
			return nil, fmt.Errorf("line %d: more than %d values, want a smaller sample", number, maxSample)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", number+1, err)
	}
	if len(sample) == 0 {
		return nil, errors.New("the file has no values, want one duration per line")
	}
	return sample, nil
}

func isHeader(line string) bool {
	if _, err := strconv.ParseFloat(line, 64); err == nil { // NaN and Inf are values, if bad ones
		return false
	}
	first := []rune(line)[0]
	return unicode.IsLetter(first) || first == '"' || first == '_'
}

func parseSample(text string) (time.Duration, error) {
	if d, err := time.ParseDuration(text); err == nil {
		return d, checkRange(d)
	}
	ms, err := strconv.ParseFloat(text, 64)
	ns := math.Round(ms * float64(time.Millisecond))
	switch {
	case err != nil || math.IsNaN(ms):
		return 0, fmt.Errorf("%.60q is not a duration, want one such as 12ms, or plain milliseconds", text)
	case ns < 0:
		return 0, fmt.Errorf("%.60s is negative, want 0 or more", text)
	case ns > float64(Longest):
		return 0, fmt.Errorf("%.60s is too long, want at most %s", text, FormatDuration(Longest))
	}
	return time.Duration(ns), nil
}

func (d *empirical) Quantile(u float64) time.Duration {
	n := len(d.sorted)
	i := search(0, int64(math.Ceil(u*float64(n)))-1, int64(n-1), func(i int64) bool {
		return float64(i+1)/float64(n) >= u
	})
	return d.sorted[i]
}

func (d *empirical) CDF(at time.Duration) float64 {
	n := len(d.sorted)
	return float64(sort.Search(n, func(i int) bool { return d.sorted[i] > at })) / float64(n)
}

func (d *empirical) Mean() time.Duration { return d.mean }
func (d *empirical) Support() (min, max time.Duration) {
	return d.sorted[0], d.sorted[len(d.sorted)-1]
}
func (d *empirical) Step() time.Duration { return d.step }
func (d *empirical) String() string      { return "empirical(" + d.name + ")" }
