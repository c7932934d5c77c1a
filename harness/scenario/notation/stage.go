package notation

import (
	"time"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/dist"
	"ratebench/harness/yamlfile"
)

// CheckTime reports a stage that is out of order, or comes too late.
func CheckTime(d *yamlfile.Decoder, n ast.Node, at, last, duration time.Duration) {
	switch {
	case at <= last:
		d.Errorf(n, "at is %s, and the stage before it begins at %s, want ascending times", dist.FormatDuration(at), dist.FormatDuration(last))
	case at >= duration:
		d.Errorf(n, "at is %s, want less than the duration %s", dist.FormatDuration(at), dist.FormatDuration(duration))
	}
}
