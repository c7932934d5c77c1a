// Package dark makes the pictures for dark pages that the pages of the findings show
// beside those for light ones.
package dark

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"ratebench/harness/chart"
	"ratebench/harness/chart/kit"
	"ratebench/harness/internal/findings"
)

var source = regexp.MustCompile(`srcset="([^"]+)` + regexp.QuoteMeta(chart.DarkSuffix) + `"`)

// Files are the dark pictures that pages among the files ask for. Each is made of the
// light one of its name, which is among the files or beside the page; a page without
// the light one, as of what is not measured every time, has no dark one either.
func Files(files []findings.File) ([]findings.File, error) {
	light := map[string][]byte{}
	for _, f := range files {
		light[f.Path] = f.Content
	}
	var dark []findings.File
	made := map[string]bool{}
	for _, page := range files {
		if !strings.HasSuffix(page.Path, ".md") {
			continue
		}
		for _, m := range source.FindAllSubmatch(page.Content, -1) {
			name := filepath.Join(filepath.Dir(page.Path), filepath.FromSlash(string(m[1])))
			if made[name] {
				continue
			}
			made[name] = true
			picture, ok := light[name+".svg"]
			if !ok {
				var err error
				if picture, err = os.ReadFile(name + ".svg"); errors.Is(err, fs.ErrNotExist) {
					continue
				}
				if err != nil {
					return nil, fmt.Errorf("%s shows a dark picture: %w", page.Path, err)
				}
			}
			dark = append(dark, findings.File{Path: name + chart.DarkSuffix, Content: kit.Dark(picture)})
		}
	}
	return dark, nil
}
