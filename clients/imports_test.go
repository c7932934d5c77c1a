package clients

import (
	"os/exec"
	"strings"
	"testing"
)

// What one takes home is the standard library and this folder, and a limiter
// needs no more than the standard library.
func TestImports(t *testing.T) {
	for pkg, allowed := range map[string]string{
		"ratebench/clients/limiter": "ratebench/clients/limiter",
		"ratebench/clients/pace":    "ratebench/clients/",
		"ratebench/clients":         "ratebench/clients",
	} {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", pkg).Output()
		if err != nil {
			t.Fatalf("go list %s: %v", pkg, err)
		}
		for dep := range strings.FieldsSeq(string(out)) {
			if !strings.HasPrefix(dep, allowed) || dep == "ratebench/clients/peers" {
				t.Errorf("%s needs %s", pkg, dep)
			}
		}
	}
}
