package run

import (
	"fmt"
	"io"
	"time"

	"ratebench/harness"
	"ratebench/harness/metrics"
)

// printProgress prints what the reference's clients print every few seconds.
func printProgress(w io.Writer, strategy string, p metrics.Progress, means harness.QueueMeans) {
	l := p.Ledger
	fmt.Fprintf(w, "--- %s, %.2f s: %d ok, %d failed, %.2f TPS, mean latency %.2f ms\n",
		strategy, p.Elapsed.Seconds(), l.Succeeded, l.Expired+l.Failed+l.Graveyard,
		float64(l.Succeeded)/p.Elapsed.Seconds(), float64(p.MeanLatency)/float64(time.Millisecond))
	fmt.Fprintf(w, "    queues: main %d, dead letter %d, graveyard %d; on average main %.2f, dead letter %.2f\n",
		p.Main, p.DLQ, l.Graveyard, means.Main, means.DLQ)
	if p.Main > mainWarning {
		fmt.Fprintf(w, "    warning: more than %d requests in the main queue\n", mainWarning)
	}
	if p.DLQ > dlqWarning {
		fmt.Fprintf(w, "    warning: more than %d requests in the dead letter queue\n", dlqWarning)
	}
}

// Queue lengths above which the reference's clients warn.
const (
	mainWarning = 1000
	dlqWarning  = 100
)
