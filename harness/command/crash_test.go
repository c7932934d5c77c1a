package command

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// asCrash, in the environment, makes a process of this test end as its value
// says.
const asCrash = "RATEBENCH_TEST_AS_CRASH"

var memory []byte

func crashIfAsked() {
	how := os.Getenv(asCrash)
	if how == "" {
		return
	}
	crashBySignal()
	if how == "out of memory" {
		addressSpace := uint64(1) << 47 // more than there is
		memory = make([]byte, addressSpace)
	}
	panic(how)
}

// A process that runs out of memory or panics does not end with an exit code,
// which could be mistaken for that of wrong usage.
func TestCrashIsNoExitCode(t *testing.T) {
	for how, says := range map[string]string{
		"out of memory":        "fatal error: ", // "too many address space collisions" with the race detector
		"something unexpected": "panic: something unexpected",
	} {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), asCrash+"="+how)
		out, err := cmd.CombinedOutput()
		failed, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			t.Fatalf("%s: %v", how, err)
		}
		if status := failed.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGABRT || !strings.Contains(string(out), says) {
			t.Errorf("%s: ended with %v, want by SIGABRT; it says\n%.300s", how, failed, out)
		}
	}
}
