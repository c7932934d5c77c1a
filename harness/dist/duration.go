package dist

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseDuration reads a duration in Go's notation, as "50ms" or "1m30s". A
// plain number other than 0 is refused, because it does not say its unit.
func ParseDuration(text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	d, err := time.ParseDuration(text)
	if err == nil {
		return d, nil
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil && startsNumber(text) {
		return 0, fmt.Errorf("%.60s has no unit, want a duration such as 1ms or 1s", text)
	}
	if tooLong(text) {
		return 0, fmt.Errorf("%.60s is longer than a duration can be, which is 292 years", text)
	}
	return 0, fmt.Errorf("%.60q is not a duration, want a number and a unit such as 1ms or 1s", text)
}

// tooLong reports whether text, which is no duration, is a number and a unit.
func tooLong(text string) bool {
	number := strings.TrimRight(text, "nuµμmsh")
	if _, err := time.ParseDuration("1" + text[len(number):]); err != nil {
		return false
	}
	_, err := strconv.ParseFloat(number, 64)
	return err == nil && !strings.ContainsAny(number, "eExXpP_iI")
}

func startsNumber(text string) bool {
	return text != "" && strings.ContainsRune("+-.0123456789", rune(text[0]))
}

// FormatDuration writes d as a whole number of the largest unit that allows
// it, so that 1051ms stays "1051ms". Zero is "0ms". ParseDuration reads it
// back unchanged.
func FormatDuration(d time.Duration) string {
	units := [...]struct {
		name string
		size time.Duration
	}{
		{"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}, {"µs", time.Microsecond},
	}
	if d == 0 {
		return "0ms"
	}
	for _, u := range units {
		if d%u.size == 0 {
			return strconv.FormatInt(int64(d/u.size), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(d), 10) + "ns"
}
