// Package page writes report.html for a scenario, and index.html over several:
// single files that load nothing else.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// assets are the parts of the pages: templates, style, scripts, and uPlot
// (github.com/leeoniya/uPlot) 1.6.32 with its licence.
//
//go:embed assets
var assets embed.FS

// A page is what HTML pages have in common. They are single files that load
// nothing, and a policy says so to the browser: only the style and the scripts
// that the page was made with have any effect, whatever its texts contain.
type page struct {
	Title   string
	Notices template.HTML // comments with the licences of others
	Style   template.CSS
	Scripts []template.JS
}

// newPage puts a page together from its scripts, in order; charts are what
// uPlot is needed for.
func newPage(title string, charts bool, scripts ...string) (page, error) {
	p := page{Title: title}
	styles := []string{"assets/page.css"}
	if charts {
		licence, err := assets.ReadFile("assets/uPlot.LICENSE")
		if err != nil {
			return page{}, err
		}
		p.Notices = template.HTML("<!--\nuPlot, part of this page:\n\n" + string(bytes.TrimSpace(licence)) + "\n-->\n")
		styles = append(styles, "assets/uPlot.min.css")
		scripts = append([]string{"uPlot.iife.min.js"}, scripts...)
	}
	var css strings.Builder
	css.WriteString(kit.ToneStyle())
	for _, name := range styles {
		content, err := assets.ReadFile(name)
		if err != nil {
			return page{}, err
		}
		css.Write(content)
	}
	p.Style = template.CSS(css.String())
	for _, name := range scripts {
		content, err := assets.ReadFile("assets/" + name)
		if err != nil {
			return page{}, err
		}
		p.Scripts = append(p.Scripts, template.JS(content))
	}
	return p, nil
}

// CSP is the page's Content-Security-Policy.
func (p page) CSP() string {
	var scripts []string
	for _, s := range p.Scripts {
		scripts = append(scripts, fingerprint(string(s)))
	}
	return fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; img-src data:; base-uri 'none'; form-action 'none'",
		fingerprint(string(p.Style)), strings.Join(scripts, " "))
}

// fingerprint names a style or a script in a policy.
func fingerprint(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// renderPage fills a template with its data.
func renderPage(name string, data any) ([]byte, error) {
	t, err := template.New(name).Funcs(template.FuncMap{
		"look":    kit.LookOf,
		"hex":     kit.Hex,
		"dashes":  dashText,
		"rate":    func(v float64) string { return metrics.RateText(v, 2) },
		"held":    held,
		"oneLine": result.OneLine,
		"join":    strings.Join,
	}).ParseFS(assets, "assets/*.html")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return b.Bytes(), nil
}
