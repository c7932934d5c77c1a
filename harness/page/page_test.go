package page

import (
	"bytes"
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/chart"
	"ratebench/harness/internal/resulttest"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
)

// pageOf makes report.html.
func pageOf(t *testing.T, d result.Data) string {
	t.Helper()
	views, err := Views(d, Options{Index: "../index.html"})
	if err != nil {
		t.Fatal(err)
	}
	last := views.Files[len(views.Files)-1]
	if last.Name != folder.ReportFile {
		t.Fatalf("the last file is %s", last.Name)
	}
	return string(last.Content)
}

// between returns what is between two texts, for every occurrence.
func between(s, before, after string) []string {
	var found []string
	for {
		_, rest, ok := strings.Cut(s, before)
		if !ok {
			return found
		}
		content, rest, _ := strings.Cut(rest, after)
		found = append(found, content)
		s = rest
	}
}

// checkSelfContained reports what a page would load, and what its policy would
// keep from working.
func checkSelfContained(t *testing.T, page string) {
	t.Helper()
	policies := between(page, `<meta http-equiv="Content-Security-Policy" content="`, `"`)
	if len(policies) != 1 {
		t.Fatalf("%d policies", len(policies))
	}
	policy := html.UnescapeString(policies[0])
	if !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy is %s", policy)
	}
	if at := strings.Index(page, "<style>"); at < strings.Index(page, "Content-Security-Policy") {
		t.Error("the policy comes after the style that it should cover")
	}
	styles, scripts := between(page, "<style>", "</style>"), between(page, "<script>", "</script>")
	if len(styles) != 1 || len(scripts) == 0 {
		t.Errorf("%d styles, %d scripts", len(styles), len(scripts))
	}
	directives := map[string]string{}
	for d := range strings.SplitSeq(policy, "; ") {
		name, sources, _ := strings.Cut(d, " ")
		directives[name] = sources
	}
	for _, s := range styles {
		if directives["style-src"] != fingerprint(s) {
			t.Errorf("style-src %s does not allow the style", directives["style-src"])
		}
	}
	for _, s := range scripts {
		if !strings.Contains(directives["script-src"], fingerprint(s)) {
			t.Errorf("script-src %s does not allow the script that begins %.60q", directives["script-src"], s)
		}
	}
	checkMarkup(t, page)
}

// without leaves out the elements of a name, with what is in them.
func without(page, name string) string {
	var rest strings.Builder
	for {
		before, after, found := strings.Cut(page, "<"+name)
		rest.WriteString(before)
		if !found {
			return rest.String()
		}
		_, page, _ = strings.Cut(after, "</"+name+">")
	}
}

// checkMarkup reports what the page must not have around its scripts and
// style.
func checkMarkup(t *testing.T, page string) {
	t.Helper()
	markup := without(without(page, "script"), "style")
	report := func(markup, pattern string) {
		for _, found := range regexp.MustCompile(pattern).FindAllString(markup, -1) {
			t.Errorf("the page has %.80q", found)
		}
	}
	report(markup, `(?i)\s(src|srcset|href|action|data|poster)="([a-z]+:)?//[^"]*`) // anything from elsewhere
	report(markup, `ZgotmplZ`)                                                      // html/template's word for what it takes for unsafe
	// All quotation marks that are left belong to attributes.
	tags := regexp.MustCompile(`"[^"]*"`).ReplaceAllString(strings.ReplaceAll(markup, `<link rel="icon" href="data:,">`, ""), `""`)
	report(tags, `(?i)<(link|img|iframe|object|embed|base|form|audio|video)\b[^>]*`)
	report(tags, `(?i)<[^>]*\s(style|on[a-z]+)=[^>]*`) // the policy makes them void
	for _, style := range between(page, "<style>", "</style>") {
		report(style, `(?i)url\(|@import`)
	}
}

