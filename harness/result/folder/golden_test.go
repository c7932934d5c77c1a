package folder_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
)

// filesOf are the files of data by name.
func filesOf(t *testing.T, d result.Data) map[string][]byte {
	t.Helper()
	files, err := folder.Files(d)
	if err != nil {
		t.Fatal(err)
	}
	content := map[string][]byte{}
	for _, f := range files {
		content[f.Name] = f.Content
	}
	return content
}

func TestGoldenFiles(t *testing.T) {
	for name, content := range filesOf(t, resulttest.GoldenData()) {
		resulttest.Golden(t, name, content)
	}
}

// Results that a version of ratebench without checksums has written are read,
// with what they lack.
func TestReadVersion1(t *testing.T) {
	d, err := folder.Read(filepath.Join("testdata", "version1"))
	if err != nil {
		t.Fatal(err)
	}
	s := &d.Summary
	if s.SchemaVersion != 1 || s.Question == "" || s.TTLS != 1 || len(s.Strategies) != 4 || len(d.Runs) != 12 {
		t.Errorf("read %+v", s)
	}
	if st := s.Strategies[1]; st.Mean("429") == 0 || st.Mean("latency_p99_ms") == 0 || d.Runs[4].Seed != 2 || !d.Runs[4].Figures.Of("queue_main_peak").Known {
		t.Errorf("figures %+v, run %+v", st, d.Runs[4])
	}
	// Among them the first block, which was a mean of some of the runs.
	resulttest.Golden(t, "version1-lacks.txt", []byte(strings.Join(d.Lacks, "\n")+"\n"))
	if at := s.Strategies[1].Of("first_block_s"); at.Known || s.Keys != 0 || len(d.Blocks) == 0 {
		t.Errorf("first block %+v, %d keys, and blocks %+v", at, s.Keys, d.Blocks)
	}
	if _, err := os.Stat(filepath.Join("testdata", "version1", folder.SumsFile)); err == nil {
		t.Error("version 1 had no checksums")
	}
}
