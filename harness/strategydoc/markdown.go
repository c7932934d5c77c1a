package strategydoc

import (
	"fmt"
	"strings"

	"ratebench/harness/scenario"
)

// markdown is the page in GitHub's Markdown.
func (p Page) markdown() string {
	if p.list {
		return p.listMarkdown()
	}
	var cards []string
	for _, k := range p.Kinds {
		cards = append(cards, k.markdown())
	}
	for _, s := range p.Common {
		cards = append(cards, cardMarkdown(s.Section, s.Summary, nil, s.Keys, s.YAML))
	}
	return strings.Join(cards, "\n")
}

func (p Page) listMarkdown() string {
	rows := [][]string{{"limiter", "what it is"}}
	for _, k := range p.Kinds {
		rows = append(rows, []string{code(k.Kind), k.Summary})
	}
	return markdownTable(rows)
}

func (k Kind) markdown() string {
	facts := k.facts()
	facts[0][1] = code(facts[0][1]) // the formula
	return cardMarkdown(k.Kind, k.Summary, facts, k.Keys, k.YAML)
}

// cardMarkdown has a heading, a list of facts, a table of keys and an example.
// There need not be any facts or keys.
func cardMarkdown(name, summary string, facts [][]string, keys []scenario.Key, yaml string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s\n\n", name, sentence(summary))
	for _, fact := range facts {
		fmt.Fprintf(&b, "- %s: %s\n", fact[0], fact[1])
	}
	if len(facts) > 0 {
		b.WriteByte('\n')
	}
	if len(keys) > 0 {
		b.WriteString(keysMarkdown(keys) + "\n")
	}
	fmt.Fprintf(&b, "```yaml\n%s```\n", yaml)
	return b.String()
}

func keysMarkdown(keys []scenario.Key) string {
	rows := [][]string{{"key", "type", "default", "meaning"}}
	for _, k := range keys {
		help := k.Help
		for _, v := range k.Values {
			help += "<br>" + code(v.Value) + ": " + v.Help
		}
		rows = append(rows, []string{code(k.Key), k.Type, shownDefault(k), help})
	}
	return markdownTable(rows)
}

// markdownTable is rows, of which the first is the header.
func markdownTable(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		for _, cell := range row {
			b.WriteString("| " + strings.ReplaceAll(cell, "|", `\|`) + " ")
		}
		b.WriteString("|\n")
		if i == 0 {
			b.WriteString(strings.Repeat("| --- ", len(row)) + "|\n")
		}
	}
	return b.String()
}

// code marks what has no backtick in it as code.
func code(text string) string { return "`" + text + "`" }

// sentence makes a sentence of a phrase.
func sentence(phrase string) string { return strings.ToUpper(phrase[:1]) + phrase[1:] + "." }
