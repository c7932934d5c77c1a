package folder

import "testing"

func TestOffsetOf(t *testing.T) {
	const text = `{
  "a": 1,
  "b": {"c": [10,
    {"d": "x", "e": null},
    [
    ]]},
  "f": true
}
`
	for _, tc := range []struct {
		at   []any
		line int
	}{
		{nil, 1},
		{[]any{"a"}, 2},
		{[]any{"b"}, 3},
		{[]any{"b", "c", 0}, 3},
		{[]any{"b", "c", 1}, 4},
		{[]any{"b", "c", 1, "d"}, 4},
		{[]any{"b", "c", 2}, 5},
		{[]any{"f"}, 7},
		// Up to what there is.
		{[]any{"missing"}, 1},
		{[]any{"b", "missing"}, 3},
		{[]any{"b", "c", 2, 0}, 5},
		{[]any{"f", "nothing in it"}, 7},
	} {
		if got := lineAt([]byte(text), offsetOf([]byte(text), tc.at)); got != tc.line {
			t.Errorf("%v is in line %d, want %d", tc.at, got, tc.line)
		}
	}
}
