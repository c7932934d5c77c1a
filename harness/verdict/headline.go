package verdict

import (
	"fmt"
	"slices"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// Headline says in one line, without a full stop, who is best of those whose keys
// live, and by how much; "" of a sweep, and where nobody is.
func Headline(d *result.Data) string {
	if len(d.Summary.Points) > 0 {
		return ""
	}
	alive, lost := rowsAt(d, nil)
	if len(alive) == 0 {
		return ""
	}
	s := contest(d, alive, "tps")
	tps := s.best.TPS().Value
	if tps == 0 {
		return ""
	}
	reaches := metrics.RateText(tps, 1) + " requests per second"
	share := ""
	if percents, known := s.best.Share(); known {
		share = fmt.Sprintf(", %s of %s", percent(percents), s.best.Ceiling.Words())
	}
	keep, keeps := "", ""
	if len(lost) > 0 {
		keep, keeps = "keep their keys and ", "keeps its keys and "
	}
	switch level := len(s.level); {
	case len(alive) == 1 && keeps != "":
		return fmt.Sprintf("%s alone keeps its keys: %s%s", name(s.best), reaches, share)
	case level == 1:
		return fmt.Sprintf("%s and %s %sreach %s, %s", name(s.best), name(s.level[0].Strategy), keep, reaches, s.equals())
	case level > 1:
		return fmt.Sprintf("%s and %d others %sreach %s, %s", name(s.best), level, keep, reaches, s.equals())
	case len(s.behind) == 0:
		return fmt.Sprintf("%s reaches %s%s", name(s.best), reaches, share)
	}
	next := s.behind[0]
	lead := 100 * (1 - next.TPS().Value/tps)
	if lead <= 0 {
		return fmt.Sprintf("%s %sreaches %s", name(s.best), keeps, reaches)
	}
	by := fmt.Sprintf(", %s ahead of %s", percent(lead), name(next.Strategy))
	if next.relation == untested {
		by += ", which may be chance"
	}
	return fmt.Sprintf("%s %sreaches %s%s", name(s.best), keeps, reaches, by)
}

// equals says of those that are level what that is known by.
func (s *standing) equals() string {
	if slices.ContainsFunc(s.level, func(r rival) bool { return r.relation == notTold }) {
		return "not told apart by these runs"
	}
	return "as good as each other"
}
