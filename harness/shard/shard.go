// Package shard cuts a benchmark in virtual time into parts that several machines
// run, and puts the parts together again: byte for byte what one machine would
// have come to.
package shard

import (
	"fmt"
	"regexp"
	"strconv"
)

// A Shard is a part of the runs of a scenario: of those that are counted through,
// strategy by strategy, point by point and seed by seed, every Of-th from the
// Number-th on. The zero value is all of them.
type Shard struct {
	Number int `json:"number"` // from 1
	Of     int `json:"of"`
}

// most is as many parts as a folder has room for.
const most = 10_000

var notation = regexp.MustCompile(`^([0-9]{1,9})/([0-9]{1,9})$`)

// Parse reads the number of a shard and how many there are, as "3/16". The error
// begins with "is".
func Parse(text string) (Shard, error) {
	m := notation.FindStringSubmatch(text)
	if m == nil {
		return Shard{}, fmt.Errorf("is %q, want the number of a part and how many there are, such as 3/16", text)
	}
	number, _ := strconv.Atoi(m[1]) // at most nine digits
	of, _ := strconv.Atoi(m[2])
	s := Shard{number, of}
	if err := s.validate(); err != nil {
		return Shard{}, fmt.Errorf("is %s, %w", text, err)
	}
	return s, nil
}

func (s Shard) validate() error {
	if s.Of < 1 || s.Of > most || s.Number < 1 || s.Number > s.Of {
		return fmt.Errorf("want 1/1 to %d/%d, the first number no more than the second", most, most)
	}
	return nil
}

// String is what Parse reads.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Number, s.Of) }

// Has reports whether run i, counted from 0, is one of the shard.
func (s Shard) Has(i int) bool { return s.Of == 0 || i%s.Of == s.Number-1 }
