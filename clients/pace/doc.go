// Package pace is what a program takes home from the benchmark: a [Gate] that
// holds requests back as a limiter says, and a [Transport] that puts a gate for
// each key before an http.RoundTripper. It needs nothing but the standard
// library, and knows nothing of the client that is measured.
//
// # HTTP
//
// A Transport with a limiter for each key is all that an http.Client needs:
//
//	client := &http.Client{Transport: &pace.Transport{
//		NewLimiter: func(string) (limiter.Limiter, error) {
//			paced := &limiter.Paced{Spread: 50 * time.Millisecond}
//			return paced.New(limiter.Quota{Limit: 20, Window: time.Second})
//		},
//		Key: func(r *http.Request) string { return r.Header.Get("X-API-Key") },
//	}}
//
// Its zero values wait as long as the request's context allows, in a line without
// bound, and do not send anything twice. Set Retry, MaxWaiters and ColdUntil for
// what is said of them below.
//
// # Anything else
//
// A Gate is the same for gRPC, a queue or somebody else's SDK: Wait before each
// call, Done after it, with a status of 200 for a success, 429 for a refusal, and
// a RetryAfter where one was asked for:
//
//	permit, err := gate.Wait(ctx, 1)
//	if err != nil {
//		return err // nothing was spent
//	}
//	answer, err := sdk.Call(ctx, question)
//	gate.Done(permit, outcome(err))
//
// # What happens when
//
//   - the server refuses: all requests of the key pause, for as long as it asks
//     and for a second at least, longer after each refusal in a row ([Refusals]);
//   - there is less time than the wait will take: the request fails at once, as
//     far as that can be known ([ErrTooLong], Gate.Wait), and [WaitError] says how
//     long it would have been;
//   - more wait than there is use in: beyond MaxWaiters they fail at once
//     ([ErrFull]);
//   - the program has been restarted: nothing leaves before ColdUntil, when what
//     it spent before is forgotten by the server for certain;
//   - a request fails: it is sent again where [Retry] says so, each time as a
//     departure of its own.
//
// [Stats] has counters of all of it, to export in whatever way a program does.
//
// # What is assumed
//
// That nobody else uses the key: a second process needs a budget of its own, or a
// share in one. That the limiter's quota is the server's. And what the limiter
// assumes of latencies, which its documentation states.
package pace
