package server

import (
	"net/http"
	"time"
)

// HTTPServer returns an HTTP server for h that slow or idle clients cannot
// hold up. Its address is left to the caller. There is no limit on the time
// that writing an answer takes, because that would cut off injected
// latencies.
func HTTPServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}
