package report

import (
	"bytes"
	"html/template"
	"path/filepath"
)

// reportPage is what the template of report.html is filled with.
type reportPage struct {
	Page        page
	Name        string
	Question    string
	Finding     string // the figures in one sentence
	Facts       []string
	SHA256      string
	Interrupted bool

	Ceilings     []pageCeiling
	Averaged     string // what the ceilings are means of; "" where they never change
	Expectations []Expectation
	Held         int

	Strategies []pageChoice
	Intervals  bool // there are any
	Charts     []pagePanel
	LastPoint  int // number of the last point of a line
	Columns    []pageColumn
	Rows       []pageRow
	OnPaper    []template.HTML // instead of the charts that move
	Figures    []template.HTML
	Multiples  []template.HTML
	// MultiplesBeside: there are too many strategies to show them here.
	MultiplesBeside bool
	Resources       *pageResources // nil: not measured
	Files           []string
	Data            pageData
	Ink             string
}

type pageCeiling struct {
	Label, Value, Meaning string
	Main                  bool
}

// A pageChoice is a strategy that can be switched off.
type pageChoice struct {
	swatch
	Name string
}

// A pagePanel is the frame of a chart.
type pagePanel struct {
	Title, Unit string
	Wide        bool
	Rules       []pageRuleName
}

type pageRuleName struct{ Label, Dashes string }

// reportHTML returns report.html with the charts that are among the files.
func reportHTML(d Data, charts []file) ([]byte, error) {
	s := &d.Summary
	name := oneLine(s.Scenario.Name)
	var scripts []string
	if len(s.Strategies) > 0 {
		scripts = []string{"charts.js", "table.js"}
	}
	base, err := newPage(name+" – ratebench", len(scripts) > 0, append(scripts, "theme.js")...)
	if err != nil {
		return nil, err
	}
	p := reportPage{
		Page:         base,
		Name:         name,
		Question:     d.Question,
		Facts:        facts(d),
		SHA256:       abbreviateHash(s.Scenario.SHA256),
		Interrupted:  s.Interrupted,
		Ceilings:     pageCeilings(s.Ceilings),
		Averaged:     s.averaged(),
		Expectations: s.Expectations,
		Held:         held(s.Expectations),
		Files:        []string{SummaryFile, SeriesFile, LatencyFile, BenchFile},
		Ink:          hex(ink),
	}
	if len(s.Strategies) > 0 {
		p.Finding = meanTitle(s)
		p.fill(d)
		p.draw(charts)
	}
	if d.Resources != nil {
		p.Files = append(p.Files, ResourcesFile, ResourcesCSVFile)
	}
	return renderPage("report.html", p)
}

// fill adds what there is only when a strategy ran.
func (p *reportPage) fill(d Data) {
	p.Data = newPageData(d)
	p.LastPoint = len(p.Data.Times) - 1
	p.Intervals = d.Summary.Runs > 1
	for i, s := range d.Summary.Strategies {
		p.Strategies = append(p.Strategies, pageChoice{newSwatch(lookOf(i)), oneLine(s.Name)})
	}
	for i, o := range overlays {
		panel := pagePanel{Title: o.name, Unit: o.unit, Wide: o.ceilings}
		if p.Data.Charts[i].Axis != "linear" {
			panel.Unit += ", logarithmic axis"
		}
		if o.ceilings {
			for _, l := range ceilingLines(&d.Summary) {
				panel.Rules = append(panel.Rules, pageRuleName{l.label(), dashText(l.Dashes)})
			}
		}
		p.Charts = append(p.Charts, panel)
	}
	p.Columns, p.Rows = scoreTable(&d.Summary)
	p.Resources = newPageResources(d.Resources)
}

// draw puts the pictures among the result files where they belong. The
// scorecard is left out: the table has its figures.
func (p *reportPage) draw(charts []file) {
	for _, f := range charts {
		if filepath.Ext(f.name) != ".svg" {
			continue
		}
		image := template.HTML(bytes.TrimSpace(f.content)) // package svg escapes all text
		into := &p.Multiples
		switch f.name {
		case "scorecard.svg":
			continue
		case "resources.svg":
			p.Resources.Figure = image
			continue
		case "dashboard.svg":
			into = &p.OnPaper
		case "mean-tps.svg", "latency-nines.svg":
			into = &p.Figures
		}
		*into = append(*into, image)
	}
	p.leaveOutMultiples()
}

// roomForMultiples is how many bytes of small multiples a page has room for.
// They show from strategy to strategy what its charts show in one.
const roomForMultiples = 150_000

// leaveOutMultiples keeps the page of many strategies small: their small
// multiples are files beside it.
func (p *reportPage) leaveOutMultiples() {
	size := 0
	for _, m := range p.Multiples {
		size += len(m)
	}
	if size > roomForMultiples {
		p.Multiples, p.MultiplesBeside = nil, true
	}
}

// facts are the conditions of the runs.
func facts(d Data) []string {
	f := d.Summary.conditions()
	if d.Summary.Interrupted {
		f = f[:len(f)-1] // said by a notice of its own
	}
	if d.TTL > 0 {
		f = append(f, "TTL "+durationLabel(float64(d.TTL.Milliseconds())))
	}
	return f
}

// abbreviateHash keeps as much of a hash as tells two scenarios apart.
func abbreviateHash(hash string) string { return hash[:min(len(hash), 12)] }

func held(expectations []Expectation) int {
	n := 0
	for _, e := range expectations {
		if e.OK {
			n++
		}
	}
	return n
}

func pageCeilings(c Ceilings) []pageCeiling {
	var list []pageCeiling
	for _, ceiling := range c.list() {
		list = append(list, pageCeiling{ceiling.label, fixed(ceiling.value, 2), ceiling.meaning, ceiling.main})
	}
	return list
}
