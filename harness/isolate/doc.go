// Package isolate runs scenarios in real time with each client in a process of
// its own, so that the operating system can tell what a client costs.
//
// The command starts itself again for every strategy. Parent and client talk
// over the client's standard input and output, in JSON, one message after the
// other:
//
//	parent → client   {"job": …}     what to run
//	client → parent   {"ready": true}
//	parent → client   {"go": true}   when all clients are ready
//	client → parent   {"report": …}  now and then, on request
//	parent → client   {"stop": true} ends the run early
//	client → parent   {"result": …}  what was recorded and measured; then it ends
//
// The servers stay in the parent. A client whose input ends has lost its
// parent, and ends too.
package isolate
