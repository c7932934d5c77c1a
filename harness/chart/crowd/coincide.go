package crowd

import (
	"slices"

	"gonum.org/v1/plot/vg"

	"ratebench/harness/chart/kit"
)

// Coinciding are the groups of curves that are the same from end to end, by their
// indexes, ascending: of each, all but the last lie under it. What has no point is
// in no group.
func Coinciding(curves []kit.Curve) [][]int {
	var groups [][]int
	for i, c := range curves {
		if len(c) == 0 {
			continue
		}
		at := slices.IndexFunc(groups, func(g []int) bool { return sameLine(curves[g[0]], c) })
		if at < 0 {
			groups, at = append(groups, nil), len(groups)
		}
		groups[at] = append(groups[at], i)
	}
	return slices.DeleteFunc(groups, func(g []int) bool { return len(g) < 2 })
}

// SeeThrough are the dashes of a line that lies over another one.
var SeeThrough = []vg.Length{7, 7}

// Overlaid are the curves that lie over others from end to end: with gaps in them, the
// ones below can be seen.
func Overlaid(curves []kit.Curve) map[int]bool {
	over := map[int]bool{}
	for _, g := range Coinciding(curves) {
		over[g[len(g)-1]] = true
	}
	return over
}

// sameLine compares means: the bands around them may differ.
func sameLine(a, b kit.Curve) bool {
	return slices.EqualFunc(a, b, func(p, q []kit.Sample) bool {
		return slices.EqualFunc(p, q, func(s, t kit.Sample) bool { return s.X == t.X && s.Mean == t.Mean })
	})
}

// Covers are, of the curves that are the same as a later one in all of several
// charts, the index of the last such: it is drawn over them, as others may be in
// some of the charts.
func Covers(charts [][]kit.Curve) map[int]int {
	under := map[int]int{}
	if len(charts) == 0 {
		return under
	}
	for i := range charts[0] {
		for top := len(charts[0]) - 1; top > i; top-- {
			drawn, same := false, true
			for _, curves := range charts {
				drawn = drawn || len(curves[i]) > 0
				same = same && sameLine(curves[i], curves[top])
			}
			if drawn && same {
				under[i] = top
				break
			}
		}
	}
	return under
}
