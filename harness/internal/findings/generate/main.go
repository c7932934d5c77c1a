// Command generate writes down what the results of the bundled scenarios say:
// DIR/README.md (DIR is results unless given) with the survival chart, the pictures
// that these pages show on dark screens, and
// figures.json, which names the source of every figure; and the findings into
// the project's README, between the two marks there.
//
//	go run ./harness/internal/findings/generate [-readme FILE] [DIR]
package main

import (
	"flag"
	"fmt"
	"os"

	"ratebench/harness/internal/findings"
	"ratebench/harness/internal/findings/dark"
)

func main() {
	readme := flag.String("readme", "README.md", "the project's README, whose findings are renewed")
	flag.Parse()
	dir := "results"
	if flag.NArg() > 0 {
		dir = flag.Arg(0)
	}
	if err := generate(dir, *readme); err != nil {
		fmt.Fprintf(os.Stderr, "findings: %v\n", err)
		os.Exit(1)
	}
}

func generate(dir, readme string) error {
	files, err := findings.Generate(dir, readme)
	if err != nil {
		return err
	}
	pictures, err := dark.Files(files)
	if err != nil {
		return err
	}
	files = append(files, pictures...)
	if err := findings.Write(files); err != nil {
		return err
	}
	for _, f := range files {
		fmt.Fprintln(os.Stderr, f.Path)
	}
	headline, err := findings.Headline(dir)
	if err != nil {
		return err
	}
	_, err = fmt.Print("\n" + headline)
	return err
}
