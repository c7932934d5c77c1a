package page

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"

	"ratebench/harness/chart"
	"ratebench/harness/chart/crowd"
	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/overlay"
	"ratebench/harness/chart/sweep"
	"ratebench/harness/chart/title"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
	"ratebench/harness/verdict"
)

// reportPage is what the template of report.html is filled with.
type reportPage struct {
	Page     page
	Title    string
	Scenario string // its name, where the title is another; otherwise ""
	Index    string // the page over all results, relative to this one; "": there is none
	Summary  *result.Summary
	Failures []string // why a strategy had no success
	Finding  string   // the figures in one sentence
	Verdict  []string // and in a few more
	Facts    []string

	Losing int    // how many of many lose keys, which a button leaves out; 0: there is none
	Bands  string // what those of the charts are; "" if there are none
	// Crowded: there are so many lines that bands would cover each other. They are off at
	// first, and of each axis of a sweep only the first value is shown.
	Crowded   bool
	Charts    []pagePanel
	None      []string // figures over time that have no chart, for there is none of them
	LastPoint int      // number of the last point of a line
	Columns   []pageColumn
	Rows      []pageRow
	OnPaper   []template.HTML // instead of the charts that move
	Figures   []template.HTML
	Multiples []template.HTML
	// Beside are the names of multiples that are files beside the page: there are too
	// many strategies to show them here.
	Beside    []string
	Resources *pageResources // nil: not measured
	Routes    *pageRoutes    // nil: requests are of one kind
	Setting   *pageSetting   // nil: not known
	Files     []string
	Data      pageData
	Ink       string
}

// A pagePanel is the frame of a chart.
type pagePanel struct {
	Title, Unit string
	Wide        bool
	Rules       []chart.CeilingLine
	Shades      []overlay.Kind
	Same        []string // which lines are one; none: each can be seen
}

// mostLines is how many lines the charts of a sweep open with at most.
const mostLines = 12

// Options say how what people look at is made.
type Options struct {
	Charts chart.Options
	Index  string // the page over all results, relative to the report, with slashes; "" is none
	Title  string // of the report; "" is the scenario's name
}

// Views makes what people look at: all charts, and report.html with them.
func Views(d result.Data, o Options) (folder.Views, error) {
	pictures, err := chart.Draw(d, o.Charts)
	if err != nil {
		return folder.Views{}, err
	}
	report, err := reportHTML(d, pictures, o)
	if err != nil {
		return folder.Views{}, fmt.Errorf("%s: %w", folder.ReportFile, err)
	}
	return folder.Views{
		Files: append(chart.Files(pictures), folder.File{Name: folder.ReportFile, Content: report}),
		Known: append(chart.FileNames(), folder.ReportFile),
	}, nil
}

// reportHTML returns report.html with the pictures.
func reportHTML(named result.Data, pictures []chart.Picture, o Options) ([]byte, error) {
	d := chart.Drawable(named)
	s := &d.Summary
	name := result.OneLine(s.Scenario.Name)
	var scripts []string
	if len(s.Strategies) > 0 {
		scripts = []string{"charts.js", "table.js"}
	}
	title := cmp.Or(result.OneLine(o.Title), name)
	base, err := newPage(title+" – ratebench", len(scripts) > 0, append(scripts, "theme.js")...)
	if err != nil {
		return nil, err
	}
	p := reportPage{
		Page:    base,
		Title:   title,
		Index:   o.Index,
		Summary: s,
		Facts:   facts(d),
		Files:   []string{folder.SummaryFile, folder.SeriesFile, folder.LatencyFile, folder.BenchFile},
		Ink:     kit.Hex(kit.Ink),
	}
	if title != name {
		p.Scenario = name
	}
	if len(s.Strategies) > 0 {
		p.Failures = failures(s)
		p.Finding, p.Verdict = findings(named)
		p.fill(d, o.Charts)
		p.tables(chart.Supported(named))
		p.draw(pictures)
	}
	if d.Resources != nil {
		p.Files = append(p.Files, folder.ResourcesFile, folder.ResourcesCSVFile)
	}
	if d.Scenario != nil {
		p.Files = append(p.Files, folder.ScenarioFile)
	}
	if s.HasRoutes() {
		p.Files = append(p.Files, folder.RoutesFile)
	}
	return renderPage("report.html", p)
}

// findings are the verdict: its first sentence, which the page begins with, and
// the rest.
func findings(d result.Data) (first string, rest []string) {
	v := verdict.Of(&d)
	switch {
	case v.Best == "":
		first = title.Means(&d.Summary) + "."
	case utf8.RuneCountInString(v.Best) > longestFinding && len(d.Summary.Points) > 0:
		first = sweep.Title(&d.Summary) + "."
	default:
		first, v.Best = v.Best, ""
	}
	return first, v.Sentences()
}

