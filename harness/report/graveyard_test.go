package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// buriedRuns are the results of runs that kept their graveyards.
func buriedRuns() result.Data {
	runs := []metrics.Run{
		{Strategy: "a", Seed: 1, Graveyard: []int64{5, 3}, Ledger: metrics.Ledger{Graveyard: 2}},
		{Strategy: "a", Seed: 2},
		{Strategy: "a", Seed: 3},
		{Strategy: "b, c", Seed: 2, Graveyard: []int64{8}, Ledger: metrics.Ledger{Graveyard: 1}},
		{Strategy: "b, c", Seed: 1},
		{Strategy: "d", Seed: 1},
	}
	d := result.Build(result.Meta{Seed: 1, Runs: 3, Strategies: []string{"a", "b, c", "d"}}, runs)
	d.Graveyard = result.Graveyard(runs)
	return d
}

func TestGraveyard(t *testing.T) {
	dir := t.TempDir()
	d := buriedRuns()
	if err := WriteFiles(dir, d, FileOptions{}); err != nil {
		t.Fatal(err)
	}
	want := "strategy,seed,id\na,1,5\na,1,3\n\"b, c\",2,8\n"
	if diff := cmp.Diff(want, contents(t, dir)[result.GraveyardFile]); diff != "" {
		t.Error(diff)
	}
	read, err := result.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d.Graveyard, read.Graveyard); diff != "" {
		t.Errorf("read differs from written (-written +read):\n%s", diff)
	}
}

func TestGraveyardRead(t *testing.T) {
	for _, tc := range []struct {
		name, rows string
		belongs    bool
		problem    string // "": none
	}{
		{"as written", "a,1,5\na,1,3\n\"b, c\",2,8\n", true, ""},
		{"in another order", "\"b, c\",2,8\na,3,5\na,1,3\n", true, ""},
		{"one less", "a,1,5\n\"b, c\",2,8\n", false, ""},
		{"one more", "a,1,5\na,1,3\n\"b, c\",2,8\nd,1,1\n", false, ""},
		{"none", "", false, ""},
		{"of a stranger", "a,1,5\na,1,3\n\"b, c\",2,8\ne,1,1\n", false, ""},
		{"of a seed before", "a,0,5\na,1,3\n\"b, c\",2,8\n", false, ""},
		{"of a seed after", "a,1,5\na,1,3\n\"b, c\",3,8\n", false, ""},
		{"a seed that is none", "a,1,5\na,x,3\n", false, `line 3: found seed "x", expected a whole number`},
		{"an id that is none", "a,1,5\na,1,3.5\n", false, `line 3: found id "3.5", expected a whole number`},
		{"too few columns", "a,1\n", false, "line 2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := WriteFiles(dir, buriedRuns(), FileOptions{}); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, result.GraveyardFile)
			if err := os.WriteFile(path, []byte("strategy,seed,id\n"+tc.rows), 0o644); err != nil {
				t.Fatal(err)
			}
			d, err := result.Read(dir)
			switch {
			case tc.problem != "":
				if err == nil || !strings.Contains(err.Error(), tc.problem) || !strings.Contains(err.Error(), path) {
					t.Errorf("got error %v, want one with %q that names %s", err, tc.problem, path)
				}
			case err != nil:
				t.Error(err)
			case (d.Graveyard != nil) != tc.belongs:
				t.Errorf("read %v; do they belong to the results? %v", d.Graveyard, tc.belongs)
			}
		})
	}
}
