package secret

import (
	"net/url"
	"testing"
)

func TestURL(t *testing.T) {
	for text, want := range map[string]string{
		"redis://127.0.0.1:6379":         "redis://127.0.0.1:6379",
		"redis://:s3cret@host/0":         "redis://:xxxxx@host/0",
		"redis://user:s3cret@host":       "redis://user:xxxxx@host",
		"redis://:s3 cret@host:1":        "redis://xxxxx@host:1",
		"redis://:s3cret@host:port":      "redis://xxxxx@host:port",
		"redis://user:12/34@host:6379":   "redis://xxxxx@host:6379",
		"redis://:s3?c@ret@host":         "redis://xxxxx@host",
		"redis:s3cret@host":              "xxxxx@host",
		"s3 cret@host":                   "xxxxx@host",
		"http://host:port":               "http://host:port",
		"127.0.0.1:6379":                 "127.0.0.1:6379",
		"http://host/%zz":                "http://host/%zz",
		"redis://:s3cret@host/0?x=mail@": "redis://xxxxx@",
	} {
		if got := URL(text); got != want {
			t.Errorf("%s is shown as %s, want %s", text, got, want)
		}
	}
}

func TestReason(t *testing.T) {
	for text, want := range map[string]string{
		"http://host:port":          `invalid port ":port" after host`,
		"redis://:s3 cret@host":     "not a URL (in a user or a password / is written %2F, @ is %40, a space %20)",
		"redis://:s3cret/x@host":    "not a URL (in a user or a password / is written %2F, @ is %40, a space %20)",
		"redis://:s3cret@host:port": "not a URL (in a user or a password / is written %2F, @ is %40, a space %20)",
	} {
		_, err := url.Parse(text)
		if err == nil {
			t.Fatalf("%s is a URL", text)
		}
		if got := Reason(text, err).Error(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
