package bucket

import (
	"time"

	"ratebench/clients/limiter"
)

// tokens are those of a bucket, counted in parts, so that each nanosecond adds a
// whole number of them.
type tokens struct {
	n     int64     // parts added per nanosecond
	token int64     // parts that make a token
	full  int64     // parts in a full bucket
	level int64     // parts in the bucket at last
	last  time.Time // when that was
}

// Next implements limiter.Limiter: the first instant at which there are enough.
func (b *tokens) Next(now time.Time, cost int64) time.Time {
	if cost > b.full/b.token {
		return limiter.Impossible
	}
	missing := cost*b.token - b.levelAt(now)
	if missing <= 0 {
		return now
	}
	return now.Add(time.Duration((missing + b.n - 1) / b.n))
}

func (b *tokens) take(now time.Time, cost int64) {
	b.level, b.last = b.levelAt(now)-cost*b.token, now
}

// settle takes what a departure turned out to cost beyond what it was charged; less
// than 0 is given back. The server settled before it answered: what it gave back is
// there by now, and what more it took has been missing since.
func (b *tokens) settle(now time.Time, more int64) {
	if more != 0 {
		b.level = min(b.levelAt(now)-min(more, mostParts/b.token)*b.token, b.full)
		b.last = now
	}
}

func (b *tokens) levelAt(now time.Time) int64 {
	elapsed := int64(now.Sub(b.last))
	if elapsed > (b.full-b.level)/b.n {
		return b.full
	}
	return b.level + b.n*elapsed
}
