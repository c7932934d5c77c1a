package choice

import "testing"

func TestUnknown(t *testing.T) {
	known := []string{"uniform", "constant", "normal", "lognormal"}
	tests := []struct{ got, want string }{
		{"gauss", `unknown thing "gauss", want uniform, constant, normal or lognormal`},
		{"norml", `unknown thing "norml" (did you mean normal?), want uniform, constant, normal or lognormal`},
		{"nromal", `unknown thing "nromal" (did you mean normal?), want uniform, constant, normal or lognormal`},
		{"Uniform", `unknown thing "Uniform" (did you mean uniform?), want uniform, constant, normal or lognormal`},
		{"const", `unknown thing "const" (did you mean constant?), want uniform, constant, normal or lognormal`},
		{"LOG", `unknown thing "LOG" (did you mean lognormal?), want uniform, constant, normal or lognormal`},
		{"", `unknown thing "", want uniform, constant, normal or lognormal`},
	}
	for _, tt := range tests {
		if got := Unknown("thing", tt.got, known); got != tt.want {
			t.Errorf("Unknown(%q):\n got %s\nwant %s", tt.got, got, tt.want)
		}
	}
}

// A beginning of several names could mean any of them.
func TestNearestIsNotAnyBeginning(t *testing.T) {
	if got, ok := Nearest("token", []string{"token-bucket", "token-window"}); ok {
		t.Errorf("got %s, want none", got)
	}
}

func TestList(t *testing.T) {
	tests := []struct {
		names []string
		want  string
	}{
		{nil, ""},
		{[]string{"a"}, "a"},
		{[]string{"a", "b"}, "a or b"},
		{[]string{"a", "b", "c"}, "a, b or c"},
	}
	for _, tt := range tests {
		if got := List(tt.names); got != tt.want {
			t.Errorf("List(%q) = %q, want %q", tt.names, got, tt.want)
		}
	}
}

func TestEdits(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"abc", "abc", 0},
		{"abc", "acb", 1},        // swap
		{"abc", "abxc", 1},       // insertion
		{"abc", "ac", 1},         // deletion
		{"abc", "axc", 1},        // substitution
		{"kitten", "sitting", 3}, // two substitutions, one insertion
		{"ca", "abc", 3},         // a swapped pair is not edited again
	}
	for _, tt := range tests {
		if got := edits(tt.a, tt.b); got != tt.want {
			t.Errorf("edits(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := edits(tt.b, tt.a); got != tt.want {
			t.Errorf("edits(%q, %q) = %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}
