package verdict

import (
	"testing"

	"ratebench/harness/result"
)

func TestHeadline(t *testing.T) {
	steady := []float64{89, 90, 91, 92, 93, 94}
	slower := []float64{88, 89, 90, 91, 92, 92}
	dead := map[string]float64{"keys_blocked": 2.5}
	for name, tc := range map[string]struct {
		data *result.Data
		want string
	}{
		"none ran":                  {data(), ""},
		"nothing succeeds":          {data(made{"a", []float64{0, 0}, nil}), ""},
		"nobody keeps keys":         {data(made{"a", steady, dead}), ""},
		"one":                       {data(made{"a", steady, nil}), "a reaches 91.5 requests per second, 91.5\u00a0% of the provable ceiling"},
		"one is left":               {data(made{"a", steady, nil}, made{"b", []float64{99, 99}, dead}), "a alone keeps its keys: 91.5 requests per second, 91.5\u00a0% of the provable ceiling"},
		"one leads":                 {data(made{"b", slower, nil}, made{"a", steady, nil}), "a reaches 91.5 requests per second, 1.3\u00a0% ahead of b"},
		"leads of those with keys":  {data(made{"b", slower, nil}, made{"a", steady, nil}, made{"c", []float64{99, 99}, dead}), "a keeps its keys and reaches 91.5 requests per second, 1.3\u00a0% ahead of b"},
		"one run":                   {data(made{"b", slower[:1], nil}, made{"a", steady[:1], nil}), "a reaches 89.0 requests per second, 1.1\u00a0% ahead of b, which may be chance"},
		"the same":                  {data(made{"b", steady, nil}, made{"a", steady, nil}), "b and a reach 91.5 requests per second, as good as each other"},
		"three the same, keys kept": {data(made{"b", steady, nil}, made{"a", steady, nil}, made{"c", steady, nil}, made{"d", steady, dead}), "b and 2 others keep their keys and reach 91.5 requests per second, as good as each other"},
		"not told apart":            {data(made{"a", steady, nil}, made{"b", []float64{89, 92, 90, 93, 91, 93.5}, nil}), "a and b reach 91.5 requests per second, not told apart by these runs"},
		"a sweep has one per point": {swept([]string{"0ms"}, [][]float64{steady}, [][]float64{slower}, nil), ""},
	} {
		if got := Headline(tc.data); got != tc.want {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, tc.want)
		}
	}
}
