package limiter

import "fmt"

// A Count is how a server adds up what falls into a window.
type Count uint8

const (
	// CountLog counts what has come in the last Window, at any time.
	CountLog Count = iota
	// CountAligned counts anew at whole multiples of the window since 1970.
	CountAligned
	// CountFirst counts anew with the first request after a window is over.
	CountFirst
	// CountCounter adds to an aligned window's count the share of the window
	// before which a window that ends now would still cover, rounded down.
	CountCounter

	counts // how many there are
)

func (c Count) String() string {
	switch c {
	case CountLog:
		return "log"
	case CountAligned:
		return "aligned"
	case CountFirst:
		return "first"
	case CountCounter:
		return "counter"
	}
	return fmt.Sprintf("Count(%d)", uint8(c))
}
