package main

import (
	"ratebench/harness/events"
	"ratebench/harness/metrics"
)

// draftEvents starts the files of --events for the results in a folder; nil
// without it. Discard removes what has not been written when all is done.
func (r *runner) draftEvents(dir string) (draft *events.Draft, discard func(), err error) {
	if !r.flags.events {
		return nil, func() {}, nil
	}
	if draft, err = events.NewDraft(dir); err != nil {
		return nil, nil, err
	}
	return draft, func() { _ = draft.Discard() }, nil // what went wrong before says more
}

// writeEvents puts the events of runs beside their results. Those of an earlier
// benchmark never stay.
func writeEvents(dir string, draft *events.Draft, runs []metrics.Run) error {
	if draft == nil {
		return events.Remove(dir)
	}
	return draft.Commit(runs)
}
