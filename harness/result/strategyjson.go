package result

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"ratebench/harness/metrics"
)

// MarshalJSON writes the name, the ceiling and then the figures where the catalogue puts
// them: those whose keys have the same first part are in one object, which is
// null when none of them is known.
func (s Strategy) MarshalJSON() ([]byte, error) {
	b := bytes.NewBufferString(`{"name": `)
	if err := encode(b, s.Name); err != nil {
		return nil, err
	}
	if len(s.Point) > 0 {
		b.WriteString(`, "of": `)
		if err := encode(b, s.Plain); err != nil {
			return nil, err
		}
		b.WriteString(`, "at": `)
		if err := encode(b, s.Point); err != nil {
			return nil, err
		}
	}
	b.WriteString(`, "ceiling": `)
	if err := encode(b, s.Ceiling); err != nil {
		return nil, err
	}
	written := map[string]bool{}
	for _, m := range metrics.Catalogue() {
		group, _, grouped := strings.Cut(m.Key, ".")
		if written[group] {
			continue
		}
		written[group] = true
		if m.Rare && !s.knowsOf(group) {
			continue
		}
		fmt.Fprintf(b, `, %q: `, group)
		var err error
		if grouped {
			err = s.encodeGroup(b, group)
		} else {
			err = encode(b, s.json(&m))
		}
		if err != nil {
			return nil, err
		}
	}
	if len(s.Routes) > 0 {
		b.WriteString(`, "routes": `)
		if err := encode(b, s.Routes); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// knowsOf reports whether any metric of a group is known.
func (s *Strategy) knowsOf(group string) bool {
	return slices.ContainsFunc(metrics.Catalogue(), func(m metrics.Metric) bool {
		of, _, _ := strings.Cut(m.Key, ".")
		return of == group && s.Of(m.Name).Known
	})
}

func (s *Strategy) encodeGroup(b *bytes.Buffer, group string) error {
	known := false
	inside := bytes.NewBufferString("{")
	for _, m := range metrics.Catalogue() {
		key, ok := strings.CutPrefix(m.Key, group+".")
		if !ok {
			continue
		}
		known = known || s.Of(m.Name).Known
		if inside.Len() > 1 {
			inside.WriteString(", ")
		}
		fmt.Fprintf(inside, "%q: ", key)
		if err := encode(inside, s.json(&m)); err != nil {
			return err
		}
	}
	if !known {
		b.WriteString("null")
		return nil
	}
	inside.WriteByte('}')
	b.Write(inside.Bytes())
	return nil
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

func encode(b *bytes.Buffer, v any) error {
	content, err := json.Marshal(v)
	b.Write(content)
	return err
}

// UnmarshalJSON takes the figures that are there, and leaves alone what it does
// not know.
func (s *Strategy) UnmarshalJSON(content []byte) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(content, &object); err != nil {
		return err
	}
	s.Figures = NewFigures(nil)
	if err := json.Unmarshal(orNull(object["name"]), &s.Name); err != nil {
		return fmt.Errorf("name: %w", err)
	}
	s.Plain = s.Name
	if _, swept := object["at"]; swept {
		if err := errors.Join(json.Unmarshal(object["at"], &s.Point), json.Unmarshal(orNull(object["of"]), &s.Plain)); err != nil {
			return fmt.Errorf("point of %q: %w", s.Name, err)
		}
	}
	if err := json.Unmarshal(orNull(object["routes"]), &s.Routes); err != nil {
		return fmt.Errorf("routes of %q: %w", s.Name, err)
	}
	for i := range s.Routes {
		if err := s.Routes[i].validate(); err != nil {
			return fmt.Errorf("%q: %w", s.Name, err)
		}
	}
	if err := json.Unmarshal(orNull(object["ceiling"]), &s.Ceiling); err != nil {
		return fmt.Errorf("ceiling of %q: %w", s.Name, err)
	}
	if err := s.Ceiling.validate(); err != nil {
		return fmt.Errorf("%q: %w", s.Name, err)
	}
	groups := map[string]map[string]json.RawMessage{}
	for i := range metrics.Catalogue() {
		m := &metrics.Catalogue()[i]
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
