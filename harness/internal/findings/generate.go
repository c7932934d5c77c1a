package findings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ratebench/harness/chart/kit"
	"ratebench/harness/result/folder"
)

// Marks around the findings in the project's README.
const (
	begin = "<!-- findings: made by make bench -->"
	end   = "<!-- end of findings -->"
)

// A File is something to be written.
type File struct {
	Path    string
	Content []byte
}

// Generate makes the pages from the results in dir: dir/README.md with its
// chart and the list of figures, and the README at readme with the findings
// between its marks replaced. Nothing is written.
func Generate(dir, readme string) ([]File, error) {
	w := newWriter(dir)
	page, err := w.text("results.md")
	if err != nil {
		return nil, err
	}
	section, err := w.text("readme.md")
	if err != nil {
		return nil, err
	}
	survival, err := w.picture(w.survivalChart("survival"))
	if err != nil {
		return nil, err
	}
	gain, err := w.picture(w.gainChart("why-74-to-85", 0, 3, 6, 9))
	if err != nil {
		return nil, err
	}
	list, err := json.MarshalIndent(w.figures.list, "", " ")
	if err != nil {
		return nil, err
	}
	old, err := os.ReadFile(readme)
	if err != nil {
		return nil, err
	}
	project, err := between(string(old), section)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", readme, err)
	}
	return []File{
		{filepath.Join(dir, "README.md"), []byte(page)},
		{filepath.Join(dir, "figures.json"), append(list, '\n')},
		{filepath.Join(dir, "survival.svg"), survival},
		{filepath.Join(dir, "gain.svg"), gain},
		{readme, []byte(project)},
	}, nil
}

// picture is a chart of what the results say.
func (w *writer) picture(c kit.Chart) ([]byte, error) {
	if w.results.err != nil {
		return nil, w.results.err
	}
	return c.SVG()
}

// between puts the section between the marks of the text.
func between(text, section string) (string, error) {
	before, rest, ok := strings.Cut(text, begin)
	if !ok {
		return "", errors.New("no line " + begin)
	}
	_, after, ok := strings.Cut(rest, end)
	if !ok {
		return "", errors.New("no line " + end)
	}
	return before + begin + "\n" + section + end + after, nil
}

// Write writes the files that have changed, each as a whole or not at all.
func Write(files []File) error {
	for _, f := range files {
		if old, err := os.ReadFile(f.Path); err == nil && bytes.Equal(old, f.Content) {
			continue
		}
		if err := folder.WriteFile(f.Path, f.Content); err != nil {
			return err
		}
	}
	return nil
}
