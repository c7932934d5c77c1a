package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/server"
)

// Whatever comes over the wire is answered with the status it deserves, or
// not at all, and the server goes on.
func TestBadHTTP(t *testing.T) {
	const (
		good   = "api_key=" + validKey + "&nonce=1&req_id=7"
		target = server.Path + "?" + good
		host   = "Host: x\r\n"
		end    = "\r\n"
	)
	request := func(line, header, body string) string { return line + " HTTP/1.1\r\n" + host + header + end + body }
	with := func(header string) string { return request("GET "+target, header, "") }
	query := func(q string) string { return get(q) }
	nonce := func(n string) string { return get("api_key=" + validKey + "&nonce=" + n) }
	form := func(header, body string) string {
		return request("GET "+server.Path, "Content-Type: "+formType+"\r\n"+header, body)
	}
	sized := func(body string) string { return form(fmt.Sprintf("Content-Length: %d\r\n", len(body)), body) }
	chunked := func(chunks string) string { return form("Transfer-Encoding: chunked\r\n", chunks) }
	long := strings.Repeat("a", 80<<10)
	// 64 KiB, and 4 KiB that net/http adds, less the rest of the request.
	const headerRoom = 64<<10 + 4<<10 - 200

	tests := []struct {
		name string
		raw  string
		want []int // statuses, in order; none: the connection ends without an answer
	}{
		// The request line.
		{"nothing", "", nil},
		{"a line end", "\r\n", []int{400}},
		{"noise", "\x00\xff\xfe\x01 noise\r\n\r\n", []int{400}},
		{"a TLS handshake", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", []int{400}},
		{"an unknown method", request("BREW "+target, "", ""), []int{405}},
		{"a method in small letters", request("get "+target, "", ""), []int{405}},
		{"DELETE", request("DELETE "+target, "", ""), []int{405}},
		{"POST of a form", request("POST "+server.Path, "Content-Type: "+formType+"\r\nContent-Length: 7\r\n", "nonce=1"), []int{405}},
		{"TRACE", request("TRACE "+target, "", ""), []int{405}},
		{"OPTIONS for all", request("OPTIONS *", "", ""), []int{404}},
		{"CONNECT", request("CONNECT x:80", "", ""), []int{404}},
		{"a method that is no token", request("G(T "+target, "", ""), []int{400}},
		{"no method", request(" "+target, "", ""), []int{400}},
		{"no target", request("GET", "", ""), []int{400}},
		{"an empty target", request("GET ", "", ""), []int{400}},
		{"a space in the target", request("GET "+server.Path+"? "+good, "", ""), []int{400}},
		{"a NUL in the target", request("GET "+target+"\x00", "", ""), []int{400}},
		{"a control character in the target", request("GET "+target+"\x7f", "", ""), []int{400}},
		{"no version", "GET " + target + "\r\n" + host + end, []int{400}},
		{"version 0.9", "GET " + target + " HTTP/0.9\r\n" + host + end, []int{505}},
		{"version 2.0", "GET " + target + " HTTP/2.0\r\n" + host + end, []int{505}},
		{"version 1.10", "GET " + target + " HTTP/1.10\r\n" + host + end, []int{400}},
		{"version x", "GET " + target + " HTTP/x\r\n" + host + end, []int{400}},
		{"version 1.0 needs no host", "GET " + target + " HTTP/1.0\r\n\r\n", []int{200}},
		{"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []int{404}},
		{"lines that end in LF alone", strings.ReplaceAll(get(good), "\r\n", "\n"), []int{200}},
		{"a request line of 80 KiB", query("x=" + long), []int{431}},

		// The path.
		{"a double slash", request("GET /"+target, "", ""), []int{404}},
		{"dots", request("GET /api/../api/request?"+good, "", ""), []int{404}},
		{"a NUL behind the path", request("GET "+server.Path+"%00?"+good, "", ""), []int{404}},
		{"a malformed path", request("GET /api/%zz", "", ""), []int{400}},
		{"an escaped path", request("GET /%61pi/request?"+good, "", ""), []int{200}},
		{"a path in capitals", request("GET /API/REQUEST?"+good, "", ""), []int{404}},
		{"no leading slash", request("GET api/request?"+good, "", ""), []int{400}},
		{"an absolute URI", request("GET http://elsewhere"+target, "", ""), []int{200}},
		{"an absolute URI without a path", request("GET http://elsewhere?"+good, "", ""), []int{404}},
		{"a malformed absolute URI", request("GET http://[::1"+target, "", ""), []int{400}},

		// The header.
		{"no host", "GET " + target + " HTTP/1.1\r\n\r\n", []int{400}},
		{"two hosts", with(host), []int{400}},
		{"a malformed host", "GET " + target + " HTTP/1.1\r\nHost: a b\r\n\r\n", []int{400}},
		{"a header of 80 KiB", with("X: " + long + "\r\n"), []int{431}},
		{"a thousand header fields", with(strings.Repeat("X: 1\r\n", 1000)), []int{200}},
		{"a header just as long as is read", with("X: " + strings.Repeat("a", headerRoom) + "\r\n"), []int{200}},
		{"a header a little longer", with("X: " + strings.Repeat("a", headerRoom+200) + "\r\n"), []int{431}},
		{"20,000 header fields", with(strings.Repeat("X: 1\r\n", 20_000)), []int{431}},
		{"a field without a colon", with("X\r\n"), []int{400}},
		{"a field without a name", with(": 1\r\n"), []int{400}},
		{"a space before the colon", with("X : 1\r\n"), []int{400}},
		{"a NUL in a field", with("X: \x00\r\n"), []int{400}},
		{"a header that does not end", "GET " + target + " HTTP/1.1\r\n" + host, nil},
		{"an unknown expectation", with("Expect: the-worst\r\n"), []int{417}},
		{"a switch of protocols", with("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"), []int{200}},

		// The body.
		{"a length that is no number", form("Content-Length: x\r\n", good), []int{400}},
		{"a negative length", form("Content-Length: -1\r\n", good), []int{400}},
		{"a length beyond int64", form("Content-Length: 9223372036854775808\r\n", good), []int{400}},
		{"two lengths", form("Content-Length: 1\r\nContent-Length: 2\r\n", good), []int{400}},
		{"a length far above the limit", form("Content-Length: 1000000000000\r\n", long), []int{413}},
		{"a form of 80 KiB", sized("req_id=" + long), []int{413}},
		{"another body of 80 KiB is read over", request("GET "+target, fmt.Sprintf("Content-Length: %d\r\n", len(long)), long) + get(good), []int{200, 400}}, // the second is the same nonce
		{"a body that breaks off", form("Content-Length: 1000\r\n", good), nil},
		{"a form in chunks", chunked("2a\r\n" + good[:42] + "\r\n" + fmt.Sprintf("%x\r\n", len(good)-42) + good[42:] + "\r\n0\r\n\r\n"), []int{200}},
		{"chunks of 80 KiB in all", chunked(strings.Repeat("400\r\n"+long[:1024]+"\r\n", 80) + "0\r\n\r\n"), []int{413}},
		{"a chunk without a length", chunked("\r\n" + good), []int{400}},
		{"a chunk of negative length", chunked("-1\r\n" + good), []int{400}},
		{"a chunk length beyond 64 bits", chunked("fffffffffffffffff\r\n" + good), []int{400}},
		{"a chunk longer than it says", chunked("1\r\n" + good), []int{400}},
		{"chunks and a length", form("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), []int{401}},
		{"an unknown transfer coding", form("Transfer-Encoding: gzip\r\n", good), []int{501}},
		{"two transfer codings", form("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), []int{501}},
		{"a form in a content coding is not decoded", form("Content-Encoding: gzip\r\nContent-Length: 3\r\n", "\x1f\x8b\x08"), []int{401}},
		{"a form that is continued", form("Expect: 100-continue\r\nContent-Length: "+fmt.Sprint(len(good))+"\r\n", good), []int{100, 200}},
		{"another body need not be continued", request("GET "+target, "Expect: 100-continue\r\nContent-Length: 5\r\n", ""), []int{200}},
		{"JSON", request("GET "+server.Path, "Content-Type: application/json\r\nContent-Length: 2\r\n", "{}"), []int{401}},
		{"multipart", request("GET "+target, "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 3\r\n", "--x"), []int{200}},
		{"a malformed content type", request("GET "+target, "Content-Type: /\r\n", ""), []int{200}},
		{"a form with a NUL", sized(good + "\x00&x=\x00"), []int{200}},
		{"a form with a malformed escape", sized(good + "&x=%"), []int{200}},

		// The parameters.
		{"none", query(""), []int{401}},
		{"separators only", query("&&&=&=="), []int{401}},
		{"a semicolon", query(good + ";x=1"), []int{200}},
		{"an escaped semicolon", query(good + "%3b"), []int{200}},
		{"a malformed escape in a value", query(good + "&x=%zz"), []int{200}},
		{"a malformed escape in a name", query(good + "&%=1"), []int{200}},
		{"10,001 parameters", query(strings.Repeat("&", 10_000)), []int{401}},
		{"the first of two keys counts", query("api_key=" + validKey + "&api_key=x&nonce=1"), []int{200}},
		{"the first of two keys counts, be it wrong", query("api_key=x&api_key=" + validKey + "&nonce=1"), []int{401}},
		{"the first of two nonces counts", query("api_key=" + validKey + "&nonce=x&nonce=1"), []int{400}},
		{"an array of keys", query("api_key[]=" + validKey + "&nonce=1"), []int{401}},
		{"names in capitals", query("API_KEY=" + validKey + "&nonce=1"), []int{401}},
		{"a key with a space", query("api_key=" + validKey + "%20&nonce=1"), []int{401}},
		{"a key with a NUL", query("api_key=" + validKey + "%00&nonce=1"), []int{401}},
		{"a key in Unicode", query("api_key=%F0%9F%94%91&nonce=1"), []int{401}},
		{"a key in raw UTF-8", query("api_key=\U0001f511&nonce=1"), []int{401}},
		{"a key that is not UTF-8", query("api_key=%ff%fe&nonce=1"), []int{401}},
		{"a key in small letters", query("api_key=" + strings.ToLower(validKey) + "&nonce=1"), []int{401}},
		{"a key of 60 KB", query("api_key=" + long[:60_000] + "&nonce=1"), []int{401}},
		{"a fragment", query(good + "#x"), []int{200}},

		// The nonce.
		{"a negative nonce", nonce("-9223372036854775808"), []int{400}},
		{"an empty nonce", nonce(""), []int{400}},
		{"a nonce beyond int64", nonce("9223372036854775808"), []int{200}},
		{"a nonce of 60 KB", nonce(strings.Repeat("9", 60_000)), []int{400}},
		{"a float", nonce("1.0"), []int{400}},
		{"an exponent", nonce("1e3"), []int{400}},
		{"infinity", nonce("Inf"), []int{400}},
		{"hexadecimal", nonce("0x10"), []int{400}},
		{"a space before the nonce", nonce("%201"), []int{200}},
		{"a space after the nonce", nonce("1+"), []int{200}},
		{"a plus sign", nonce("%2B1"), []int{200}},
		{"a plus sign that is a space", nonce("+1"), []int{200}},
		{"two signs", nonce("--1"), []int{400}},
		{"underscores", nonce("1_000"), []int{200}},
		{"a NUL in the nonce", nonce("1%00"), []int{400}},
		{"digits of another script", nonce("%D9%A1"), []int{200}},

		// Several requests on a connection.
		{"pipelined", get(good) + query("api_key=x") + nonce("2") + nonce("2"), []int{200, 401, 200, 400}},
		{"noise behind a request", get(good) + "noise\r\n\r\n", []int{200, 400}},
		{"half a request behind another", get(good) + get(good)[:40], []int{200}},
		{"nothing is answered after a close", with("Connection: close\r\n") + get(good), []int{200}},
		{"a form, then a query", sized(good) + nonce("2"), []int{200, 200}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			onWire(t, nil, func(w *wire) {
				if diff := cmp.Diff(tt.want, statuses(t, "GET", w.say(tt.raw))); diff != "" {
					t.Errorf("statuses (-want +got):\n%s", diff)
				}
				w.alive()
			})
		})
	}
}

// The answer to a HEAD has no body.
func TestHEADOnTheWire(t *testing.T) {
	onWire(t, nil, func(w *wire) {
		head := "HEAD " + server.Path + " HTTP/1.1\r\nHost: x\r\n\r\n"
		got := w.say(head + head)
		if diff := cmp.Diff([]int{401, 401}, statuses(t, "HEAD", got)); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
		}
		w.alive()
	})
}
