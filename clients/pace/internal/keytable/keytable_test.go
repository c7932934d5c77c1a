package keytable

import (
	"maps"
	"testing"
	"time"
)

// A key that has been idle for the timeout goes, the longest idle one first; not
// one that is used, nor one that was used while it was decided on, and one that is
// kept is idle anew.
func TestIdleKeysGo(t *testing.T) {
	const timeout = time.Minute
	start := time.Unix(0, 0)
	var table Table[int]
	keys := map[string]*Key[int]{}
	for i, name := range []string{"a", "b", "c"} {
		keys[name] = table.Add(name, i)
		table.Use(keys[name])
	}
	idle := func(name string, at time.Duration) {
		if !table.Leave(keys[name]) {
			t.Fatalf("%s has users", name)
		}
		table.Idle(keys[name], start.Add(at))
	}
	idlest := func(at time.Duration, want string) (k *Key[int], uses uint64) {
		t.Helper()
		got := ""
		if k, uses = table.Idlest(start.Add(at), timeout); k != nil {
			got = k.Name
		} else if uses != 0 {
			t.Errorf("at %v there is none, which was used %d times", at, uses)
		}
		if got != want {
			t.Fatalf("at %v the idlest is %q, want %q", at, got, want)
		}
		return k, uses
	}
	idle("b", 0)
	idle("a", time.Second)
	idlest(timeout-1, "")
	k, uses := idlest(timeout, "b")
	idlest(timeout, "") // a has been idle for less, and b is being decided on
	if !table.Decide(k, uses, true, start.Add(timeout)) || table.Find("b") != nil || table.Len() != 2 {
		t.Error("b is held")
	}
	k, uses = idlest(timeout+time.Second, "a")
	table.Use(k)
	if table.Decide(k, uses, true, start.Add(timeout)) || table.Find("a") != k {
		t.Error("a went, which is used")
	}
	idle("a", 2*timeout)
	k, uses = idlest(3*timeout, "a")
	table.Use(k) // and no longer
	table.Leave(k)
	if table.Decide(k, uses, true, start.Add(3*timeout)) {
		t.Error("a went, which was used meanwhile")
	}
	k, uses = idlest(4*timeout, "a")
	if table.Decide(k, uses, false, start.Add(4*timeout)) {
		t.Error("a went, which is indispensable")
	}
	idlest(5*timeout-1, "")
	table.Use(keys["a"]) // takes it from among the idle ones
	idlest(9*timeout, "")
}

// All keys are those that were added and not dropped.
func TestAll(t *testing.T) {
	var table Table[int]
	for i, name := range []string{"a", "b", "c"} {
		table.Add(name, i)
	}
	table.Drop(table.Find("b"))
	got := map[string]int{}
	table.All(func(k *Key[int]) { got[k.Name] += 1 + k.Value })
	if want := map[string]int{"a": 1, "c": 3}; !maps.Equal(got, want) {
		t.Errorf("all keys are %v, want %v", got, want)
	}
}
