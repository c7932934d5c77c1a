package cost

import (
	"errors"
	"slices"
	"testing"
)

// Of the costs of each limit the last ones are of those that the gate shares.
func TestCostsOfEachLimit(t *testing.T) {
	for _, tt := range []struct {
		name   string
		costs  Costs
		shared int
		own    []int64
		others []int64 // of the limits that are shared
	}{
		{"none", Costs{One: 1}, 0, nil, nil},
		{"one for all", Costs{One: 7}, 2, nil, []int64{7, 7}},
		{"each, none shared", Costs{Each: []int64{2, 3}}, 0, []int64{2, 3}, nil},
		{"each, one shared", Costs{Each: []int64{2, 3, 5}}, 1, []int64{2, 3}, []int64{5}},
		{"each, two shared", Costs{Each: []int64{2, 3, 5}}, 2, []int64{2}, []int64{3, 5}},
		{"each, all shared", Costs{Each: []int64{2, 3}}, 2, []int64{}, []int64{2, 3}},
	} {
		if got := tt.costs.Own(tt.shared); !slices.Equal(got, tt.own) || (got == nil) != (tt.own == nil) {
			t.Errorf("%s: own costs %v, want %v", tt.name, got, tt.own)
		}
		for i, want := range tt.others {
			if got := tt.costs.Shared(i, tt.shared); got != want {
				t.Errorf("%s: the cost of shared limit %d is %d, want %d", tt.name, i, got, want)
			}
		}
	}
}

// Costs that differ anywhere are not the same.
func TestSameCosts(t *testing.T) {
	all := []Costs{
		{}, {One: 1}, {One: 2}, {Each: []int64{1}}, {Each: []int64{1, 2}},
		{Each: []int64{2, 1}}, {One: 1, Each: []int64{1}},
	}
	for i, a := range all {
		for j, b := range all {
			if got := a.Same(b); got != (i == j) {
				t.Errorf("%v and %v: same is %v", a, b, got)
			}
		}
	}
}

// What is kept does not change with what it was taken from, and takes the room that it is
// given.
func TestKeptCosts(t *testing.T) {
	given := []int64{2, 3}
	first := make([]int64, 3, 4)
	room := first
	number := Costs{One: 2, Each: given}.Keep(&room)
	given[0] = 100
	if got, want := Kept(number, &room), (Costs{2, []int64{2, 3}}); !got.Same(want) {
		t.Errorf("kept %v, want %v", got, want)
	}
	if &room[0] != &first[0] {
		t.Error("the room is not used")
	}
	for _, one := range []int64{0, 1, 1 << 62} {
		if got, want := Kept(Costs{One: one}.Keep(&room), nil), (Costs{One: one}); !got.Same(want) {
			t.Errorf("kept %v, want %v", got, want)
		}
	}
}

func TestImpossibleCosts(t *testing.T) {
	for _, tt := range []struct {
		costs Costs
		want  string
	}{
		{Costs{One: 21}, "cost is 21, want no more than the limit allows at a time: no request of this cost can leave"},
		{Costs{One: 1, Each: []int64{30}}, "costs are [30], want one for each limit, and no more than it allows at a time: no request of this cost can leave"},
		{Costs{One: 1, Each: []int64{1, 30}}, "costs are [1 30], want one for each limit, and no more than it allows at a time: no request of this cost can leave"},
	} {
		if err := tt.costs.Impossible(); !errors.Is(err, ErrCost) || err.Error() != tt.want {
			t.Errorf("%v: %q, want %q", tt.costs, err, tt.want)
		}
	}
}

// Costs with which no request can leave, whatever a limit allows.
func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		costs  Costs
		shared int
		ok     bool
	}{
		{Costs{One: 1}, 3, true},
		{Costs{}, 0, true},
		{Costs{One: -1}, 0, false},
		{Costs{Each: []int64{2, 0}}, 1, true},
		{Costs{Each: []int64{2, 0}}, 2, false},
		{Costs{Each: []int64{2, -1}}, 1, false},
	} {
		if err := tt.costs.Check(tt.shared); (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrCost) {
			t.Errorf("%+v with %d shared: %v, want ok %v, or ErrCost", tt.costs, tt.shared, err, tt.ok)
		}
	}
}
