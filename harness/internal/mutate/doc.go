// Command mutate finds out what tests do not notice: it makes small faults in a
// package, one at a time, and runs the package's own tests against each.
//
//	go run ./harness/internal/mutate [-n COUNT] [-seed SEED] PACKAGE...
//
// It prints every fault that no test has caught, and the share that was caught
// for each package. The tests are run with -short first, then as they are, and
// where a lock is missing with the race detector. A fault that changes nothing
// anybody could see is named in equivalent.txt with the reason, and does not count.
//
// Faults are made by operators (see operators.go) at places in the syntax tree,
// and given to the compiler as an overlay, so that no file is touched. Of all
// there could be, COUNT per package are chosen by a hash of the seed and of the
// fault's own line: the same ones each time, whatever else changes.
//
// github.com/go-gremlins/gremlins does the same in general; it has no operators
// that remove a statement or a lock, and takes no fixed sample.
package main
