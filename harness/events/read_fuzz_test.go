package events

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whatever the text, reading it ends in an error or in lines that say the same
// when they are written and read again.
func FuzzRead(f *testing.F) {
	const header = `{"schema_version":1,"scenario":{"name":"blog","sha256":"ab"},"clock":"real","strategy":"a","seed":1}` + "\n"
	f.Add("")
	f.Add(header)
	f.Add(header + `{"t_ms":0.000001,"event":"sent","id":7,"key":0,"retries":2}` + "\n")
	f.Add(header + `{"t_ms":16,"event":"answered","id":1,"key":1,"response":"429","status":429,"latency_ms":1,"service_ms":1,"retry_after_ms":30,"remaining":0,"reset_ms":-1}`)
	f.Add(header + `{"t_ms":1e999}`)
	f.Fuzz(func(t *testing.T, text string) {
		var lines []Line
		h, err := Read(bytes.NewReader(zipped(t, text)), func(l Line) { lines = append(lines, l) })
		if err != nil {
			return
		}
		var again bytes.Buffer
		e := json.NewEncoder(&again)
		if err := e.Encode(h); err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if err := e.Encode(l); err != nil {
				t.Fatal(err)
			}
		}
		var back []Line
		hBack, err := Read(bytes.NewReader(zipped(t, again.String())), func(l Line) { back = append(back, l) })
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(h, hBack) + cmp.Diff(lines, back); diff != "" {
			t.Errorf("(-read +read again):\n%s", diff)
		}
	})
}
