package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ratebench/clients/limiter"
	"ratebench/harness/internal/choice"
	"ratebench/harness/table"
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
			return page.write(c.OutOrStdout(), table.Format(format))
		},
	}
	c.Flags().BoolVar(&all, "all", false, "explain everything there is")
	c.Flags().StringVar(&format, "format", table.Text.String(), choice.List(pageFormats()))
	return c
}

// An explanation is what the command prints.
type explanation struct {
	Kinds  []kindCard `json:"kinds,omitempty"`
	Common []section  `json:"common,omitempty"`

	list bool // of names and summaries, no more
}

// newPage explains topics, in the order of the list; without any it is the
// list. Its errors are about the arguments.
func newPage(topics []string, all bool) (explanation, error) {
	if all && len(topics) > 0 {
		return explanation{}, fmt.Errorf("--all is given together with %s, want one or the other", strings.Join(topics, " "))
	}
	if err := checkTopics(topics); err != nil {
		return explanation{}, err
	}
	p := explanation{list: !all && len(topics) == 0}
	for _, k := range limiter.Kinds() {
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
	for _, k := range limiter.Kinds() {
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
	return []string{table.Text.String(), table.Markdown.String(), table.JSON.String()}
}

// write writes the page in a format that is one of pageFormats.
func (p explanation) write(w io.Writer, f table.Format) error {
	switch f {
	case table.JSON:
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(p)
	case table.Markdown:
		_, err := io.WriteString(w, p.markdown())
		return err
	default:
		_, err := io.WriteString(w, p.text())
		return err
	}
}
