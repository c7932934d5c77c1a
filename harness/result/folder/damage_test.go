package folder_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
)

// everything has an example of all that files can hold.
func everything() result.Data {
	d := resulttest.PairOf()
	for i := range d.Summary.Strategies {
		d.Summary.Strategies[i].Routes = resulttest.Routed(2, "a").Summary.Strategies[0].Routes
	}
	d.Scenario = []byte(`{"duration":"2s","server":{"keys":1},"strategies":[{"name":"a","client":{"clock":{"jumps":[{"at":"1s","by":"-2s"}]}}},{"name":"b"}]}`)
	d.Graveyard = []result.Burial{{Strategy: "a", Seed: 2, ID: 7}}
	d.Blocks = []result.RunBlocks{{Strategy: "a", Seed: 1, At: []time.Duration{1200 * time.Millisecond, 1900 * time.Millisecond}}}
	return d
}

// A damage changes a file, or returns nil where it cannot.
type damage struct {
	name   string
	change func(name string, content []byte) []byte
}

// damages are all ways in which a file of results may come to harm.
func damages() []damage {
	var all []damage
	cuts := 200
	if testing.Short() {
		cuts = 25
	}
	for i := range cuts {
		all = append(all, damage{fmt.Sprintf("cut after %d/%d", i, cuts), func(_ string, content []byte) []byte {
			return content[:len(content)*i/cuts]
		}})
	}
	for _, word := range []string{"NaN", "Inf", "-Inf", "1e308", "1e999", "-1", "-0.5", "", "x"} {
		all = append(all, damage{"a figure is " + word, func(name string, content []byte) []byte {
			return replaceFigure(name, content, word)
		}})
	}
	return append(all,
		damage{"a column is gone", func(name string, content []byte) []byte {
			return changeCSV(name, content, func(row []string, _ int) []string { return row[:len(row)-1] })
		}},
		damage{"an unknown column", func(name string, content []byte) []byte {
			return changeCSV(name, content, func(row []string, i int) []string {
				return append(slices.Clone(row), fmt.Sprintf("new%d", min(i, 1)))
			})
		}},
		damage{"a strategy twice", func(name string, content []byte) []byte {
			if strings.HasSuffix(name, ".json") {
				return bytes.Replace(content, []byte(`"name": "b"`), []byte(`"name": "a"`), 1)
			}
			return append(slices.Clone(content), content[bytes.IndexByte(content, '\n')+1:]...)
		}},
		damage{"a strategy that nobody knows", func(_ string, content []byte) []byte {
			return append(slices.Clone(content), bytes.ReplaceAll(content[bytes.LastIndexByte(content[:len(content)-1], '\n')+1:], []byte("b"), []byte("z"))...)
		}},
		damage{"a byte more", func(_ string, content []byte) []byte { return append(slices.Clone(content), '1') }},
	)
}

// replaceFigure puts a word in the place of the last figure of a file.
func replaceFigure(name string, content []byte, word string) []byte {
	switch {
	case strings.HasSuffix(name, ".csv"):
		return changeCSV(name, content, func(row []string, i int) []string {
			if i == 1 {
				row = slices.Clone(row)
				row[len(row)-1] = word
			}
			return row
		})
	case name == folder.BenchFile:
		i := bytes.Index(content, []byte(" 1 ")) + 3
		return slices.Concat(content[:i], []byte(word), content[i+bytes.IndexByte(content[i:], ' '):])
	case strings.HasSuffix(name, ".json"):
		i := bytes.LastIndex(content, []byte(": 1")) // some figure that begins with 1
		if i < 0 {
			i = bytes.LastIndex(content, []byte(": "))
		}
		end := i + bytes.IndexAny(content[i:], ",}\n")
		return slices.Concat(content[:i+2], []byte(word), content[end:])
	}
	return nil
}

func changeCSV(name string, content []byte, change func(row []string, i int) []string) []byte {
	if !strings.HasSuffix(name, ".csv") {
		return nil
	}
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		panic(err)
	}
	for i := range rows {
		rows[i] = change(rows[i], i)
	}
	var b bytes.Buffer
	_ = csv.NewWriter(&b).WriteAll(rows) // a buffer takes everything
	return b.Bytes()
}

// However a file of results is damaged, it is refused by its name, or what is
// read is what was written. That holds for the checksums, too.
func TestDamagedFilesAreRefused(t *testing.T) {
	whole := everything()
	dir := t.TempDir()
	if err := folder.Write(dir, whole, folder.Views{}); err != nil {
		t.Fatal(err)
	}
	for name, content := range filesOf(t, whole) {
		for _, damage := range damages() {
			changed := damage.change(name, content)
			if changed == nil || bytes.Equal(changed, content) {
				continue
			}
			checkDamaged(t, dir, name, changed, damage.name, &whole)
		}
		checkDamaged(t, dir, name, nil, "it is gone", &whole)
	}
}

// Without checksums, as in results of version 1, what no reader could notice is
// read; all else is refused, and nothing that is read harms who uses it.
func TestDamagedFilesOfVersion1(t *testing.T) {
	dir := t.TempDir()
	files := map[string][]byte{}
	for _, name := range []string{folder.SummaryFile, folder.SeriesFile, folder.LatencyFile, folder.BenchFile, folder.BlocksFile} {
		content, err := os.ReadFile(filepath.Join("testdata", "version1", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
		files[name] = content
	}
	for name, content := range files {
		for _, damage := range damages() {
			if changed := damage.change(name, content); changed != nil {
				checkDamaged(t, dir, name, changed, damage.name, nil)
			}
		}
	}
}

// checkDamaged reads the files in dir, one of which is changed or, if that is
// nil, removed, and puts them back. What is read has to be want; nil: to be
// written again.
func checkDamaged(t *testing.T, dir, name string, changed []byte, how string, want *result.Data) {
	t.Helper()
	path := filepath.Join(dir, name)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.WriteFile(path, whole, 0o644); err != nil {
			t.Fatal(err)
		}
	}()
	if changed == nil {
		err = os.Remove(path)
	} else {
		err = os.WriteFile(path, changed, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	d, err := folder.Read(dir)
	switch {
	case err != nil && !strings.Contains(err.Error(), path) && !strings.Contains(err.Error(), folder.SumsFile):
		t.Errorf("%s, %s: error %v does not name it", name, how, err)
	case err != nil:
	case want != nil:
		if diff := cmp.Diff(*want, d); diff != "" {
			t.Errorf("%s, %s: read other data:\n%s", name, how, diff)
		}
	default:
		if _, err := folder.Files(d); err != nil {
			t.Errorf("%s, %s: read, and not to be written: %v", name, how, err)
		}
	}
}
