// Package keytable remembers keys, and which of them have been idle for how long.
package keytable

import (
	"container/list"
	"time"
)

// A Table has what belongs to each key. The zero value has none. It is guarded by
// whoever has it.
type Table[V any] struct {
	byName map[string]*Key[V]
	idle   list.List // of *Key[V], the one first that has been idle for longest
}

// A Key is one that is remembered.
type Key[V any] struct {
	Name  string
	Value V

	users int           // how many use it
	uses  uint64        // how often it has been used so far
	place *list.Element // among the idle ones; nil: it is not idle
	since time.Time     // when it became idle
}

// Len is how many keys there are.
func (t *Table[V]) Len() int { return len(t.byName) }

// All calls a function with every key, in no order.
func (t *Table[V]) All(f func(*Key[V])) {
	for _, k := range t.byName {
		f(k)
	}
}

// Find returns the key of a name, or nil.
func (t *Table[V]) Find(name string) *Key[V] { return t.byName[name] }

// Add adds a key that is not there.
func (t *Table[V]) Add(name string, value V) *Key[V] {
	if t.byName == nil {
		t.byName = map[string]*Key[V]{}
	}
	k := &Key[V]{Name: name, Value: value}
	t.byName[name] = k
	return k
}

// Use takes a key for a user, until Leave.
func (t *Table[V]) Use(k *Key[V]) {
	if k.place != nil {
		t.idle.Remove(k.place)
		k.place = nil
	}
	k.users++
	k.uses++
}

// Leave takes a user from a key, and reports whether that was the last one.
func (t *Table[V]) Leave(k *Key[V]) (last bool) {
	k.users--
	return k.users == 0
}

// Drop forgets a key that has no users and is not idle.
func (t *Table[V]) Drop(k *Key[V]) { delete(t.byName, k.Name) }

// Idle notes that a key without users is idle from now on.
func (t *Table[V]) Idle(k *Key[V], now time.Time) {
	k.since = now
	k.place = t.idle.PushBack(k)
}

// Idlest takes the key that has been idle for longest, if that is a time or more,
// as if to use it, and tells how often it has been used; nil: there is none.
func (t *Table[V]) Idlest(now time.Time, timeout time.Duration) (k *Key[V], uses uint64) {
	first := t.idle.Front()
	if first == nil {
		return nil, 0
	}
	k = first.Value.(*Key[V])
	if now.Sub(k.since) < timeout {
		return nil, 0
	}
	t.idle.Remove(first)
	k.place = nil
	k.users++
	return k, k.uses
}

// Decide drops a key that Idlest took, if it is dispensable, unless it has been
// used meanwhile, and reports whether it did.
func (t *Table[V]) Decide(k *Key[V], uses uint64, dispensable bool, now time.Time) (dropped bool) {
	switch {
	case !t.Leave(k): // it is in use
		return false
	case dispensable && k.uses == uses:
		t.Drop(k)
		return true
	}
	t.Idle(k, now)
	return false
}
