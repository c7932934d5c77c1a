package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ratebench/harness/dist/choice"
	"ratebench/harness/kinds"
	"ratebench/harness/report"
)

// commonTopic is what to ask for to read of the keys that all strategies have.
const commonTopic = "common"

func newStrategies() *cobra.Command {
	var all bool
	var format string
	c := &cobra.Command{
		Use:   "strategies [KIND...]",
		Short: "Explain the limiters and the other keys of a strategy",
		Long: `List the limiters that a strategy can ask for. With their names, or --all,
explain them: formula, source, parameters with their defaults, and a strategy to
paste into a scenario. "` + commonTopic + `" stands for the keys that strategies have whatever
their limiter: polling, guards, retries, workers, nonces and queues.`,
		Example: `  ratebench strategies
  ratebench strategies ack-clocked common
  ratebench strategies --all --format markdown`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, topics []string) error {
			page, err := newPage(topics, all)
			if err := errors.Join(checkValue("--format", format, pageFormats()), err); err != nil {
				return usageError{err}
			}
			return page.write(c.OutOrStdout(), report.Format(format))
		},
	}
	c.Flags().BoolVar(&all, "all", false, "explain everything there is")
	c.Flags().StringVar(&format, "format", report.Text.String(), choice.List(pageFormats()))
	return c
}

// A page is what the command prints.
type page struct {
	Kinds  []kindCard `json:"kinds,omitempty"`
	Common []section  `json:"common,omitempty"`

	list bool // of names and summaries, no more
}

// newPage explains topics, in the order of the list; without any it is the
// list. Its errors are about the arguments.
func newPage(topics []string, all bool) (page, error) {
	if all && len(topics) > 0 {
		return page{}, fmt.Errorf("--all is given together with %s, want one or the other", strings.Join(topics, " "))
	}
	if err := checkTopics(topics); err != nil {
		return page{}, err
	}
	p := page{list: !all && len(topics) == 0}
	for _, k := range kinds.All() {
		switch {
		case p.list:
			p.Kinds = append(p.Kinds, kindCard{Kind: k.Name, Summary: k.Summary})
		case all || slices.Contains(topics, k.Name):
			p.Kinds = append(p.Kinds, newKindCard(k))
		}
	}
	if all || slices.Contains(topics, commonTopic) {
		p.Common = commonSections()
	}
	return p, nil
}

// checkTopics reports every topic that is not known.
func checkTopics(topics []string) error {
	var known []string
	for _, k := range kinds.All() {
		known = append(known, k.Name)
	}
	known = append(known, commonTopic)
	var errs []error
	for _, t := range topics {
		if !slices.Contains(known, t) {
			errs = append(errs, errors.New(choice.Unknown("limiter", t, known)))
		}
	}
	return errors.Join(errs...)
}

// pageFormats are the values of --format, the default first.
func pageFormats() []string {
	return []string{report.Text.String(), report.Markdown.String(), report.JSON.String()}
}

// write writes the page in a format that is one of pageFormats.
func (p page) write(w io.Writer, f report.Format) error {
	switch f {
	case report.JSON:
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(p)
	case report.Markdown:
		_, err := io.WriteString(w, p.markdown())
		return err
	default:
		_, err := io.WriteString(w, p.text())
		return err
	}
}
