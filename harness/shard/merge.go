package shard

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"ratebench/harness/metrics"
)

// Group sorts parts by their scenarios, in the order of their names.
func Group(parts []*Part) [][]*Part {
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(a, b *Part) int { return cmp.Compare(a.Scenario.Name, b.Scenario.Name) })
	var groups [][]*Part
	for i, p := range parts {
		if i == 0 || p.Scenario.Name != parts[i-1].Scenario.Name {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], p)
	}
	return groups
}

// Merge returns the runs of all parts of a scenario, of which there is one at
// least, in the order of a run of the whole. The error says what does not fit: a
// part of something else, one that is missing, or one that is there twice.
func Merge(parts []*Part) ([]metrics.Run, error) {
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(a, b *Part) int { return cmp.Compare(a.Shard.Number, b.Shard.Number) })
	first := parts[0]
	for i, p := range parts[1:] {
		if err := first.fits(p); err != nil {
			return nil, err
		}
		if before := parts[i]; before.Shard == p.Shard {
			return nil, fmt.Errorf("%s: found part %s again, and it is in %s, too; expected each once", p.file, p.Shard, before.file)
		}
	}
	if missing := missing(parts); len(missing) > 0 {
		return nil, fmt.Errorf("%s: found %d of %d parts, and not %s", first.Scenario.Name, len(parts), first.Shard.Of, strings.Join(missing, ", "))
	}
	runs := make([]metrics.Run, first.Total)
	for _, p := range parts {
		next := 0
		for i := range runs {
			if !p.Shard.Has(i) {
				continue
			}
			if next == len(p.Runs) {
				return nil, fmt.Errorf("%s: found %d runs, expected those of part %s of %d", p.file, next, p.Shard, p.Total)
			}
			runs[i] = p.Runs[next]
			next++
		}
		if next != len(p.Runs) {
			return nil, fmt.Errorf("%s: found %d runs, expected %d, those of part %s of %d", p.file, len(p.Runs), next, p.Shard, p.Total)
		}
	}
	return runs, nil
}

// FileOf is the file of the part that has a run, by its index in the whole.
func FileOf(parts []*Part, run int) string {
	i := slices.IndexFunc(parts, func(p *Part) bool { return p.Shard.Has(run) })
	return parts[max(i, 0)].file
}

// fits returns an error for another part that is not one of the same whole.
func (p *Part) fits(o *Part) error {
	for _, is := range []struct {
		what          string
		found, wanted any
	}{
		{"a run of version", o.Version, p.Version},
		{"a run of a scenario with the checksum", o.Scenario.SHA256, p.Scenario.SHA256},
		{"a run with the command line", o.Asked, p.Asked},
		{"a part of", o.Shard.Of, p.Shard.Of},
		{"a part of so many runs:", o.Total, p.Total},
	} {
		if !reflect.DeepEqual(is.found, is.wanted) {
			return fmt.Errorf("%s: found %s %v, expected %v, as in %s", o.file, is.what, is.found, is.wanted, p.file)
		}
	}
	return nil
}

// String is the command line.
func (a Asked) String() string {
	var flags []string
	add := func(format string, args ...any) { flags = append(flags, fmt.Sprintf(format, args...)) }
	if a.Runs > 0 {
		add("--runs %d", a.Runs)
	}
	if a.Seed != nil {
		add("--seed %d", *a.Seed)
	}
	for _, name := range a.Strategies {
		add("--strategy %s", name)
	}
	for _, set := range a.Set {
		add("--set %s", set)
	}
	if a.Duration > 0 {
		add("--duration %v", a.Duration)
	}
	if a.BlockAfter != nil {
		add("--block-after %d", *a.BlockAfter)
	}
	if a.Graveyard {
		add("--graveyard")
	}
	if len(flags) == 0 {
		return "without flags"
	}
	return strings.Join(flags, " ")
}

// missing are the shards that none of the parts is, which are in order.
func missing(parts []*Part) []string {
	var names []string
	have := map[int]bool{}
	for _, p := range parts {
		have[p.Shard.Number] = true
	}
	for n := range parts[0].Shard.Of {
		if !have[n+1] {
			names = append(names, Shard{n + 1, parts[0].Shard.Of}.String())
		}
	}
	const few = 8
	if len(names) > few {
		names = append(names[:few], fmt.Sprintf("%d more", len(names)-few))
	}
	return names
}