func TestReportPage(t *testing.T) {
	for name, d := range resulttest.ChartData() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := pageOf(t, d)
			checkSelfContained(t, page)
			if want := html.EscapeString(result.OneLine(d.Summary.Strategies[0].Name)); !strings.Contains(page, want) {
				t.Errorf("the page does not have %q", want)
			}
			if bad := regexp.MustCompile(`(?i)\b(nan|[+-]?inf)\b`).FindString(strings.Join(between(page, `id="data">`, "</script>"), "")); bad != "" {
				t.Errorf("the data have %s", bad)
			}
			if !testing.Short() && pageOf(t, d) != page {
				t.Error("the page differs from one time to the next")
			}
		})
	}
}

func TestReportPageSize(t *testing.T) {
	const limit = 400_000
	for seconds, strategies := range map[time.Duration]int{120: 7, 119: 14, 3600: 1} {
		if got := len(pageOf(t, resulttest.Synthetic(resulttest.Many(strategies), 3, seconds*time.Second))); got > limit {
			t.Errorf("%d strategies for %d s: %d bytes, expected at most %d", strategies, seconds, got, limit)
		}
	}
}

// hostileTexts are data that try to be markup.
func hostileTexts() result.Data {
	const attack = `</script><script>window.harmed = 1</script><img src=x onerror="window.harmed = 2"> ${window.harmed = 3} <!-- ' " \u003c &lt;`
	d := resulttest.Synthetic([]resulttest.Profile{{Name: attack, TPS: 20, Latency: time.Second}, {Name: "b", TPS: 10, Latency: time.Second}}, 2, 3*time.Second)
	d.Summary.Question = "Is this a question? " + attack
	d.Summary.Scenario.Name = "scenario " + attack
	d.Summary.Scenario.SHA256 = `"><script>`
	d.Summary.Expectations = []result.Expectation{{Message: attack}, {Message: "fine", OK: true}}
	return d
}

func TestReportPageEscapes(t *testing.T) {
	d := hostileTexts()
	page := pageOf(t, d)
	checkSelfContained(t, page)
	if n := strings.Count(page, "<script"); n != 5 { // the data, uPlot, charts, table, theme
		t.Errorf("%d scripts", n)
	}
	for _, text := range []string{d.Summary.Question, d.Summary.Scenario.Name} {
		if !strings.Contains(page, ">"+templateEscape(text)+"<") {
			t.Errorf("the page does not have %q, escaped", text)
		}
	}
	var data pageData
	decodeData(t, page, &data)
	if got := data.Strategies[0].Name; got != d.Summary.Strategies[0].Name {
		t.Errorf("the data name the strategy %q", got)
	}
}

// templateEscape escapes a text as html/template does.
func templateEscape(s string) string {
	return strings.ReplaceAll(html.EscapeString(s), "+", "&#43;")
}

func decodeData(t *testing.T, page string, into *pageData) {
	t.Helper()
	found := between(page, `<script type="application/json" id="data">`, "</script>")
	if len(found) != 1 {
		t.Fatalf("%d sets of data", len(found))
	}
	if err := json.Unmarshal([]byte(found[0]), into); err != nil {
		t.Fatal(err)
	}
}

func TestReportPageSaysWhatWasRun(t *testing.T) {
	d := resulttest.GoldenData()
	d.Summary.Interrupted = true
	page := pageOf(t, d)
	for _, want := range []string{
		"<h1>blog</h1>", d.Summary.Question, "virtual clock", "3 runs of 2.5 s", "seeds 1 to 3", "TTL 1 s", "5a0c1e",
		"95.91", "what the server admits at all", "Interrupted.",
		"1 of 3 hold", `<li class="holds"><b>✓`, `<li class="fails"><b>✗`,
		"too few runs for 95\u00a0% intervals",
	} {
		if !strings.Contains(page, want) && !strings.Contains(page, strings.ReplaceAll(want, " ", "\u00a0")) {
			t.Errorf("the page does not have %q", want)
		}
	}
	if page := pageOf(t, resulttest.Synthetic(resulttest.Many(1), 1, time.Second)); strings.Contains(page, "Interrupted.") || strings.Contains(page, "±") {
		t.Error("one run to its end is said to be interrupted or to have an interval")
	}
}

