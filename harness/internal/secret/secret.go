// Package secret keeps the passwords of URLs out of what people read.
package secret

import (
	"errors"
	"net/url"
	"strings"
)

// URL is a URL as it may be shown: without its password and, where it cannot be
// told what of it that is, without all that an @ stands behind.
func URL(text string) string {
	u, err := url.Parse(text)
	if err == nil && !strings.Contains(u.Opaque+u.Path+u.RawQuery+u.Fragment, "@") {
		return u.Redacted()
	}
	at := strings.LastIndex(text, "@")
	if at < 0 {
		return text
	}
	scheme, _, found := strings.Cut(text, "://")
	if !found {
		return "xxxxx" + text[at:]
	}
	return scheme + "://xxxxx" + text[at:]
}

// Reason is why a URL cannot be read, without the URL, parts of which such errors
// quote.
func Reason(text string, err error) error {
	u, parseErr := url.Parse(text)
	if strings.Contains(text, "@") && (parseErr != nil || strings.Contains(u.Path, "@")) {
		return errors.New("not a URL (in a user or a password / is written %2F, @ is %40, a space %20)")
	}
	if of := (*url.Error)(nil); errors.As(err, &of) {
		return of.Err
	}
	return err
}
