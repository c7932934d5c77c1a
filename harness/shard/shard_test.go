package shard

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ratebench/harness/metrics"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Shard{"1/1": {1, 1}, "3/16": {3, 16}, "10000/10000": {10_000, 10_000}} {
		if got, err := Parse(text); err != nil || got != want || got.String() != text {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "3", "0/4", "5/4", "-1/4", "1/0", "1/10001", "1/2/3", "a/b", " 1/2", "1/ 2", "1/99999999999999999999"} {
		if got, err := Parse(text); err == nil || !strings.HasPrefix(err.Error(), "is ") {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
}

// Every run is in exactly one shard, and shards differ by one run at most.
func TestShardsAreAPartition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total, of := rapid.IntRange(0, 300).Draw(t, "runs"), rapid.IntRange(1, 40).Draw(t, "of")
		size := make([]int, of)
		for i := range total {
			in := 0
			for n := range of {
				if (Shard{n + 1, of}).Has(i) {
					in++
					size[n]++
				}
			}
			if in != 1 {
				t.Fatalf("run %d is in %d shards", i, in)
			}
		}
		for _, n := range size {
			if n < total/of || n > total/of+1 {
				t.Fatalf("sizes %v of %d runs", size, total)
			}
		}
	})
}

func TestAllWithoutShards(t *testing.T) {
	if !(Shard{}).Has(0) || !(Shard{}).Has(7) {
		t.Error("the zero shard leaves out runs")
	}
}

// partsOf cuts runs into parts, in whatever order they are found.
func partsOf(runs []metrics.Run, of int) []*Part {
	var parts []*Part
	for n := range of {
		p := &Part{
			Version: "v1", Shard: Shard{n + 1, of}, Total: len(runs), file: "part " + Shard{n + 1, of}.String(),
			Scenario: Scenario{Name: "blog", Path: "blog.yaml", SHA256: "abc"},
		}
		for i, r := range runs {
			if p.Shard.Has(i) {
				p.Runs = append(p.Runs, r)
			}
		}
		parts = append(parts, p)
	}
	return parts
}

func runsOf(n int) []metrics.Run {
	var runs []metrics.Run
	for i := range n {
		runs = append(runs, metrics.Run{Strategy: "a", Seed: uint64(i), Duration: time.Second})
	}
	return runs
}

// What is cut comes together again, whatever the order of the parts.
func TestMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runs := runsOf(rapid.IntRange(0, 50).Draw(t, "runs"))
		parts := rapid.Permutation(partsOf(runs, rapid.IntRange(1, 20).Draw(t, "of"))).Draw(t, "order")
		got, err := Merge(parts)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(runs) {
			t.Fatalf("%d runs, want %d", len(got), len(runs))
		}
		for i := range got {
			if got[i].Seed != runs[i].Seed {
				t.Fatalf("run %d has the seed %d, want %d", i, got[i].Seed, runs[i].Seed)
			}
		}
	})
}

