package folder_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
)

// views stand for what is drawn.
func views(names ...string) folder.Views {
	v := folder.Views{Known: []string{"tps.svg", "tps.png", "queue.svg", "report.html"}}
	for _, name := range append(names, "report.html") {
		v.Files = append(v.Files, folder.File{Name: name, Content: bytes.Repeat([]byte("drawn "), 1000)})
	}
	return v
}

// contents returns the files below dir by name.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func write(t *testing.T, dir string, d result.Data, v folder.Views) {
	t.Helper()
	if err := folder.Prepare(dir); err != nil {
		t.Fatal(err)
	}
	if err := folder.Write(dir, d, v); err != nil {
		t.Fatal(err)
	}
}

// What is read from the files is what they were made of.
func TestReadIsInverseOfWrite(t *testing.T) {
	for name, d := range map[string]result.Data{
		"golden": resulttest.GoldenData(), "everything": everything(), "a mute system": resulttest.NoUse(),
		"nothing ran": result.Build(result.Meta{Scenario: "early", Clock: "virtual", Interrupted: true, Strategies: []string{"a"}}, nil),
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "results", "blog")
			write(t, dir, d, views())
			read, err := folder.Read(dir)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(d, read); diff != "" {
				t.Errorf("read differs from written (-written +read):\n%s", diff)
			}
			summary, err := folder.ReadSummary(dir)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(d.Summary, summary); diff != "" {
				t.Error(diff)
			}
			info, err := os.Stat(filepath.Join(dir, folder.SummaryFile))
			if err != nil || info.Mode().Perm() != 0o644 {
				t.Errorf("mode of %s: %v, %v", folder.SummaryFile, info.Mode().Perm(), err)
			}
		})
	}
}

// A run leaves nothing of earlier results, and everything that is not theirs.
func TestWriteReplaces(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, everything(), views("tps.svg", "tps.png"))
	foreign := map[string]string{"notes.txt": "mine", "my.svg": "mine", "tps.png.bak": "mine", "events/a-1.jsonl.gz": "mine"}
	for name, text := range foreign {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("notes.txt", filepath.Join(dir, "queue.svg")); err != nil {
		t.Fatal(err)
	}
	small := resulttest.Synthetic(resulttest.Many(1), 1, time.Second)
	write(t, dir, small, views("tps.svg"))
	want := slices.Collect(maps.Keys(foreign))
	want = append(want, "SHA256SUMS", "bench.txt", "blocks.csv", "latency.csv", "series.csv", "summary.json", "report.html", "tps.svg")
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(contents(t, dir))); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if _, err := os.Lstat(filepath.Join(dir, "queue.svg")); err != nil {
		t.Errorf("a link that is not ours: %v", err)
	}
	// Views made again leave the data, and remove other views.
	before := contents(t, dir)
	if err := folder.WriteViews(dir, views()); err != nil {
		t.Fatal(err)
	}
	delete(before, "tps.svg")
	if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// A process may be killed after any step of a swap: whoever reads then sees all
