package server_test

import (
	"fmt"
	"net/http/httptest"
	"time"

	"ratebench/server"
)

// One request every 45ms, which is more than 20 in a second: after the 20th,
// at 855ms, the server refuses until the first one, at 0ms, is 1001ms old.
func ExampleKey() {
	key, err := server.NewKey(server.Limit{N: 20, Window: time.Second}, time.Millisecond, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	start := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for i := range 25 {
		sent := time.Duration(i) * 45 * time.Millisecond
		if verdict := key.Arrive(start.Add(sent), fmt.Sprint(i+1)); verdict != server.OK {
			fmt.Println(sent, verdict)
		}
	}
	// Output:
	// 900ms rate limited
	// 945ms rate limited
	// 990ms rate limited
}

// The reference server without its latencies, in process.
func ExampleHandler() {
	srv, err := server.New(server.ReferenceConfig())
	if err != nil {
		fmt.Println(err)
		return
	}
	h := server.Handler(srv, stoppedClock{})
	for _, query := range []string{
		"?api_key=UT4NHL1J796WCHULA1750MXYF9F5JYA6&nonce=1&req_id=7",
		"?api_key=UT4NHL1J796WCHULA1750MXYF9F5JYA6&nonce=1&req_id=8",
		"?api_key=mine",
	} {
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, httptest.NewRequest("GET", server.Path+query, nil))
		fmt.Print(answer.Code, " ", answer.Body)
	}
	// Output:
	// 200 {"req_id":"7","status":"OK"}
	// 400 {"error_msg":"invalid nonce","status":"error"}
	// 401 {"error_msg":"invalid api key","status":"error"}
}
