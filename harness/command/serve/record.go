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
	var columns []table.Column
	for _, name := range []string{"key", "answered", "accepted", "refused", "blocked", "out of order", "other"} {
		columns = append(columns, table.Column{Head: [2]string{"", name}, Left: name == "key"})
	}
	add := func(name string, c tally.Counts) {
		table.AddRow(columns, name, strconv.Itoa(c.Answered()), strconv.Itoa(c.Accepted), strconv.Itoa(c.Refused),
			strconv.Itoa(c.Blocked), strconv.Itoa(c.OutOfOrder), strconv.Itoa(c.Other))
	}
	var all tally.Counts
	for _, r := range rows {
		name := "unknown"
		switch {
		case r.Key >= 0:
			name = "key " + strconv.Itoa(r.Key)
		case r.Key < tally.NoKey: // a secret, which a number stands for
			name = "client " + strconv.Itoa(tally.NoKey-r.Key)
		}
		add(name, r.Counts)
		all = all.Plus(r.Counts)
	}
	add("all", all)
	_, err := io.WriteString(w, table.Render(columns, table.Text))
	return err
}
