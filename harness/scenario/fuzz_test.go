package scenario

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"ratebench/harness/scenario/notation"
	"ratebench/harness/yamlfile"
)

// FuzzParse looks for input that panics, hangs, or makes an error that does
// not say where it is, and checks that a scenario without error is complete.
func FuzzParse(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/bad.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		if strings.HasSuffix(file.Name, ".yaml") {
			f.Add([]byte(complete(string(file.Data))))
		}
	}
	f.Add([]byte(full))
	f.Add([]byte("\"\\x"))
	f.Add([]byte("a: |\n x\n\n\n"))
	fsys := fstest.MapFS{"sample.csv": {Data: []byte("1\n2\n")}}
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		s, err := testLoader().Parse("fuzz.yaml", data, fsys)
		if took := time.Since(start); took > 30*time.Second {
			t.Fatalf("took %v", took)
		}
		if err == nil {
			checkComplete(t, s)
			checkReadBack(t, s, fsys)
			return
		}
		problems := problemsIn(err)
		if len(problems) == 0 {
			t.Fatalf("error without problems: %v", err)
		}
		lines := strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data)), "\n") + 1
		for _, p := range problems {
			if p.Msg == "" || p.Line < 0 || p.Line > lines || p.Line > 0 && p.Column < 1 {
				t.Fatalf("problem %+v in a file of %d lines", p, lines)
			}
			if !utf8.ValidString(p.Error()) {
				t.Fatalf("message is not UTF-8: %q", p.Error())
			}
		}
	})
}

// firstPoint is the first point of a sweep, which is written point by point, with
// the names of the file; or the scenario itself.
func firstPoint(s *Scenario) *Scenario {
	if len(s.Points) == 0 {
		return s
	}
	p := *s.Points[0].Scenario
	p.Strategies = slices.Clone(p.Strategies)
	for i := range p.Strategies {
		p.Strategies[i].Name = s.Strategies[i].Name
	}
	return &p
}

// checkReadBack wants what the scenario is written as to be the same scenario.
func checkReadBack(t *testing.T, s *Scenario, fsys fs.FS) {
	s = firstPoint(s)
	written, err := s.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if len(written) > yamlfile.MaxBytes {
		return // nobody would write that into a file
	}
	again, err := testLoader().Parse("again.json", written, fsys)
	if err != nil {
		t.Fatalf("%v\n%s", err, written)
	}
	if rewritten, err := again.MarshalJSON(); err != nil || string(rewritten) != string(written) {
		t.Fatalf("written as\n%s\nwhich is read as (%v)\n%s", written, err, rewritten)
	}
}

func checkComplete(t *testing.T, s *Scenario) {
	switch {
	case notation.CheckName(s.Name) != nil, s.Duration <= 0, s.Runs < 1, s.Step < 0, len(s.Strategies) == 0,
		s.Server.Keys < 1, s.Server.Incoming == nil, s.Server.Outgoing == nil,
		s.Server.Limit.N < 1, s.Server.Limit.Window < s.Server.Resolution,
		s.Load.Every == nil, s.Load.Every.Mean() <= 0, s.Load.TTL <= 0:
		t.Fatalf("incomplete scenario %+v", s)
	}
	for _, st := range s.Strategies {
		if notation.CheckName(st.Name) != nil || st.Limiter.Config == nil || st.Client.WorkersPerKey < 1 || st.Client.Timeout <= 0 {
			t.Fatalf("incomplete strategy %+v", st)
		}
	}
	for _, e := range s.Expect {
		if (e.Ratio == nil) == (e.Between == nil) || (e.Ratio == nil) != (e.Over == "") {
			t.Fatalf("incomplete expectation %+v", e)
		}
	}
}
