package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/metrics"
)

// withUnexported lets cmp see what the chart of resources is made of.
var withUnexported = cmp.AllowUnexported(Resources{}, useTimeline{}, useRow{}, useCell{})

// pairOf are the results of two clients that were measured.
func pairOf() Data {
	return isolated(1000,
		usageOf("a", 1, 5, 51234*time.Microsecond, 1001),
		usageOf("a", 2, 4, 63457*time.Microsecond, 1003),
		usageOf("a", 3, 4, 31119*time.Microsecond, 17), // thirds have no end
		usageOf("b", 1, 5, 100*time.Millisecond, 7),
		usageOf("b", 2, 5, 100*time.Millisecond, 7),
	)
}

// noUse is what a system measures that tells nothing.
func noUse() Data { return isolated(10, unknown(usageOf("a", 1, 3, time.Second, 1))) }

func TestReadResources(t *testing.T) {
	for name, d := range map[string]Data{
		"two clients":           pairOf(),
		"a system that is mute": noUse(),
		"no samples":            isolated(0, metrics.Usage{Strategy: "a", Seed: 1}),
		"nothing ran":           isolated(0),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := WriteFiles(dir, d, FileOptions{}); err != nil {
				t.Fatal(err)
			}
			read, err := Read(dir)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(d.Resources, read.Resources, withUnexported); diff != "" {
				t.Errorf("read differs from written (-written +read):\n%s", diff)
			}
		})
	}
}

