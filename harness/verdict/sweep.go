package verdict

import (
	"fmt"
	"slices"
	"strings"

	"ratebench/harness/result"
)

// ofSweep is the verdict on a sweep: who is best at which points. Points are not
// compared with each other, since what they ask differs.
func ofSweep(d *result.Data) Verdict {
	v := Verdict{Answer: answer(&d.Summary)}
	var winners, losers groups
	points := d.Summary.Points
	most := 0 // strategies at a point
	for i := range points {
		alive, lost := rowsAt(d, points[i].At)
		most = max(most, len(alive)+len(lost))
	}
	unfinished := 0
	for i := range points {
		at := points[i].At
		alive, lost := rowsAt(d, at)
		if len(alive)+len(lost) < most { // interrupted before all of them ran
			unfinished++
			continue
		}
		for _, st := range lost {
			losers.add(plain(st), at)
		}
		who := "no strategy that keeps its keys"
		if len(alive) > 0 {
			who = "none, as nothing succeeds,"
			if s := contest(d, alive, "tps"); s.best.TPS().Value > 0 {
				who = leaders(&s)
			}
		}
		winners.add("with "+who, at)
	}
	v.Best = fmt.Sprintf("By %s, most gets through %s.", axisNames(d.Summary.Axes), winners.text(len(points)))
	if unfinished > 0 {
		v.Best += fmt.Sprintf(" Left out: %d of %d points, at which not all strategies ran.", unfinished, len(points))
	}
	v.Lead = "At each point by itself, that any strategy is called better by chance has a probability of 5\u00a0% at most (Holm)."
	if len(losers) > 0 {
		v.Lost = "Not counted, for keys are blocked: " + losers.text(len(d.Summary.Points)) + "."
	}
	return v
}

// rowsAt are the strategies at a point, which is nil without a sweep: those that keep
// their keys, and those that do not.
func rowsAt(d *result.Data, at []string) (alive, lost []*result.Strategy) {
	for i := range d.Summary.Strategies {
		st := &d.Summary.Strategies[i]
		switch {
		case !slices.Equal(st.Point, at):
		case st.KeepsKeys():
			alive = append(alive, st)
		default:
			lost = append(lost, st)
		}
	}
	return alive, lost
}

// leaders are the best and those as good, by name, so that the same ones are
// called the same at all points.
func leaders(s *standing) string {
	names := []string{plain(s.best)}
	for _, r := range s.level {
		names = append(names, plain(r.Strategy))
	}
	slices.Sort(names)
	if len(names) == 1 {
		return names[0]
	}
	if len(names)-1 > mostNamed {
		return fmt.Sprintf("%s and %d more, as good as each other,", strings.Join(names[:mostNamed], ", "), len(names)-mostNamed)
	}
	return and(names) + ", as good as each other,"
}

func plain(st *result.Strategy) string { return result.Abbreviate(result.OneLine(st.Plain), 40) }

func axisNames(axes []result.Axis) string {
	names := make([]string, len(axes))
	for i, a := range axes {
		names[i] = result.OneLine(a.Name)
	}
	return strings.Join(names, " and ")
}

// groups are the points at which something is the same, in the order in which it
// first is.
type groups []group

type group struct {
	who    string
	points []string
}

func (g *groups) add(who string, at []string) {
	point := result.OneLine(strings.Join(at, " and "))
	for i := range *g {
		if (*g)[i].who == who {
			(*g)[i].points = append((*g)[i].points, point)
			return
		}
	}
	*g = append(*g, group{who, []string{point}})
}

// text names who it is where, of so many points.
func (g groups) text(points int) string {
	var parts []string
	for _, one := range g {
		part := one.who
		switch n := len(one.points); {
		case n == points && points > 1:
			part += fmt.Sprintf(" at all %d points", points)
		case n > mostNamed+1:
			part += fmt.Sprintf(" at %d of %d points", n, points)
		default:
			part += " at " + and(one.points)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}
