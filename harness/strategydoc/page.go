// Package strategydoc explains what a strategy of a scenario file can be made
// of: the limiters with their parameters, and the keys that all strategies have.
package strategydoc

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"ratebench/harness/internal/choice"
	"ratebench/harness/kinds"
)

// Common is what to ask for to read of the keys that all strategies have.
const Common = "common"

// The formats of a page.
const (
	text     = "text"
	markdown = "markdown"
	asJSON   = "json"
)

// Formats returns the formats of a page, the usual one first.
func Formats() []string { return []string{text, markdown, asJSON} }

// A Topic is something that a page can explain.
type Topic struct {
	Name    string // of a limiter, or Common
	Summary string // one line
}

// Topics returns all there is to explain, in the order of a page.
func Topics(limiters []kinds.Kind) []Topic {
	var topics []Topic
	for _, k := range limiters {
		topics = append(topics, Topic{k.Name, k.Summary})
	}
	return append(topics, Topic{Common, "the keys that all strategies have"})
}

// A Page explains some of the topics, or lists the limiters.
type Page struct {
	Kinds  []Kind    `json:"kinds,omitempty"`
	Common []Section `json:"common,omitempty"`

	list bool // of names and summaries, no more
}

// New explains topics, or all there are, in the order of [Topics]; without any
// the page is the list of kinds. Errors name the topics that there are not, or
// say that some were named although all were asked for.
func New(limiters []kinds.Kind, topics []string, all bool) (Page, error) {
	if all && len(topics) > 0 {
		return Page{}, fmt.Errorf("--all is given together with %s, want one or the other", strings.Join(topics, " "))
	}
	if err := checkTopics(limiters, topics); err != nil {
		return Page{}, err
	}
	p := Page{list: !all && len(topics) == 0}
	for _, k := range limiters {
		switch {
		case p.list:
			p.Kinds = append(p.Kinds, Kind{Kind: k.Name, Summary: k.Summary})
		case all || slices.Contains(topics, k.Name):
			p.Kinds = append(p.Kinds, newKind(k))
		}
	}
	if all || slices.Contains(topics, Common) {
		p.Common = commonSections()
	}
	return p, nil
}

// checkTopics reports every topic that is not known.
func checkTopics(limiters []kinds.Kind, topics []string) error {
	var known []string
	for _, t := range Topics(limiters) {
		known = append(known, t.Name)
	}
	var errs []error
	for _, t := range topics {
		if !slices.Contains(known, t) {
			errs = append(errs, errors.New(choice.Unknown("limiter", t, known)))
		}
	}
	return errors.Join(errs...)
}

// Write writes the page in one of [Formats]; any other is text.
func (p Page) Write(w io.Writer, format string) error {
	switch format {
	case asJSON:
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(p)
	case markdown:
		return p.writeMarkdown(w)
	default:
		_, err := io.WriteString(w, p.text())
		return err
	}
}
