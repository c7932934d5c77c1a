package result

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"ratebench/harness/metrics"
)

// MarshalJSON writes the name, the ceiling and then the figures where the catalogue puts
// them: those whose keys have the same first part are in one object, which is
// null when none of them is known.
func (s Strategy) MarshalJSON() ([]byte, error) {
	var o object
	o.add("name", s.Name)
	if len(s.Point) > 0 {
		o.add("of", s.Plain)
		o.add("at", s.Point)
	}
	o.add("ceiling", s.Ceiling)
	written := map[string]bool{}
	for _, m := range metrics.Catalogue() {
		group, _, grouped := strings.Cut(m.Key, ".")
		if written[group] {
			continue
		}
		written[group] = true
		members, known := s.members(group)
		switch {
		case m.Rare && !known:
		case !grouped:
			o.add(group, s.json(&m))
		case known:
			o.add(group, members)
		default:
			o.add(group, nil)
		}
	}
	if len(s.Routes) > 0 {
		o.add("routes", s.Routes)
	}
	return o.MarshalJSON()
}

// members are the figures of a group, and whether any of them is known.
func (s *Strategy) members(group string) (o *object, known bool) {
	o = &object{}
	for _, m := range metrics.Catalogue() {
		if of, key, _ := strings.Cut(m.Key, "."); of == group {
			known = known || s.Of(m.Name).Known
			o.add(key, s.json(&m))
		}
	}
	return o, known
}

// An object is one of JSON with its members in the order in which they are added.
type object struct {
	members bytes.Buffer
	err     error // the first that there was
}

func (o *object) add(key string, value any) {
	text, err := json.Marshal(value)
	o.err = cmp.Or(o.err, err)
	if o.members.Len() > 0 {
		o.members.WriteString(", ")
	}
	fmt.Fprintf(&o.members, "%q: %s", key, text)
}

// MarshalJSON implements json.Marshaler.
func (o *object) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "{%s}", o.members.Bytes()), o.err
}

// An intervalJSON is a mean with its interval, which is null for one run.
type intervalJSON struct {
	Mean *float64    `json:"mean"`
	CI95 *[2]float64 `json:"ci95"`
}

// json is what stands for a figure: a number, a mean with its interval, or null.
func (s *Strategy) json(m *metrics.Metric) any {
	f := s.Of(m.Name)
	var v *float64
	if f.Known {
		v = &f.Value
	}
	if m.Interval {
		return intervalJSON{v, f.CI95}
	}
	return v
}

// UnmarshalJSON takes the figures that are there, and leaves alone what it does
// not know.
func (s *Strategy) UnmarshalJSON(content []byte) error {
	var object map[string]json.RawMessage
	type withoutFigures Strategy // nor this function
	if err := cmp.Or(json.Unmarshal(content, &object), json.Unmarshal(content, (*withoutFigures)(s))); err != nil {
		return err
	}
	s.Figures = NewFigures(nil)
	if s.Point == nil {
		s.Plain = s.Name
	}
	if err := s.validate(); err != nil {
		return fmt.Errorf("%q: %w", s.Name, err)
	}
	groups := map[string]map[string]json.RawMessage{}
	for i, m := range metrics.Catalogue() {
		raw := object[m.Key]
		if group, key, ok := strings.Cut(m.Key, "."); ok {
			if groups[group] == nil {
				members := map[string]json.RawMessage{}
				if err := json.Unmarshal(orNull(object[group]), &members); err != nil {
					return fmt.Errorf("%s: %w", group, err)
				}
				groups[group] = members
			}
			raw = groups[group][key]
		}
		f, err := decodeFigure(orNull(raw), m.Interval)
		if err != nil {
			return fmt.Errorf("%s of %q: %w", m.Key, s.Name, err)
		}
		s.Figures[i] = f
	}
	return nil
}

// validate reports what is wrong with what was read beside the figures.
func (s *Strategy) validate() error {
	for _, r := range s.Routes {
		if err := r.validate(); err != nil {
			return err
		}
	}
	return s.Ceiling.validate()
}

func orNull(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return json.RawMessage("null")
	}
	return raw
}

func decodeFigure(raw json.RawMessage, interval bool) (Figure, error) {
	var j intervalJSON
	into := any(&j.Mean)
	if interval {
		into = &j
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return Figure{}, err
	}
	if j.Mean == nil {
		return Figure{}, nil
	}
	f := Figure{Value: *j.Mean, Known: true, CI95: j.CI95}
	if !(f.Value >= 0 && f.Value <= MostFigure) {
		return f, fmt.Errorf("found %v, expected a number from 0 to %.0e", f.Value, MostFigure)
	}
	if ci := f.CI95; ci != nil && !(ci[0] <= f.Value && f.Value <= ci[1] && math.Abs(ci[0]) <= MostFigure && ci[1] <= MostFigure) {
		return f, fmt.Errorf("found an interval from %v to %v around %v", ci[0], ci[1], f.Value)
	}
	return f, nil
}
