package dialect

import "net/http"

// GitHub tells one limit, the primary one. The secondary ones are hidden: there
// is no way to check them.
//
// Source: docs.github.com, "Rate limits for the REST API".

func githubFields(h http.Header, a *Answer) {
	s := a.first()
	if s == nil {
		return
	}
	setDate(h, a.Now)
	h.Set("X-RateLimit-Limit", number(s.Limit))
	h.Set("X-RateLimit-Remaining", number(s.Remaining))
	h.Set("X-RateLimit-Used", number(s.used()))
	h.Set("X-RateLimit-Reset", epoch(a.Now, s.Reset))
	h.Set("X-RateLimit-Resource", token(s.Name, "core"))
}

func githubStatus(*Answer) int { return http.StatusForbidden }

// githubSilent: the primary limit tells its reset, and no pause.
func githubSilent(a *Answer) bool { return !githubSecondary(a) }

// githubSecondary reports whether a request was refused by another limit than the
// primary one.
func githubSecondary(a *Answer) bool {
	s := a.refuser()
	return a.Verdict == Banned || s != nil && s != a.first()
}

func githubRefusal(a *Answer) []byte {
	if githubSecondary(a) {
		return []byte(`{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",` +
			`"documentation_url":"https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"}` + "\n")
	}
	return []byte(`{"message":"API rate limit exceeded for user ID 1.",` +
		`"documentation_url":"https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-primary-rate-limits"}` + "\n")
}

// X: docs.x.com, "Rate limits".

func xFields(h http.Header, a *Answer) {
	s := a.first()
	if s == nil {
		return
	}
	setDate(h, a.Now)
	h.Set("X-Rate-Limit-Limit", number(s.Limit))
	h.Set("X-Rate-Limit-Remaining", number(s.Remaining))
	h.Set("X-Rate-Limit-Reset", epoch(a.Now, s.Reset))
}

func xRefusal(*Answer) []byte {
	return []byte(`{"errors":[{"code":88,"message":"Rate limit exceeded"}]}` + "\n")
}

// Reddit tells what is used as a whole number, and what remains with a decimal.
//
// Source: r/redditdev 1yxrp7.

func redditFields(h http.Header, a *Answer) {
	s := a.first()
	if s == nil {
		return
	}
	h.Set("X-Ratelimit-Used", number(s.used()))
	h.Set("X-Ratelimit-Remaining", number(s.Remaining)+".0")
	h.Set("X-Ratelimit-Reset", seconds(s.Reset))
}

func redditRefusal(*Answer) []byte {
	return []byte(`{"message":"Too Many Requests","error":429}` + "\n")
}

// token is s with a "-" for everything that a name in a header field had better
// not have, or another where s is empty.
func token(s, empty string) string {
	if s == "" {
		return empty
	}
	b := []byte(s)
	for i, c := range b {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_':
		default:
			b[i] = '-'
		}
	}
	return string(b)
}
