package clients

import "testing"

func TestKindNames(t *testing.T) {
	if got := Buried.String(); got != "buried" {
		t.Errorf("got %q", got)
	}
	if got := (Buried + 1).String(); got != "Kind(11)" {
		t.Errorf("got %q", got)
	}
	if got := Kind(99).String(); got != "Kind(99)" {
		t.Errorf("got %q", got)
	}
}
