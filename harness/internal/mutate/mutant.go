package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A mutant is a file with one fault.
type mutant struct {
	file   string // its path, with slashes, from the root of the module
	line   int
	in     string // the function it is in; "" if none
	source string // the line as it is, without the space around it
	what   string // the fault
	text   []byte // the whole file with the fault
}

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", m.file, m.line, m.what, m.source)
}

// identity tells a mutant by what it is, not by where it stands.
func (m mutant) identity() string {
	return strings.Join([]string{m.file, m.in, m.what, m.source}, " | ")
}

// isLock reports whether a lock is not taken, which the race detector may notice.
func (m mutant) isLock() bool { return strings.HasSuffix(m.what, unlocked) }

// mutantsIn lists all faults that can be made in a package, tests and generated
// constants apart. The folder is relative to root.
func mutantsIn(root, folder string) ([]mutant, error) {
	files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil {
		return nil, err
	}
	var all []mutant
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		ms, err := mutantsOf(filepath.ToSlash(filepath.Join(folder, filepath.Base(path))), source)
		if err != nil {
			return nil, err
		}
		all = append(all, ms...)
	}
	return all, nil
}

// mutantsOf lists the mutants of one file.
func mutantsOf(name string, source []byte) ([]mutant, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(source), "\n")
	var all []mutant
	for _, decl := range file.Decls {
		in := ""
		switch d := decl.(type) {
		case *ast.FuncDecl:
			in = d.Name.Name
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				continue
			}
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			for _, c := range changesOf(n) {
				at := fset.Position(c.edits[0].from)
				all = append(all, mutant{name, at.Line, in, strings.TrimSpace(lines[at.Line-1]), c.what, apply(fset, source, c.edits)})
			}
			return true
		})
	}
	return all, nil
}

// apply makes the edits, which do not overlap.
func apply(fset *token.FileSet, source []byte, edits []edit) []byte {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	var out []byte
	done := 0
	for _, e := range edits {
		from, to := fset.Position(e.from).Offset, fset.Position(e.to).Offset
		out = append(append(out, source[done:from]...), e.text...)
		done = to
	}
	return append(out, source[done:]...)
}

// choose puts the mutants into the order in which they are tried: by a hash of
// the seed and of what they are.
func choose(all []mutant, seed uint64) []mutant {
	type ranked struct {
		mutant
		rank uint64
	}
	seen := map[string]int{}
	order := make([]ranked, 0, len(all))
	for _, m := range all {
		seen[m.identity()]++ // of several that are alike
		h := fnv.New64a()
		fmt.Fprintf(h, "%d %d %s", seed, seen[m.identity()], m.identity())
		order = append(order, ranked{m, h.Sum64()})
	}
	slices.SortFunc(order, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	chosen := make([]mutant, len(order))
	for i, r := range order {
		chosen[i] = r.mutant
	}
	return chosen
}