// Below five runs a page has no intervals, and says so; from five on it has.
func TestReportPageIntervals(t *testing.T) {
	for runs, intervals := range map[int]bool{1: false, 2: false, 4: false, 5: true} {
		page := pageOf(t, resulttest.Synthetic(resulttest.Many(2), runs, 3*time.Second))
		var data pageData
		decodeData(t, page, &data)
		bands := false
		for _, c := range data.Charts {
			for _, low := range c.Low {
				bands = bands || low != nil
			}
		}
		if bands != intervals || strings.Contains(page, "±") != intervals || strings.Contains(page, "too few runs") != (runs > 1 && !intervals) {
			t.Errorf("%d runs: bands %v, ± %v", runs, bands, strings.Contains(page, "±"))
		}
	}
}

// A panel says which of its lines are one.
func TestPageNamesLinesThatAreHidden(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(3), 5, 10*time.Second)
	d.Series[0].Columns = d.Series[2].Columns
	names := d.Summary.Strategies[0].Name + ", " + d.Summary.Strategies[2].Name
	if got := between(pageOf(t, d), `<p class="same">`, "</p>"); len(got) < len(chart.Figures)-1 || got[0] != "One line: "+templateEscape(names) {
		t.Errorf("%q, want %q in each panel", got, names)
	}
}

// A value and its interval have the same number of decimals, and a column of
// durations one unit.
func TestScoreTableWritesAlike(t *testing.T) {
	d := resulttest.Synthetic([]resulttest.Profile{{Name: "a", TPS: 90.3, Latency: 600 * time.Millisecond}, {Name: "b", TPS: 20, Latency: 1300 * time.Millisecond}}, 5, 20*time.Second)
	columns, rows := scoreTable(&d.Summary)
	decimals := func(s string) int {
		_, after, _ := strings.Cut(strings.TrimRight(s, " \u00a0"), ".")
		return len(after)
	}
	for _, r := range rows {
		if c := r.Cells[0]; c.Note == "" || decimals(c.Text) != decimals(c.Note) {
			t.Errorf("%s %s", c.Text, c.Note)
		}
		for i, c := range r.Cells {
			if strings.HasPrefix(columns[i+1].Heading, "Latency") && !strings.HasSuffix(c.Text, " ms") {
				t.Errorf("%s: %s", columns[i+1].Heading, c.Text)
			}
		}
	}
}

func TestReportPageNothingRan(t *testing.T) {
	page := pageOf(t, result.Build(result.Meta{Scenario: "early", Clock: "virtual", Interrupted: true, Strategies: []string{"a"}}, nil))
	checkSelfContained(t, page)
	if !strings.Contains(page, "No strategy ran.") || strings.Contains(page, "uPlot") {
		t.Error("the page should say that no strategy ran, and do without charts")
	}
}

func TestPageData(t *testing.T) {
	meta, runs := resulttest.TwoRuns()
	data := newPageData(result.Build(meta, runs), chart.FiguresOf(chart.Options{}))
	if diff := cmp.Diff([]float64{0, 1, 2, 2.5}, data.Bounds); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{0.5, 1.5, 2.25}, data.Times); diff != "" {
		t.Error(diff)
	}
	tps, latency, refused := data.Charts[0], data.Charts[1], data.Charts[2]
	for _, tc := range []struct {
		what      string
		got, want []*float64
	}{
		{"successes of both runs", tps.Lines[0], []*float64{resulttest.Number(7), resulttest.Number(5), resulttest.Number(3)}},
		{"upper end of their interval", tps.High[0], []*float64{resulttest.Number(19.71), resulttest.Number(68.53), resulttest.Number(15.71)}},
		{"successes of one run", tps.Lines[1], []*float64{resulttest.Number(0), resulttest.Number(0), resulttest.Number(0)}},
		{"no interval of one run", tps.High[1], nil},
		{"latency, where there is a success", latency.Lines[1], []*float64{nil, nil, nil}},
		{"answers 429 and those for a blocked key", refused.Lines[1], []*float64{resulttest.Number(0), resulttest.Number(2), resulttest.Number(0)}},
	} {
		if diff := cmp.Diff(tc.want, tc.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.what, diff)
		}
	}
}