// What WriteCharts makes of the files is what WriteFiles made with them.
func TestChartsOfResourcesComeBack(t *testing.T) {
	dir := t.TempDir()
	if err := WriteFiles(dir, pairOf(), FileOptions{}); err != nil {
		t.Fatal(err)
	}
	written := contents(t, dir)
	for _, name := range []string{"resources.svg", "resources.json", "resources.csv"} {
		if written[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
	for name := range written {
		switch filepath.Ext(name) {
		case ".svg", ".html":
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	read, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteCharts(dir, read, FileOptions{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(written, contents(t, dir)); diff != "" {
		t.Errorf("(-written +written again):\n%s", diff)
	}
	var first, second strings.Builder
	if err := Table(&first, pairOf(), Text); err != nil {
		t.Fatal(err)
	}
	if err := Table(&second, read, Text); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.String(), second.String()); diff != "" || !strings.Contains(first.String(), "\nWhat the clients cost\n") {
		t.Errorf("tables differ, or have nothing of the cost:\n%s%s", first.String(), diff)
	}
}

func TestReadResourcesRefuses(t *testing.T) {
	for name, tc := range map[string]struct{ file, old, new, want string }{
		"missing series":     {ResourcesCSVFile, "", "", "no such file"},
		"other schema":       {ResourcesFile, `"schema_version": 1`, `"schema_version": 99`, "line 2: found schema_version 99, expected 1"},
		"no schema":          {ResourcesFile, `"schema_version": 1,`, ``, "line 1: found schema_version 0, expected 1"},
		"no JSON":            {ResourcesFile, "{", "[", "line 2: invalid character ':'"},
		"cut in half":        {ResourcesFile, "\n  ]\n}\n", "", "line 39: unexpected end of JSON input"},
		"more after its end": {ResourcesFile, "\n  ]\n}\n", "\n  ]\n}\n}\n", "line 42: invalid character '}'"},
		"text for a count":   {ResourcesFile, `"runs": 3`, `"runs": "many"`, "line 6: json: cannot unmarshal string into Go struct field Resources.runs"},
		"negative runs":      {ResourcesFile, `"runs": 3`, `"runs": -3`, "line 6: found runs -3, expected 0 or more"},
		"negative duration":  {ResourcesFile, `"duration_s": 2`, `"duration_s": -2`, "line 7: found duration_s -2, expected 0 or more"},
		"nowhere":            {ResourcesFile, `"measured_on": "one machine: test/cpu, 2 cores"`, `"measured_on": ""`, "line 9: found no measured_on"},
		"negative memory":    {ResourcesFile, `"rss_peak_mib": 30`, `"rss_peak_mib": -30`, `line 19: found rss_peak_mib -30 of "a", expected 0 or more`},
		"one name twice":     {ResourcesFile, `"name": "b"`, `"name": "a"`, `line 27: found strategy "a" twice`},
		"infinite":           {ResourcesFile, `"cpu_share": 0.`, `"cpu_share": 1e999, "x": 0.`, "line 17: json: cannot unmarshal number 1e999"},

		"empty":              {ResourcesCSVFile, "strategy,second", "\x00", "line 1: found columns"},
		"other columns":      {ResourcesCSVFile, "strategy,second", "strategy,minute", `line 1: found columns ["strategy" "minute"`},
		"a stranger":         {ResourcesCSVFile, "\na,1,", "\nc,1,", `line 4: found strategy "c", which resources.json does not have`},
		"another order":      {ResourcesCSVFile, "\nb,1,", "\na,1,", `line 9: found strategy "a" after "b", expected the order of resources.json`},
		"time goes back":     {ResourcesCSVFile, "\na,1,", "\na,0.1,", "line 4: found second 0.1 of a after 0.5, expected ascending ones"},
		"no time":            {ResourcesCSVFile, "\na,1,", "\na,,", `line 4: second of a: found "", expected a number from 0 to 1e+12`},
		"no number":          {ResourcesCSVFile, "\nb,1,0.2,", "\nb,1,little,", `line 9: cpu_s of b: found "little", expected a number from 0 to 1e+12`},
		"not a number":       {ResourcesCSVFile, "\nb,1,0.2,", "\nb,1,NaN,", `line 9: cpu_s of b: found "NaN"`},
		"an infinite number": {ResourcesCSVFile, "\nb,1,0.2,", "\nb,1,Inf,", `line 9: cpu_s of b: found "Inf"`},
		"a negative number":  {ResourcesCSVFile, "\nb,1,0.2,", "\nb,1,-0.2,", `line 9: cpu_s of b: found "-0.2"`},
		"fewer columns":      {ResourcesCSVFile, "\nb,1,0.2,", "\nb,1,", "line 9: found 6 columns, expected 7"},
		"an open quote":      {ResourcesCSVFile, "\nb,1,0.2,", "\nb,1,\"0.2,", "line 9"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := WriteFiles(dir, pairOf(), FileOptions{}); err != nil {
				t.Fatal(err)
			}
			readRefuses(t, dir, tc.file, tc.old, tc.new, tc.want)
		})
	}
}

// Resources of another run, which an older version of ratebench left in the
// folder, are no part of the results. They stay, and their picture goes.
func TestResourcesOfAnotherRun(t *testing.T) {
	for name, change := range map[string]func(*Data){
		"another file":  func(d *Data) { d.Summary.Scenario.SHA256 = "cd34" },
		"another clock": func(d *Data) { d.Summary.Clock = "virtual" },
		"another seed":  func(d *Data) { d.Summary.Seed = 2 },
		"more runs":     func(d *Data) { d.Summary.Runs = 4 },
		"shorter":       func(d *Data) { d.Summary.DurationS = 1 },
		"interrupted":   func(d *Data) { d.Summary.Interrupted = true },
		"fewer strategies": func(d *Data) {
			d.Summary.Strategies, d.Series, d.Latency = d.Summary.Strategies[:1], d.Series[:1], d.Latency[:1]
			d.Bench = d.Bench[:3]
		},
		"another strategy": func(d *Data) {
			d.Summary.Strategies[1].Name, d.Series[1].Strategy, d.Latency[1].Strategy = "c", "c", "c"
			for i := range d.Bench[3:] {
				d.Bench[3+i].Strategy = "c"
			}
		},
		"a request less":     func(d *Data) { d.Summary.Strategies[0].Responses.OK-- },
		"a third of another": func(d *Data) { d.Summary.Strategies[0].Responses.Timeout += 0.3333 },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			d := pairOf()
			if err := WriteFiles(dir, d, FileOptions{}); err != nil {
				t.Fatal(err)
			}
			before := contents(t, dir)
			change(&d)
			d.Resources = nil
			if err := writeAll(dir, must(dataFiles(d))(t)); err != nil {
				t.Fatal(err)
			}
			read, err := Read(dir)
			if err != nil {
				t.Fatal(err)
			}
			if read.Resources != nil {
				t.Fatal("they were taken for those of the run")
			}
			if err := WriteCharts(dir, read, FileOptions{}); err != nil {
				t.Fatal(err)
			}
			after := contents(t, dir)
			if _, ok := after["resources.svg"]; ok {
				t.Error("resources.svg is left")
			}
			for _, name := range []string{ResourcesFile, ResourcesCSVFile} {
				if after[name] != before[name] {
					t.Errorf("%s has changed, or is gone", name)
				}
			}
		})
	}
}

func TestPageOfResources(t *testing.T) {
	page := pageOf(t, pairOf())
	checkSelfContained(t, page)
	for _, want := range []string{
		"What the clients cost", "measured on one machine: test/cpu, 2 cores", "CPU time for 1000 requests: ",
		`<a href="resources.json">`, `<a href="resources.csv">`, `aria-labelledby="resources"`,
	} {
		if n := strings.Count(page, want); n == 0 {
			t.Errorf("the page does not have %q", want)
		}
	}
	if page := pageOf(t, noUse()); !strings.Contains(page, "Not measured, for this system does not tell: CPU time") || strings.Contains(page, "Processor") {
		t.Error("the page does not say what is missing, or draws it")
	}
	if page := pageOf(t, goldenData()); strings.Contains(page, "resources") {
		t.Error("the page of runs that were not measured has something of resources")
	}
}
