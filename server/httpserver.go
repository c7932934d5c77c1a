package server

import (
	"net/http"
	"time"
)

// HTTPServer returns an HTTP server for h that slow or idle clients cannot
// hold up: a request's header is to be in within 5 s and of at most 64 KiB,
// its body within 30 s, an answer is to be taken within 10 s, and a
// connection that is not used is closed after 2 min. Its address is left to
// the caller.
//
// The time for the answer begins with the request; an [API] begins it anew
// after the latencies, which therefore may be as long as they like.
func HTTPServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,

		DisableGeneralOptionsHandler: true, // OPTIONS * is h's, like anything else
	}
}

const (
	writeTimeout = 10 * time.Second
	maxHeader    = 64 << 10 // bytes of a request line and header
)
