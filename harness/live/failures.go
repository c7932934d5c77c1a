package live

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// failures counts requests that were not answered 200, by the reason. Reasons
// come from a server that may say anything: there is a bound on how many are
// told apart, and on how long they are.
type failures struct {
	mu     sync.Mutex
	counts map[string]int
}

const (
	maxReasons   = 32
	maxReason    = 120 // characters
	otherReasons = "other reasons"
)

func (f *failures) add(reason string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.counts == nil {
		f.counts = make(map[string]int)
	}
	if _, known := f.counts[reason]; !known && len(f.counts) >= maxReasons {
		reason = otherReasons
	}
	f.counts[reason]++
}

// all returns a copy of the counts; nil if there are none.
func (f *failures) all() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	var counts map[string]int
	for reason, n := range f.counts {
		if counts == nil {
			counts = make(map[string]int)
		}
		counts[reason] = n
	}
	return counts
}

// answered is the reason of a refusal: its status and what the server says.
func answered(status int, message string) string {
	return printable(strings.TrimSpace(strconv.Itoa(status) + " " + message))
}

// cause is the reason in an error of net/http, without what differs from one
// request to the next: addresses and the query.
func cause(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return printable(op.Op + ": " + op.Err.Error())
	}
	return printable(err.Error())
}

// printable cuts text short and puts a "?" for what would do something to a
// terminal.
func printable(text string) string {
	runes := []rune(text)
	if len(runes) > maxReason {
		runes = append(runes[:maxReason], '…')
	}
	for i, r := range runes {
		if !unicode.IsPrint(r) {
			runes[i] = '?'
		}
	}
	return string(runes)
}
