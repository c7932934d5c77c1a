package serve

import (
	_ "embed" // for the text

	"ratebench/harness/internal/cmdline"
	"ratebench/harness/internal/snippets"
	"ratebench/harness/serving"
	"ratebench/server"
	"ratebench/server/front"
	"ratebench/server/ledger"
)

//go:embed help.txt
var helpText string

// help is the long help of serve.
func help() string {
	return cmdline.Fill(helpText, map[string]any{
		"Path":        server.Path,
		"Keys":        server.DefaultKeys(),
		"Clients":     snippets.Help(snippets.Direct()),
		"StatedField": front.StatedField,
		"MaxEntries":  ledger.DefaultMaxEntries,
		"DrainTime":   serving.DrainTime,
		"HangUpTime":  serving.HangUpTime,
	})
}
