package strategydoc

import (
	_ "embed"
	"io"
	"strings"
	"text/template"
)

//go:embed page.md
var markdownTemplate string

// writeMarkdown writes the page in GitHub's Markdown.
func (p Page) writeMarkdown(w io.Writer) error {
	t, err := template.New("page.md").Funcs(template.FuncMap{
		"cell":     cell,
		"code":     func(text string) string { return "`" + cell(text) + "`" }, // there is no backtick in it
		"default":  shownDefault,
		"sentence": func(phrase string) string { return strings.ToUpper(phrase[:1]) + phrase[1:] + "." },
	}).Parse(markdownTemplate)
	if err != nil {
		return err
	}
	return t.Execute(w, struct {
		Listing bool
		Kinds   []Kind
		Cards   []card
	}{p.list, p.Kinds, p.cards()})
}

// cell is a text in a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