// of the old results or all of the new ones, and the next one that writes
// finishes or forgets what was begun.
func TestKilledSwap(t *testing.T) {
	old, new := resulttest.Synthetic(resulttest.Many(2), 2, 2*time.Second), everything()
	whole := t.TempDir()
	write(t, whole, new, views("tps.svg"))
	after := contents(t, whole)
	names := slices.Sorted(maps.Keys(after))
	for step := range len(names) + 3 {
		dir := t.TempDir()
		write(t, dir, old, views("queue.svg"))
		var journal strings.Builder
		for i, name := range names {
			draft := fmt.Sprintf(".%s.%d", name, i+1)
			fmt.Fprintf(&journal, "%s\t%s\n", draft, name)
			if err := os.WriteFile(filepath.Join(dir, draft), []byte(after[name]), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		journal.WriteString("\tqueue.svg\n")
		want := &old
		if step > 0 { // the journal has its name
			want = &new
			if err := os.WriteFile(filepath.Join(dir, ".pending"), []byte(journal.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for i, name := range names[:max(0, min(step-1, len(names)))] {
			if err := os.Rename(filepath.Join(dir, fmt.Sprintf(".%s.%d", name, i+1)), filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		if step == len(names)+2 {
			if err := os.Remove(filepath.Join(dir, "queue.svg")); err != nil {
				t.Fatal(err)
			}
		}
		read, err := folder.Read(dir)
		if err != nil {
			t.Fatalf("step %d: %v", step, err)
		}
		if diff := cmp.Diff(*want, read); diff != "" {
			t.Errorf("step %d: read neither the old nor the new results:\n%s", step, diff)
		}
		if err := folder.Prepare(dir); err != nil {
			t.Fatal(err)
		}
		if step > 0 {
			if diff := cmp.Diff(after, contents(t, dir)); diff != "" {
				t.Errorf("step %d: Prepare did not finish:\n%s", step, diff)
			}
		} else if _, drafts := contents(t, dir)["."+names[0]+".1"]; drafts {
			t.Error("Prepare left a draft")
		}
	}
}

func TestWriteFails(t *testing.T) {
	d := resulttest.GoldenData()
	t.Run("folder is a file", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(dir, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{"Write": folder.Write(dir, d, views()), "Prepare": folder.Prepare(dir)} {
			if err == nil || !strings.Contains(err.Error(), dir) {
				t.Errorf("%s: %v, want an error that names %s", what, err, dir)
			}
		}
		if b, _ := os.ReadFile(dir); string(b) != "mine" {
			t.Errorf("the file now has %q", b)
		}
	})
	t.Run("name is taken by a folder", func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, folder.SeriesFile)
		if err := os.Mkdir(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := folder.Write(dir, d, views()); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("got %v, want an error that names %s", err, path)
		}
		if got := contents(t, dir); len(got) != 0 {
			t.Errorf("written: %v, want nothing", slices.Sorted(maps.Keys(got)))
		}
	})
}

// What is no ordinary file may never end, and is not read.
func TestReadNoPipes(t *testing.T) {
	for _, name := range []string{folder.SummaryFile, folder.SeriesFile, folder.SumsFile, ".pending"} {
		dir := t.TempDir()
		write(t, dir, resulttest.GoldenData(), views())
		path := filepath.Join(dir, name)
		_ = os.Remove(path)
		if err := syscall.Mkfifo(path, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := folder.Read(dir); err == nil || !strings.Contains(err.Error(), path+": found no ordinary file") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// readRefuses wants a complaint about a file in which new stands for old, with
// a checksum that fits, or which is missing if old is "".
func readRefuses(t *testing.T, dir, file, old, new, want string) {
	t.Helper()
	path := filepath.Join(dir, file)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if old == "" {
		err = os.Remove(path)
	} else {
		changed := bytes.Replace(content, []byte(old), []byte(new), 1)
		if bytes.Equal(changed, content) {
			t.Fatalf("there is no %q in\n%s", old, content)
		}
		err = os.WriteFile(path, changed, 0o644)
		sums, _ := os.ReadFile(filepath.Join(dir, folder.SumsFile))
		sum := func(b []byte) []byte { return fmt.Appendf(nil, "%x", sha256.Sum256(b)) }
		sums = bytes.Replace(sums, sum(content), sum(changed), 1)
		if err := os.WriteFile(filepath.Join(dir, folder.SumsFile), sums, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = folder.Read(dir)
	if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
		t.Errorf("got error %v, want one with %q that names %s", err, want, path)
	}
}

func TestReadRefuses(t *testing.T) {
	const aimd = "/strategy=aimd/seed=2/"
	for name, tc := range map[string]struct{ file, old, new, want string }{
		"missing file":      {folder.SeriesFile, "", "", "found none, though SHA256SUMS lists it"},
		"no checksums":      {folder.SumsFile, "", "", "found none, expected the checksums"},
		"other schema":      {folder.SummaryFile, `"schema_version": 2`, `"schema_version": 99`, "line 2: found schema_version 99, expected 1 to 2"},
		"no JSON":           {folder.SummaryFile, "{", "[", "summary.json: "},
		"no second":         {folder.SeriesFile, "strategy,second", "strategy,minute", `line 1: found columns ["strategy" "minute"`},
		"column twice":      {folder.SeriesFile, "tps,tps_lo", "tps,tps", `line 1: found column "tps" twice`},
		"unknown strategy":  {folder.SeriesFile, "\naimd,2,", "\nstranger,0,", `found strategy "stranger", which summary.json does not have`},
		"missing second":    {folder.SeriesFile, "\naimd,1", "\naimd,2", `found second 2 of "aimd", expected 1`},
		"no number":         {folder.SeriesFile, "\naimd,0,", "\naimd,0,x", "line 8: tps: "},
		"not a number":      {folder.SeriesFile, "\naimd,0,", "\naimd,0,NaN,", "line 8: found 45 columns"},
		"infinite":          {folder.SeriesFile, "\naimd,1,", "\naimd,1,Inf,", "line 9: found 45 columns"},
		"other quantiles":   {folder.LatencyFile, "strategy,quantile", "strategy,percentile", `line 1: found columns ["strategy" "percentile"`},
		"another strategy":  {folder.LatencyFile, "\naimd,0,", "\nstranger,0,", `found strategy "stranger", which summary.json does not have`},
		"not ascending":     {folder.LatencyFile, "\naimd,0.1,", "\naimd,0.01,", `found quantile 0.01 of "aimd"`},
		"latency goes back": {folder.LatencyFile, "\naimd,0.1,", "\naimd,0.1,0.0,", "found 4 columns"},
		"half a row":        {folder.SeriesFile, "\naimd,1,", "\naimd,1\naimd,1,", "line 9: found 2 columns, expected 44"},
		"negative time":     {folder.SummaryFile, `"duration_s": `, `"duration_s": -`, "found duration_s -"},
		"text for a count":  {folder.SummaryFile, `"runs": `, `"runs": "many", "x": `, "json: cannot unmarshal string into Go struct field Summary.runs"},
		"negative runs":     {folder.SummaryFile, `"runs": `, `"runs": -`, "found runs -"},
		"negative figure":   {folder.SummaryFile, `"429": 0`, `"429": -1`, `responses.429 of "fixed-interval+buffer": found -1`},
		"absurd figure":     {folder.SummaryFile, `"429": 0`, `"429": 1e308`, `responses.429 of "fixed-interval+buffer": found 1e+308`},
		"an odd interval":   {folder.SummaryFile, `"ci95": [`, `"ci95": [1e9, 1], "x": [`, "found an interval from 1e+09 to 1"},
		"a strategy twice":  {folder.SummaryFile, `"name": "aimd"`, `"name": "buffer-only"`, `found strategy "buffer-only" twice`},
		"quoted cell":       {folder.SeriesFile, "\naimd,0,", "\naimd,0,\"", "series.csv: "},
		"second not whole":  {folder.SeriesFile, "\naimd,1,", "\naimd,1.5,", "series.csv: "},
		"not a quantile":    {folder.LatencyFile, "\naimd,0.1,", "\naimd,ten,", "latency.csv: "},
		"bad bench value":   {folder.BenchFile, "84.4 tps", "x tps", "bench.txt: line "},
		"bench figure NaN":  {folder.BenchFile, "84.4 tps", "NaN tps", "found NaN tps"},
		"bench figure Inf":  {folder.BenchFile, "84.4 tps", "Inf tps", "found +Inf tps"},
		"half a pair":       {folder.BenchFile, "84.4 tps", "84.4", "bench.txt: line "},
		"a unit twice":      {folder.BenchFile, "84.4 tps", "84.4 tps 84.4 tps", "found tps twice"},
		"a run twice":       {folder.BenchFile, aimd, "/strategy=aimd/seed=1/", `found seed 1 of "aimd" twice`},
		"a run beyond":      {folder.BenchFile, aimd, "/strategy=aimd/seed=9/", `found seed 9 of "aimd", expected 3 from 1 on`},
		"no seed":           {folder.BenchFile, aimd, "/strategy=aimd/seed=x/", "expected a seed"},
		"a stranger ran":    {folder.BenchFile, aimd, "/strategy=stranger/seed=2/", `found strategy "stranger"`},
		"other runs":        {folder.BenchFile, "84.4 tps", "99.4 tps", `of "fixed-interval+buffer", expected those with a mean of`},
		"block of nobody":   {folder.BlocksFile, "buffer-only,2", "buffer-only,7", `found seed 7 of strategy "buffer-only"`},
		"blocks go back":    {folder.BlocksFile, "1200 2000", "2000 1200", "expected ascending times"},
		"steps too late":    {folder.SummaryFile, `{"from_s": 0,`, `{"from_s": 0.5,`, "found a first step from_s 0.5, expected 0"},
		"steps go back":     {folder.SummaryFile, `{"from_s": 2,`, `{"from_s": 1,`, "found a step from_s 1 after one from 1, expected ascending times"},
		"a bound missing":   {folder.SummaryFile, `{"from_s": 1, "server_cap": 0,`, `{"from_s": 1, "server_cap": null,`, "found server_cap in either the step from_s 1 or ceilings_tps"},
		"a mean below 0":    {folder.SummaryFile, `"server_cap": `, `"server_cap": -`, "found server_cap -99.9001, expected 0"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, resulttest.GoldenData(), views())
			readRefuses(t, dir, tc.file, tc.old, tc.new, tc.want)
		})
	}
}

// Columns and keys of a later version are left alone.
func TestReadToleratesWhatItDoesNotKnow(t *testing.T) {
	dir := t.TempDir()
	d := resulttest.GoldenData()
	for _, tc := range []struct{ file, old, new string }{
		{folder.SummaryFile, `"clock": `, `"weather": {"sun": [1]}, "clock": `},
		{folder.SummaryFile, `"expirations": `, `"moods": 7, "expirations": `},
		{folder.BenchFile, "84.4 tps", "84.4 tps 5 moods"},
	} {
		write(t, dir, d, views())
		path := filepath.Join(dir, tc.file)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		changed := bytes.Replace(content, []byte(tc.old), []byte(tc.new), 1)
		sums, _ := os.ReadFile(filepath.Join(dir, folder.SumsFile))
		sums = bytes.Replace(sums, fmt.Appendf(nil, "%x", sha256.Sum256(content)), fmt.Appendf(nil, "%x", sha256.Sum256(changed)), 1)
		for p, b := range map[string][]byte{path: changed, filepath.Join(dir, folder.SumsFile): sums} {
			if err := os.WriteFile(p, b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		read, err := folder.Read(dir)
		if err != nil {
			t.Fatalf("%s: %v", tc.new, err)
		}
		if diff := cmp.Diff(d, read); diff != "" || bytes.Equal(changed, content) {
			t.Errorf("%s (-written +read):\n%s", tc.new, diff)
		}
	}
}

// Of a sweep, what was written is what is read, with a column for each axis.
func TestSweepIsReadBack(t *testing.T) {
	d := resulttest.SweepOf(
		result.Axis{Name: "cost per request", Set: "client.runtime.per_request", Values: []string{"0ms", "3ms"}},
		result.Axis{Name: "policy", Set: "server.limit", Values: []string{"20/1s", "10/1s, counted"}})
	dir := t.TempDir()
	if err := folder.Write(dir, d, folder.Views{}); err != nil {
		t.Fatal(err)
	}
	got, err := folder.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
	for name, want := range map[string]string{
		folder.SeriesFile:  "strategy,cost per request,policy,second,tps,",
		folder.LatencyFile: "strategy,cost per request,policy,quantile,ms\n",
		folder.BenchFile:   "/strategy=a/cost%20per%20request=3ms/policy=10%2F1s%2C%20counted/seed=",
	} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(content), want) {
			t.Errorf("%s has no %q:\n%.300s", name, want, content)
		}
	}
}
