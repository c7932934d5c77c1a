package dialect

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"time"
)

// Discord tells the limit of the route, with an identifier of the bucket that it
// is, and is silent about the one for everything, which is named global.
//
// Source: discord-api-docs, "Rate Limits".

const discordGlobal = "global"

func discordFields(h http.Header, a *Answer) {
	if a.Verdict == Banned {
		return // the network in front of the API refuses, which knows no bucket
	}
	if s := a.refuser(); a.Verdict == Limited {
		scope := "user"
		if s != nil && s.Name == discordGlobal {
			h.Set("X-RateLimit-Global", "true")
			h.Set("X-RateLimit-Scope", "global")
			return
		}
		if s != nil && s.Name == "shared" {
			scope = "shared"
		}
		h.Set("X-RateLimit-Scope", scope)
	}
	s := a.told(func(s *State) bool { return s.Name != discordGlobal })
	if s == nil {
		return
	}
	setDate(h, a.Now)
	h.Set("X-RateLimit-Limit", number(s.Limit))
	h.Set("X-RateLimit-Remaining", number(s.Remaining))
	h.Set("X-RateLimit-Reset", epochDecimals(a.Now, s.Reset))
	h.Set("X-RateLimit-Reset-After", decimals(s.Reset))
	h.Set("X-RateLimit-Bucket", bucket(s.Name, a.Route))
}

// epochDecimals are seconds since 1970, rounded up to milliseconds.
func epochDecimals(now time.Time, d time.Duration) string {
	ms := ceil(time.Duration(now.Add(d).UnixNano()), time.Millisecond)
	return strconv.FormatInt(ms/1000, 10) + fmt.Sprintf(".%03d", ms%1000)
}

// bucket is an opaque name of the limit of a route.
func bucket(limit, route string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(limit + "\x00" + route)) // never fails
	return fmt.Sprintf("%016x", h.Sum64())
}

func discordRefusal(a *Answer) []byte {
	if a.Verdict == Banned {
		return []byte("error code: 1015\n")
	}
	s := a.refuser()
	return fmt.Appendf(nil, `{"message":"You are being rate limited.","retry_after":%s,"global":%t}`+"\n",
		decimals(a.Retry), s != nil && s.Name == discordGlobal)
}
