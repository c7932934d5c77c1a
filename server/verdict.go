package server

import (
	"fmt"
	"net/http"
)

// A Verdict is what the server makes of one request. The zero value is none.
type Verdict uint8

const (
	OK           Verdict = iota + 1
	BadNonce             // not an integer, or not above the key's last good one; the slot is spent
	Unauthorized         // the key is unknown or missing
	RateLimited          // over the limit; no slot is spent
	Blocked              // refused for what was refused before: for ever, or as long as the Reply's Retry says
)

// Status is the HTTP status code that carries v. Blocked shares 429 with
// RateLimited; only the text of the answer tells them apart.
func (v Verdict) Status() int {
	switch v {
	case OK:
		return http.StatusOK
	case BadNonce:
		return http.StatusBadRequest
	case Unauthorized:
		return http.StatusUnauthorized
	case RateLimited, Blocked:
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}

// message is the error_msg of a refusal.
func (v Verdict) message() string {
	switch v {
	case BadNonce:
		return "invalid nonce"
	case Unauthorized:
		return "invalid api key"
	case RateLimited:
		return "exceeded rate limit"
	case Blocked:
		return "too many rate limit errors: blocked"
	}
	return v.String()
}

var verdictNames = [...]string{"no verdict", "ok", "bad nonce", "unauthorized", "rate limited", "blocked"}

func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}
