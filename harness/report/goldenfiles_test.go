package report

import (
	"testing"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
)

func TestGoldenFiles(t *testing.T) {
	files, err := result.Files(resulttest.GoldenData())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		resulttest.Golden(t, f.Name, f.Content)
	}
}
