package folder_test

import (
	"testing"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result/folder"
)

func TestReadResourcesRefuses(t *testing.T) {
	for name, tc := range map[string]struct{ file, old, new, want string }{
		"missing series":     {folder.ResourcesCSVFile, "", "", "found none, though SHA256SUMS lists it"},
		"other schema":       {folder.ResourcesFile, `"schema_version": 1`, `"schema_version": 99`, "line 2: found schema_version 99, expected 1"},
		"no schema":          {folder.ResourcesFile, `"schema_version": 1,`, ``, "line 1: found schema_version 0, expected 1"},
		"no JSON":            {folder.ResourcesFile, "{", "[", "line 2: invalid character ':'"},
		"cut in half":        {folder.ResourcesFile, "\n  ]\n}\n", "", "line 39: unexpected end of JSON input"},
		"more after its end": {folder.ResourcesFile, "\n  ]\n}\n", "\n  ]\n}\n}\n", "line 42: invalid character '}'"},
		"text for a count":   {folder.ResourcesFile, `"runs": 3`, `"runs": "many"`, "line 6: json: cannot unmarshal string into Go struct field Resources.runs"},
		"negative runs":      {folder.ResourcesFile, `"runs": 3`, `"runs": -3`, "line 6: found runs -3, expected 0 or more"},
		"negative duration":  {folder.ResourcesFile, `"duration_s": 2`, `"duration_s": -2`, "line 7: found duration_s -2, expected 0 or more"},
		"nowhere":            {folder.ResourcesFile, `"measured_on": "one machine: test/cpu, 2 cores"`, `"measured_on": ""`, "line 9: found no measured_on"},
		"negative memory":    {folder.ResourcesFile, `"rss_peak_mib": 30`, `"rss_peak_mib": -30`, `line 19: found rss_peak_mib -30 of "a", expected 0 or more`},
		"one name twice":     {folder.ResourcesFile, `"name": "b"`, `"name": "a"`, `line 27: found strategy "a" twice`},
		"infinite":           {folder.ResourcesFile, `"cpu_share": 0.`, `"cpu_share": 1e999, "x": 0.`, "line 17: json: cannot unmarshal number 1e999"},

		"empty":              {folder.ResourcesCSVFile, "strategy,second", "\x00", "line 1: found columns"},
		"other columns":      {folder.ResourcesCSVFile, "strategy,second", "strategy,minute", `line 1: found columns ["strategy" "minute"`},
		"a stranger":         {folder.ResourcesCSVFile, "\na,1,", "\nc,1,", `line 5: found strategy "a" again, expected its rows together`},
		"another order":      {folder.ResourcesCSVFile, "\nb,1,", "\na,1,", `line 9: found strategy "a" again, expected its rows together`},
		"time goes back":     {folder.ResourcesCSVFile, "\na,1,", "\na,0.1,", "line 4: found second 0.1 of a after 0.5, expected ascending ones"},
		"no time":            {folder.ResourcesCSVFile, "\na,1,", "\na,,", `line 4: second: found "", expected a number from 0 to 1e+15`},
		"no number":          {folder.ResourcesCSVFile, "\nb,1,0.2,", "\nb,1,little,", `line 9: cpu_s: found "little", expected a number from 0 to 1e+15`},
		"not a number":       {folder.ResourcesCSVFile, "\nb,1,0.2,", "\nb,1,NaN,", `line 9: cpu_s: found "NaN"`},
		"an infinite number": {folder.ResourcesCSVFile, "\nb,1,0.2,", "\nb,1,Inf,", `line 9: cpu_s: found "Inf"`},
		"a negative number":  {folder.ResourcesCSVFile, "\nb,1,0.2,", "\nb,1,-0.2,", `line 9: cpu_s: found "-0.2"`},
		"fewer columns":      {folder.ResourcesCSVFile, "\nb,1,0.2,", "\nb,1,", "line 9: found 6 columns, expected 7"},
		"an open quote":      {folder.ResourcesCSVFile, "\nb,1,0.2,", "\nb,1,\"0.2,", "line 9"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := folder.Write(dir, resulttest.PairOf(), views()); err != nil {
				t.Fatal(err)
			}
			readRefuses(t, dir, tc.file, tc.old, tc.new, tc.want)
		})
	}
}
