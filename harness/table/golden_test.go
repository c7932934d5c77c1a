package table

import (
	"bytes"
	"testing"
	"time"

	"ratebench/harness/internal/resulttest"
)

func TestGoldenTables(t *testing.T) {
	d := resulttest.GoldenData()
	for name, format := range map[string]Format{"table.txt": Text, "table.md": Markdown, "table.csv": CSV} {
		var b bytes.Buffer
		if err := Write(&b, d, format, Width); err != nil {
			t.Fatal(err)
		}
		resulttest.Golden(t, name, b.Bytes())
	}
}

func TestGoldenComparison(t *testing.T) {
	virtual := resulttest.GoldenData().Summary
	real := resulttest.Synthetic([]resulttest.Profile{{Name: "fixed-interval+buffer", TPS: 84, Latency: 700 * time.Millisecond}, resulttest.Profiles[1], resulttest.Profiles[4]}, 1, 2500*time.Millisecond).Summary
	real.Clock = "real"
	var b bytes.Buffer
	if err := CompareClocks(&b, virtual, real); err != nil {
		t.Fatal(err)
	}
	resulttest.Golden(t, "compare.txt", b.Bytes())
}