func TestLicenceIsInThePage(t *testing.T) {
	page := pageOf(t, resulttest.GoldenData())
	comment, _, _ := strings.Cut(page, "<style>")
	for _, want := range []string{"<!--\nuPlot", "The MIT License (MIT)", "Copyright (c) 2022 Leon Sorokin", "OR OTHER DEALINGS IN\nTHE SOFTWARE.\n-->"} {
		if !strings.Contains(comment, want) {
			t.Errorf("the head of the page does not have %q", want)
		}
	}
	if bytes.Contains([]byte(between(page, "<!--", "-->")[0]), []byte("--")) {
		t.Error("the licence would end its comment")
	}
}

// Every kind of answer that occurred has a column of the scorecard, and why a
// strategy had no success comes before the figures.
func TestPageOfAnswers(t *testing.T) {
	page := pageOf(t, resulttest.Refused())
	card := between(page, `<h2 id="scorecard">`, `</section>`)[0]
	for _, want := range []string{">400", ">401", ">timeouts", ">errors", ">2\u202f344", ">12", ">23", ">56", ">67"} {
		if !strings.Contains(card, want) {
			t.Errorf("the scorecard does not have %q:\n%s", want, card)
		}
	}
	why, card1 := strings.Index(page, "No request of stranger succeeded: 2344 of 2344 answers were 401 (unknown key)."), strings.Index(page, "Scorecard")
	if why < 0 || why > card1 {
		t.Error("the page does not say first why stranger had no success")
	}
	for _, want := range []string{"keys: 5", "401 (unknown key): up to 2\u202f344, for stranger", "In series.csv, errors are answers 401, timeouts and other failures together."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	quiet := pageOf(t, resulttest.Synthetic(resulttest.Many(2), 2, 3*time.Second))
	for _, unwanted := range []string{">401", ">timeouts", "No request of", "Answers other than"} {
		if strings.Contains(quiet, unwanted) {
			t.Errorf("the page of runs without such answers has %q", unwanted)
		}
	}
}

// The bands of a long run are called what they are.
func TestPageNamesItsBands(t *testing.T) {
	for seconds, want := range map[int]string{60: "bands: 95\u00a0% confidence interval<", 3600: "bands: mean of the seconds&#39; 95\u00a0% confidence intervals<"} {
		d := resulttest.Synthetic([]resulttest.Profile{{Name: "a", TPS: 1}}, 5, time.Duration(seconds)*time.Second)
		if page := pageOf(t, d); !strings.Contains(page, want) {
			t.Errorf("the page of %d s does not have %q: %q", seconds, want, between(page, `id="bands"`, "</label>"))
		}
	}
}

// A share of a ceiling says of which: strategies differ in theirs.
func TestScoreTableNamesTheCeilings(t *testing.T) {
	s := &result.Summary{}
	for name, ceiling := range map[string]*result.OwnCeiling{"bound": {Name: "provable", TPS: 95.5}, "free": nil} {
		st := result.Strategy{Name: name, Figures: result.NewFigures(nil), Ceiling: ceiling}
		st.Figures[metrics.Index("tps")] = result.Figure{Value: 90, Known: true}
		s.Strategies = append(s.Strategies, st)
	}
	_, rows := scoreTable(s)
	for _, r := range rows {
		want := map[string]string{"bound": "of 95.50", "free": ""}[r.Name]
		if got := r.Cells[1].Note; got != want {
			t.Errorf("the share of %s has the note %q, want %q", r.Name, got, want)
		}
	}
}
