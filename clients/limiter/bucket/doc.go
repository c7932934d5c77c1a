// Package bucket holds limiters for limits that are no sliding windows: buckets
// that are refilled, and windows that are counted approximately. Each is a
// limiter.Limiter, in a file of its own.
package bucket
