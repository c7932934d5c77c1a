// Package feedback holds limiters that go by what answers say: by refusals, by
// header fields, by how many are refused. They suit limits that are not known,
// or that change, and most of them pay for what they learn with refusals. Each
// is a limiter.Limiter, in a file of its own.
package feedback
