package serve

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"

	"ratebench/harness/internal/cmdline"
	"ratebench/harness/page"
	"ratebench/harness/result/folder"
	"ratebench/harness/scenario"
	"ratebench/harness/serving/tally"
	"ratebench/harness/table"
)

// prepareRecord makes a folder ready for results, so that nothing is served in vain.
// Results of anything else than an earlier recording are not replaced.
func prepareRecord(dir string) (unlock func(), err error) {
	s, err := folder.ReadSummary(dir)
	recorded := err == nil && len(s.Strategies) == 1 && s.Strategies[0].Name == tally.Strategy
	if !recorded && !errors.Is(err, os.ErrNotExist) {
		return nil, cmdline.Wrong(fmt.Errorf("--record is %s, which has results of something else, want another folder", dir))
	}
	if unlock, err = folder.Lock(dir); err != nil {
		return nil, err
	}
	if err := folder.Prepare(dir); err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}

// record writes what was counted as results.
func record(log *slog.Logger, dir string, counted *tally.Tally, sc *scenario.Scenario, seed uint64) error {
	d, any := counted.Results(sc, seed)
	if !any {
		log.Warn("there was no request, and " + dir + " is as it was")
		return nil
	}
	views, err := page.Views(d, page.Options{})
	if err != nil {
		return err
	}
	if err := folder.Write(dir, d, views); err != nil {
		return err
	}
	log.Info("results in " + dir + "; the page to look at is " + filepath.Join(dir, folder.ReportFile))
	return nil
}

// printCounts prints what was counted of each key; nothing if there was no request.
func printCounts(w io.Writer, rows []tally.Row) error {
	if len(rows) == 0 {
		return nil
	}
	key := table.Column{Head: [2]string{"", "key"}, Left: true}
	columns := []struct {
		name string
		of   func(tally.Counts) int
	}{
		{"answered", tally.Counts.Answered},
		{"accepted", func(c tally.Counts) int { return c.Accepted }},
		{"refused", func(c tally.Counts) int { return c.Refused }},
		{"blocked", func(c tally.Counts) int { return c.Blocked }},
		{"out of order", func(c tally.Counts) int { return c.OutOfOrder }},
		{"other", func(c tally.Counts) int { return c.Other }},
	}
	all := make([]table.Column, len(columns))
	total := make([]int, len(columns))
	for _, r := range rows {
		name := "unknown"
		if r.Key != tally.NoKey {
			name = "key " + strconv.Itoa(r.Key)
		}
		key.Cells = append(key.Cells, name)
		for i, c := range columns {
			total[i] += c.of(r.Counts)
			all[i].Cells = append(all[i].Cells, strconv.Itoa(c.of(r.Counts)))
		}
	}
	key.Cells = append(key.Cells, "all")
	for i, c := range columns {
		all[i].Head[1] = c.name
		all[i].Cells = append(all[i].Cells, strconv.Itoa(total[i]))
	}
	text, err := table.Render(append([]table.Column{key}, all...), table.Text)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	return err
}