// longestFinding is how many characters are read at one go, and leave the first chart
// on the first screen of a telephone.
const longestFinding = 200

// fill adds what there is only when a strategy ran.
func (p *reportPage) fill(d result.Data, o chart.Options) {
	figures, none := chart.Something(chart.FiguresOf(o), d)
	p.None = none
	p.Data = newPageData(d, figures)
	end, group := chart.Span(d, mostPoints(&d.Summary))
	p.LastPoint = len(p.Data.Times) - 1
	if chart.HasIntervals(d.Summary.Runs) {
		p.Bands = chart.BandMeaning(group)
	}
	p.Crowded = len(d.Summary.Strategies) > mostLines
	p.Losing = len(crowd.Of(&d.Summary))
	for i, f := range figures {
		panel := pagePanel{Title: f.Heading, Unit: f.Unit, Wide: f.Ceilings}
		if p.Data.Charts[i].Axis != "linear" {
			panel.Unit += ", logarithmic axis"
		}
		if f.Ceilings {
			panel.Rules = chart.CeilingLines(&d.Summary)
			panel.Shades = overlay.Kinds(overlay.Of(&d, end))
		}
		if len(d.Summary.Axes) == 0 || len(d.Summary.Strategies) <= mostLines {
			panel.Same = sameLines(f.Curves(d, group, end), &d.Summary)
		}
		p.Charts = append(p.Charts, panel)
	}
}

// tables are those of figures and of parameters, in which strategies have their names.
func (p *reportPage) tables(d result.Data) {
	p.Columns, p.Rows = scoreTable(&d.Summary)
	p.Resources = newPageResources(d.Resources)
	p.Routes = newPageRoutes(&d.Summary)
	p.Setting = newPageSetting(&d)
}

// mostNamed is how many strategies whose lines are one are named.
const mostNamed = 4

// sameLines says of curves that are the same from end to end which they are: only
// the last of them can be seen.
func sameLines(curves []kit.Curve, s *result.Summary) []string {
	var lines []string
	for _, g := range crowd.Coinciding(curves) {
		var names []string
		for _, i := range g {
			names = append(names, result.OneLine(s.Strategies[i].Name))
		}
		what := "One line: "
		if curves[g[0]].OrNothing() == nil {
			what = "0 throughout: "
		}
		if more := len(names) - mostNamed; more > 1 {
			names = append(names[:mostNamed], fmt.Sprintf("%d more", more))
		}
		lines = append(lines, what+strings.Join(names, ", "))
	}
	return lines
}

// roomForMultiples is how many bytes of small multiples a page has room for.
// They show from strategy to strategy what its charts show in one.
const roomForMultiples = 150_000

// draw puts the pictures where they belong. The small multiples of many strategies stay
// files beside the page, which is kept small.
func (p *reportPage) draw(pictures []chart.Picture) {
	var multiples []string
	size := 0
	for _, picture := range pictures {
		image := template.HTML(bytes.TrimSpace(picture.SVG)) // package svg escapes all text
		switch picture.Place {
		case chart.OnTop:
			p.Figures = append(p.Figures, image)
		case chart.Multiples:
			p.Multiples = append(p.Multiples, image)
			multiples = append(multiples, picture.Name)
			size += len(image)
		case chart.OnPaper:
			p.OnPaper = append(p.OnPaper, image)
		case chart.WithCosts:
			p.Resources.Figure = image
		case chart.ByRoute:
			p.Routes.Figure = image
		}
	}
	if size > roomForMultiples {
		p.Multiples, p.Beside = nil, multiples
	}
}

// facts are the conditions of the runs.
func facts(d result.Data) []string {
	f := d.Summary.Conditions()
	if d.Summary.Interrupted {
		f = f[:len(f)-1] // said by a notice of its own
	}
	if n := d.Summary.Runs; n > 1 && !chart.HasIntervals(n) {
		f = append(f, "too few runs for 95\u00a0% intervals")
	}
	if keys := d.Summary.Keys; keys > 0 {
		f = append(f, fmt.Sprintf("keys: %d", keys))
	}
	if ttl := d.Summary.TTLS; ttl > 0 {
		f = append(f, "TTL "+kit.DurationLabel(1000*ttl))
	}
	return f
}

// failures are sentences on the strategies that had no success.
func failures(s *result.Summary) []string {
	var sentences []string
	for _, f := range s.Failures() {
		sentences = append(sentences, strings.ToUpper(f[:1])+f[1:]+".")
	}
	return sentences
}

// held is how many expectations hold.
func held(expectations []result.Expectation) int {
	n := 0
	for _, e := range expectations {
		if e.OK {
			n++
		}
	}
	return n
}
