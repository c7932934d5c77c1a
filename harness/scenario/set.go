package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/yamlfile"
)

// flagSet is how a command line sets a key.
const flagSet = "--set"

// set is a tree with the settings of the loader in it: each a key, with dots, and
// after = its value, as the file has it.
func (l Loader) set(root ast.Node) (ast.Node, error) {
	for _, setting := range l.Set {
		key, value, found := strings.Cut(setting, "=")
		if key = strings.TrimSpace(key); !found || key == "" || strings.TrimSpace(value) == "" {
			return nil, fmt.Errorf("%s is %.80q, want a key and its value such as server.limit=50/1s", flagSet, setting)
		}
		if key == "version" {
			return nil, fmt.Errorf("%s changes version, which says how the file is to be read", flagSet)
		}
		node, err := valueOf(key, value)
		if err != nil {
			return nil, err
		}
		if root, err = yamlfile.With(root, key, root, node); err != nil {
			return nil, fmt.Errorf("%s: %w", flagSet, err)
		}
	}
	return root, nil
}

// valueOf parses the value of a key.
func valueOf(key, text string) (ast.Node, error) {
	src, err := yamlfile.NewSource(flagSet, []byte(text))
	var node ast.Node
	if err == nil {
		node, err = yamlfile.SyntaxTree(src, "value", "it")
	}
	if e, ok := errors.AsType[*Error](err); ok {
		err = fmt.Errorf("%s %s: %.80q: %s", flagSet, key, text, e.Msg)
	}
	return node, err
}

// setErrors are what is wrong with a scenario that is right without the settings.
// Places in the file say nothing of it.
func (r *reader) setErrors() error {
	var errs []error
	for _, p := range r.Problems {
		errs = append(errs, errors.New(flagSet+": "+p.Msg))
	}
	return errors.Join(errs...)
}

// recordSet records the settings. What is claimed is claimed of the file, unless
// they are about how often it is run and what it is called.
func (l Loader) recordSet(s *Scenario) {
	changes := change{out: *s}
	for _, setting := range l.Set {
		changes.record(flagSet, setting)
		key, _, _ := strings.Cut(setting, "=")
		if harmless := []string{"runs", "seed", "name", "question", "expect"}; !slices.Contains(harmless, strings.TrimSpace(key)) {
			changes.untest(flagSet+" "+setting, everyClaim)
		}
	}
	*s = changes.out
}
