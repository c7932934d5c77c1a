package ledger

import (
	"fmt"
	"strings"
)

// A Scope is whose requests are added up: those with the same key, the same
// address, and so on, or with the same of several of them (ByKey | ByRoute). 0
// stands for ByKey.
type Scope uint8

const (
	ByKey Scope = 1 << iota
	ByIP
	ByAccount
	ByRoute
	ByResource
	// ByAll adds all requests up. It is not joined with others.
	ByAll
)

var scopeNames = [...]string{"key", "ip", "account", "route", "resource", "all"}

// ScopeNames are the names of the scopes, in the order of their constants.
func ScopeNames() []string { return scopeNames[:] }

// ParseScope finds a single scope by its name.
func ParseScope(name string) (s Scope, ok bool) {
	for i, n := range scopeNames {
		if n == name {
			return 1 << i, true
		}
	}
	return 0, false
}

// String is the names of what is joined, as "key+route".
func (s Scope) String() string {
	s = s.or(ByKey)
	var names []string
	for i, n := range scopeNames {
		if s&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	if s >= 1<<len(scopeNames) {
		names = append(names, fmt.Sprintf("Scope(%#x)", uint8(s)))
	}
	return strings.Join(names, "+")
}

// or is s, or else d if s is 0.
func (s Scope) or(d Scope) Scope {
	if s == 0 {
		return d
	}
	return s
}

// Has says whether a request's key, or whatever one is, is part of what s tells
// apart.
func (s Scope) Has(one Scope) bool { return s.or(ByKey)&one != 0 }

func (s Scope) validate(field string) error {
	if s >= 1<<len(scopeNames) || s&ByAll != 0 && s != ByAll {
		return fmt.Errorf("%s is %v, want any of key, ip, account, route and resource joined, or all", field, s)
	}
	return nil
}

// An id is what requests have in common that are added up; "" of what the scope
// does not tell apart.
type id struct{ key, ip, account, route, resource string }

// id is that of a request.
func (s Scope) id(r *Request) (i id) {
	if s&ByKey != 0 {
		i.key = r.Key
	}
	if s&ByIP != 0 {
		i.ip = r.IP
	}
	if s&ByAccount != 0 {
		i.account = r.Account
	}
	if s&ByRoute != 0 {
		i.route = r.Route
	}
	if s&ByResource != 0 {
		i.resource = r.Resource
	}
	return i
}
