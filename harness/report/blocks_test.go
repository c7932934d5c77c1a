package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

func TestBlocksComeBack(t *testing.T) {
	dir := t.TempDir()
	runs := []metrics.Run{
		{Strategy: "calm", Seed: 1},
		{Strategy: "hasty", Seed: 1, Blocks: []time.Duration{1500 * time.Millisecond, 20 * time.Second}},
		{Strategy: "hasty", Seed: 2, Blocks: []time.Duration{0}},
	}
	d := result.Build(result.Meta{Strategies: []string{"calm", "hasty"}}, runs)
	if err := WriteFiles(dir, d, FileOptions{}); err != nil {
		t.Fatal(err)
	}
	got, err := result.ReadBlocks(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []result.RunBlocks{{Strategy: "hasty", Seed: 1, At: runs[1].Blocks}, {Strategy: "hasty", Seed: 2, At: runs[2].Blocks}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestBadBlocks(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "no header",
		"a,b\n":                                "no header",
		"strategy,seed,blocked_at_ms\na,x,1\n": `row 2: seed "x"`,
		"strategy,seed,blocked_at_ms\na,1,5 -3\n":    `row 2: "-3"`,
		"strategy,seed,blocked_at_ms\na,1,5,extra\n": "wrong number of fields",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, result.BlocksFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := result.ReadBlocks(dir); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), result.BlocksFile) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}
