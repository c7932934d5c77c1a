package verdict

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/result"
)

// swept is data of two strategies at points of one axis.
func swept(at []string, a, b [][]float64, dead map[string]bool) *result.Data {
	var rows []made
	for i, point := range at {
		for _, st := range []struct {
			name string
			tps  []float64
		}{{"a", a[i]}, {"b", b[i]}} {
			other := map[string]float64{}
			if dead[st.name+"/"+point] {
				other["keys_blocked"] = 5
			}
			rows = append(rows, made{st.name + "/" + point, st.tps, other})
		}
	}
	d := data(rows...)
	for i := range d.Summary.Strategies {
		st := &d.Summary.Strategies[i]
		var point string
		st.Plain, point, _ = strings.Cut(st.Name, "/")
		st.Point = []string{point}
	}
	d.Summary.Axes = []result.Axis{{Name: "cost per request", Values: at}}
	for _, point := range at {
		d.Summary.Points = append(d.Summary.Points, result.Point{At: []string{point}})
	}
	return d
}

func TestVerdictOnASweep(t *testing.T) {
	fast, slow := []float64{90, 91, 92, 93}, []float64{80, 81, 82.5, 83}
	const holm = "At each point by itself, that any strategy is called better by chance has a probability of 5\u00a0% at most (Holm)."
	interrupted := swept([]string{"0ms", "3ms", "6ms"}, [][]float64{fast, fast, fast}, [][]float64{slow, slow, slow}, nil)
	interrupted.Summary.Strategies = interrupted.Summary.Strategies[:3]
	for name, tc := range map[string]struct {
		data *result.Data
		want []string
	}{
		"one is best everywhere": {swept([]string{"0ms", "3ms"}, [][]float64{fast, fast}, [][]float64{slow, slow}, nil), []string{
			"By cost per request, most gets through with a at all 2 points.", holm}},
		"it depends": {swept([]string{"0ms", "3ms", "6ms"}, [][]float64{fast, slow, fast}, [][]float64{slow, fast, slow}, nil), []string{
			"By cost per request, most gets through with a at 0ms and 6ms; with b at 3ms.", holm}},
		"as good": {swept([]string{"0ms", "3ms"}, [][]float64{fast, fast}, [][]float64{fast, slow}, nil), []string{
			"By cost per request, most gets through with a and b, as good as each other, at 0ms; with a at 3ms.", holm}},
		"the fastest loses its keys at one": {swept([]string{"0ms", "3ms"}, [][]float64{fast, fast}, [][]float64{slow, slow}, map[string]bool{"a/3ms": true}), []string{
			"By cost per request, most gets through with a at 0ms; with b at 3ms.", holm,
			"Not counted, for keys are blocked: a at 3ms."}},
		"nobody is left": {swept([]string{"0ms"}, [][]float64{fast}, [][]float64{slow}, map[string]bool{"a/0ms": true, "b/0ms": true}), []string{
			"By cost per request, most gets through with no strategy that keeps its keys at 0ms.", holm,
			"Not counted, for keys are blocked: a at 0ms; b at 0ms."}},
		"nothing succeeds at one": {swept([]string{"0ms", "3ms"}, [][]float64{fast, {0, 0}}, [][]float64{slow, {0, 0}}, nil), []string{
			"By cost per request, most gets through with a at 0ms; with none, as nothing succeeds, at 3ms.", holm}},
		"interrupted": {interrupted, []string{
			"By cost per request, most gets through with a at 0ms. Left out: 2 of 3 points, at which not all strategies ran.", holm}},
	} {
		if diff := cmp.Diff(tc.want, Of(tc.data).Sentences()); diff != "" {
			t.Errorf("%s: want (-), got (+)\n%s", name, diff)
		}
	}
}
