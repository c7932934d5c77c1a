package findings

import (
	"fmt"
	"strings"
)

// modelled are the policies of policies.yaml that the model has, too.
func modelled() []string {
	return []string{"sliding log", "aligned", "counter", "counter of all", "bucket of 20", "bucket of 10", "bucket of 1"}
}

// policies is a table of what clients get by each policy, accepted and refused per
// second, beside the model's one key, five times.
func (w *writer) policies(clients ...string) string {
	const keys = 5
	var b strings.Builder
	b.WriteString("| policy |")
	for _, client := range clients {
		fmt.Fprintf(&b, " `%s` | model |", client)
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", 2*len(clients)) + "\n")
	for _, policy := range modelled() {
		b.WriteString("| " + policy + " |")
		for _, client := range clients {
			row := client + "/never banned/" + policy
			accepted := w.metric("policies", row, "tps", 1)
			refused := w.perSecond("policies", row, "refused", 1)
			fmt.Fprintf(&b, " %s, %s |", accepted, refused)
			var model [2]Figure
			for i, name := range []string{"model " + client + " " + policy, "model " + client + " " + policy + " refused"} {
				one := w.published(name, 2)
				model[i] = w.figures.make(keys*one.Value, 1, fmt.Sprintf("%d * (%s)", keys, one.Source))
			}
			fmt.Fprintf(&b, " %s, %s |", model[0], model[1])
		}
		b.WriteString("\n")
	}
	return b.String()
}
