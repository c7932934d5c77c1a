package server

import "ratebench/server/ledger"

// A Request is what a Server judges.
type Request struct {
	// Request is what limits add it up by. Its Key is the API key; "" if none
	// was sent.
	ledger.Request
	// Nonce is as sent; "" if none was.
	Nonce string
	// States is room for those of the Reply, which are appended to it from its
	// beginning, so that whoever reuses it spares an allocation. They are
	// asked for by Statements.Limits.
	States []ledger.State
}