func TestPartsThatDoNotFit(t *testing.T) {
	seed := uint64(7)
	for want, spoil := range map[string]func(p []*Part) []*Part{
		"blog: found 3 of 4 parts, and not 3/4":                       func(p []*Part) []*Part { return append(p[:2:2], p[3]) },
		"part 2/4: found part 2/4 again, and it is in part 2/4, too;": func(p []*Part) []*Part { return append(p, p[1]) },
		"part 3/4: found a run of version v2, expected v1":            func(p []*Part) []*Part { p[2].Version = "v2"; return p },
		"found a run of a scenario with the checksum x, expected abc": func(p []*Part) []*Part { p[3].Scenario.SHA256 = "x"; return p },
		"found a run with the command line --seed 7, expected without flags": func(p []*Part) []*Part {
			p[1].Asked.Seed = &seed
			return p
		},
		"found a part of 5, expected 4":                            func(p []*Part) []*Part { p[1].Shard.Of = 5; return p },
		"found a part of so many runs: 11, expected 10":            func(p []*Part) []*Part { p[1].Total = 11; return p },
		"part 2/4: found 2 runs, expected those of part 2/4 of 10": func(p []*Part) []*Part { p[1].Runs = p[1].Runs[1:]; return p },
		"part 4/4: found 3 runs, expected 2, those of part 4/4 of 10": func(p []*Part) []*Part {
			p[3].Runs = append(p[3].Runs, metrics.Run{})
			return p
		},
	} {
		if _, err := Merge(spoil(partsOf(runsOf(10), 4))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestGroup(t *testing.T) {
	parts := partsOf(runsOf(4), 2)
	other := *parts[0]
	other.Scenario.Name = "a"
	got := Group([]*Part{parts[1], &other, parts[0]})
	if len(got) != 2 || len(got[0]) != 1 || got[0][0] != &other || len(got[1]) != 2 || got[1][0] != parts[1] {
		t.Errorf("%v", got)
	}
}

// A part comes out of its file as it went in, and is found from the folder of its
// scenario and from the one above.
func TestWriteAndRead(t *testing.T) {
	dir := t.TempDir()
	p := partsOf(runsOf(3), 2)[1]
	p.Asked = Asked{Runs: 3, Strategies: []string{"a"}, Duration: time.Minute, Graveyard: true}
	scenario := filepath.Join(dir, "with [brackets]*", "blog")
	file, err := p.Write(scenario)
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{scenario, filepath.Dir(scenario), filepath.Dir(file)} {
		got, err := Read(from)
		if err != nil || len(got) != 1 || got[0].file != file {
			t.Fatalf("%s: %v, %v", from, got, err)
		}
		a, _ := json.Marshal(p)
		b, _ := json.Marshal(got[0])
		if diff := cmp.Diff(string(a), string(b)); diff != "" {
			t.Errorf("(-written +read)\n%s", diff)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".part*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFilesThatAreNoParts(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "found no parts of a run --shard") {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := Read(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	whole := filepath.Join(dir, "shards", "1-of-2.json.gz")
	p := partsOf(runsOf(3), 2)[0]
	if _, err := p.Write(dir); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range [][]byte{nil, []byte("text"), data[:len(data)/2], data[:len(data)-9]} {
		if err := os.WriteFile(whole, cut, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(dir); err == nil || !strings.HasPrefix(err.Error(), whole+": found no part") {
			t.Errorf("%d of %d bytes: %v", len(cut), len(data), err)
		}
	}
	for what, make := range map[string]func() error{
		"a folder": func() error { return os.Mkdir(whole, 0o755) },
		"a device": func() error { return os.Symlink(os.DevNull, whole) },
	} {
		if err := errors.Join(os.Remove(whole), make()); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(dir); err == nil || !strings.HasPrefix(err.Error(), whole+": found ") || !strings.Contains(err.Error(), "expected a file") {
			t.Errorf("%s: %v", what, err)
		}
	}
	p.Shard = Shard{3, 2}
	if _, err := p.Write(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(whole); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "found the part 3/2, want 1/1 to") {
		t.Errorf("part 3/2: %v", err)
	}
}

// A part that was changed is refused, however well it is packed again.
func TestChangedParts(t *testing.T) {
	dir := t.TempDir()
	runs := runsOf(4)
	runs[0].Retries = 1234
	p := partsOf(runs, 2)[0]
	file, err := p.Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil || bytes.Count(text, []byte("1234")) != 1 {
		t.Fatalf("%s, %v", text, err)
	}
	pack := func(comment string, text []byte) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Comment = comment
		_, err := w.Write(text)
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, test := range []struct {
		what string
		data []byte
		want string // in the error, none if it is empty
	}{
		{"packed again with its checksum", pack(z.Comment, text), ""},
		{"another figure", pack(z.Comment, bytes.Replace(text, []byte("1234"), []byte("1235"), 1)), "was changed after it was written"},
		{"a space", pack(z.Comment, append(text[:len(text):len(text)], ' ')), "was changed after it was written"},
		{"another part behind it", slices.Concat(data, data), "was changed after it was written"},
		{"bytes behind it", append(data[:len(data):len(data)], "more"...), "found no part of a run --shard, or not all of it"},
		{"no checksum", pack("", text), "found no checksum in its header"},
		{"a checksum of something else", pack("sha256:00", text), "expected 00"},
	} {
		if err := os.WriteFile(file, test.data, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Read(dir)
		if right := err == nil == (test.want == "") && (err == nil || strings.HasPrefix(err.Error(), file+": ") && strings.Contains(err.Error(), test.want)); !right {
			t.Errorf("%s: got %v, want %q", test.what, err, test.want)
		}
	}
}
