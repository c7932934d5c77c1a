// Package bucket holds limiters for limits that are no sliding windows: buckets
// that are refilled, windows that are counted approximately, and what a server works
// on at once. Each is a limiter.Limiter, in a file of its own.
package bucket
