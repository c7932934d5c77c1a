package dialect

import "net/http"

// A Dialect is one of the ways in which APIs say how much is left.
type Dialect uint8

const (
	None      Dialect = iota // nothing
	IETF                     // RateLimit-Policy and RateLimit, draft-ietf-httpapi-ratelimit-headers-11 of 2026
	IETF06                   // RateLimit-Limit, -Remaining and -Reset, draft 06
	GitHub                   // X-RateLimit-*, reset in seconds since 1970
	X                        // X-Rate-Limit-*, the same
	Discord                  // GitHub's with Reset-After and Bucket, times with decimals
	Reddit                   // X-Ratelimit-Used, -Remaining and -Reset, seconds to go
	OpenAI                   // X-RateLimit-*-Requests and -Tokens, reset as 6m0s
	Anthropic                // Anthropic-RateLimit-*, reset as in RFC 3339
	Binance                  // X-MBX-USED-WEIGHT-1M and X-MBX-ORDER-COUNT-10S, which count up
	Riot                     // X-App-Rate-Limit and X-Method-Rate-Limit with -Count, which count up
	Shopify                  // X-Shopify-Shop-Api-Call-Limit: 32/40; of points, in the body
)

// A row is one dialect. What is nil it does not have.
type row struct {
	name    string
	fields  func(http.Header, *Answer)
	success func(*Answer) []byte // the body of a request that passed
	refusal func(*Answer) []byte // and of one that did not

	status    func(*Answer) int // of a refusal; nil: 429
	banStatus int               // 0: status

	retry  RetryForm          // 0: whole seconds
	silent func(*Answer) bool // whether a refusal tells no pause
}

func (r *row) retryForm(a *Answer) RetryForm {
	switch {
	case r.silent != nil && r.silent(a):
		return RetryMissing
	case r.retry == RetryDefault:
		return RetrySeconds
	}
	return r.retry
}

var rows = [...]row{
	None:      {name: "none"},
	IETF:      {name: "ietf", fields: ietfFields},
	IETF06:    {name: "ietf-06", fields: ietf06Fields},
	GitHub:    {name: "github", fields: githubFields, refusal: githubRefusal, status: githubStatus, silent: githubSilent},
	X:         {name: "x", fields: xFields, refusal: xRefusal, retry: RetryMissing},
	Discord:   {name: "discord", fields: discordFields, refusal: discordRefusal},
	Reddit:    {name: "reddit", fields: redditFields, refusal: redditRefusal, retry: RetryMissing},
	OpenAI:    {name: "openai", fields: openaiFields, refusal: openaiRefusal},
	Anthropic: {name: "anthropic", fields: anthropicFields, refusal: anthropicRefusal},
	Binance:   {name: "binance", fields: binanceFields, refusal: binanceRefusal, banStatus: http.StatusTeapot},
	Riot:      {name: "riot", fields: riotFields, refusal: riotRefusal, silent: riotSilent},
	Shopify:   {name: "shopify", fields: shopifyFields, success: shopifySuccess, refusal: shopifyRefusal, status: shopifyStatus, banStatus: http.StatusLocked, retry: RetryDecimals, silent: shopifySilent},
}

// Names lists the dialects, in the order of their constants.
func Names() []string {
	names := make([]string, len(rows))
	for i := range rows {
		names[i] = rows[i].name
	}
	return names
}

// Parse finds a dialect by its name.
func Parse(name string) (d Dialect, ok bool) {
	for i := range rows {
		if rows[i].name == name {
			return Dialect(i), true
		}
	}
	return 0, false
}

func (d Dialect) String() string {
	if int(d) < len(rows) {
		return rows[d].name
	}
	return "no dialect"
}
