package server

import (
	"fmt"
	"testing"
)

func TestUnknownKeysMakeNoState(t *testing.T) {
	s, err := New(ReferenceConfig())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		s.Open(fmt.Sprintf("stranger %d", i), "1")
	}
	if got := len(s.accounts); got != 5 {
		t.Errorf("state for %d keys, want 5", got)
	}
}
