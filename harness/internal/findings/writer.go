package findings

import (
	"bytes"
	"embed"
	"fmt"
	"strings"
	"text/template"
	"time"

	"ratebench/harness/result"
)

//go:embed templates/*
var templates embed.FS

// A writer fills in the templates. What its functions ask the results for in vain is
// zero in a text, and an error at its end.
type writer struct {
	results *results
	figures *figures
}

func newWriter(dir string) *writer {
	return &writer{results: &results{dir: dir, data: map[string]result.Data{}}, figures: &figures{}}
}

// text fills in one template.
func (w *writer) text(name string) (string, error) {
	t, err := template.New(name).Option("missingkey=error").Funcs(w.functions()).ParseFS(templates, "templates/"+name)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, nil); err != nil {
		return "", err
	}
	return b.String(), w.results.err
}

func (w *writer) functions() template.FuncMap {
	return template.FuncMap{
		"metric":     w.metric,
		"tps":        func(scenario, strategy string) Figure { return w.metric(scenario, strategy, "tps", 1) },
		"ceiling":    w.ceiling,
		"parameter":  w.parameter,
		"perSecond":  w.perSecond,
		"published":  w.published,
		"minus":      func(a, b Figure) Figure { return w.figures.minus(a, b, 1) },
		"more":       w.figures.more,
		"fewer":      w.figures.fewer,
		"share":      w.figures.share,
		"times":      w.figures.times,
		"scaled":     w.figures.scaled,
		"list":       func(texts ...string) []string { return texts },
		"strategies": w.strategies,
		"snapshots":  w.snapshots,
		"ablation":   w.ablation,
		"loopShare":  w.loopShare,
		"survival":   w.survival,
		"dead":       w.dead,
	}
}

func (w *writer) metric(scenario, strategy, name string, decimals int) Figure {
	v := w.results.metric(scenario, strategy, name)
	row := w.results.row(scenario, strategy).Name
	return w.figures.make(v, decimals, fmt.Sprintf("%s/summary.json: %s of %s", scenario, name, row))
}

func (w *writer) ceiling(scenario, name string, decimals int) Figure {
	v := w.results.ceiling(scenario, name)
	return w.figures.make(v, decimals, fmt.Sprintf("%s/summary.json: ceilings_tps.%s", scenario, name))
}

// parameter is a duration in the parameters of a strategy, as it was run, in ms.
func (w *writer) parameter(scenario, strategy, key string, decimals int) Figure {
	v := w.results.parameter(scenario, strategy, key)
	source := fmt.Sprintf("%s/scenario.json: %s of %s", scenario, key, strategy)
	return w.figures.make(float64(v)/float64(time.Millisecond), decimals, source)
}

// perSecond is a count per run, divided by the length of a run.
func (w *writer) perSecond(scenario, strategy, name string, decimals int) Figure {
	v := w.results.metric(scenario, strategy, name) / w.results.of(scenario).Summary.DurationS
	return w.figures.make(v, decimals, fmt.Sprintf("%s/summary.json: %s of %s / duration_s", scenario, name, strategy))
}

func (w *writer) published(name string, decimals int) Figure {
	v, ok := published()[name]
	if !ok {
		w.results.fail("no published figure %q", name)
	}
	return w.figures.make(v, decimals, "published: "+name)
}

// row joins the cells of a Markdown table.
func row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// header is the head of a Markdown table: first columns to the left, the rest
// to the right.
func header(left int, names ...string) string {
	rule := make([]string, len(names))
	for i := range names {
		if rule[i] = "--:"; i < left {
			rule[i] = "---"
		}
	}
	return row(names...) + "|" + strings.Join(rule, "|") + "|\n"
}
