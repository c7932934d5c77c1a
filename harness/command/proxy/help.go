package proxy

import (
	_ "embed" // for the text

	"ratebench/harness/internal/cmdline"
	"ratebench/harness/internal/snippets"
	"ratebench/harness/proxy"
)

//go:embed help.txt
var helpText string

// help is the long help of proxy.
func help() string {
	return cmdline.Fill(helpText, map[string]any{
		"Clients":      snippets.Help(snippets.Proxied()),
		"TimeoutField": proxy.TimeoutField,
		"ErrorField":   proxy.ErrorField,
		"HealthPath":   proxy.HealthPath,
		"MetricsPath":  proxy.MetricsPath,
	})
}
