// Package setting is what of a scenario people want to see beside its results: its
// server, its load, the parameters of its strategies and what charts call these,
// and what happens at which times. It is read from the scenario as it was run,
// which is kept with the results.
package setting

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/scenario"
)

// Text is a scenario as it is run, in JSON, with every default and with what the
// command line has changed. Of a sweep it has the scenario and the axes: what it
// says of swept keys is run nowhere.
func Text(sc *scenario.Scenario) ([]byte, error) {
	text, err := sc.MarshalJSON()
	if err != nil {
		return nil, err
	}
	if len(sc.Points) > 0 {
		var whole struct {
			Scenario json.RawMessage `json:"scenario"`
			Sweep    json.RawMessage `json:"sweep"`
		}
		if err := json.Unmarshal(text, &whole); err != nil {
			return nil, err
		}
		if text, err = json.Marshal(whole); err != nil {
			return nil, err
		}
	}
	return Compact(text)
}

// Compact is JSON without white space.
func Compact(text []byte) ([]byte, error) {
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		return nil, fmt.Errorf("found no JSON: %w", err)
	}
	return b.Bytes(), nil
}

// A Setting is what a scenario says. Without strategies it is that of a server that
// clients of others were measured at: there is no load either.
type Setting struct {
	Server, Load []Row
	Strategies   []Strategy
	Sweep        []string // the keys that are swept: what Server and Load say of them is run nowhere
	Events       []Event
}

// A Row is a key of the scenario, with dots where it is nested, and its value.
type Row struct{ Key, Value string }

// A Strategy is one of the scenario.
type Strategy struct {
	Name  string
	Label string // what charts call it; "": its name
	Rows  []Row  // its limiter with its parameters, client, guard, retry and queue
}

// An Event is something that happens in the course of every run.
type Event struct {
	Kind     Kind
	From, To float64 // in seconds; To is From of what happens at once, and 0 of what lasts to the end
	Strategy string  // to whom alone; "": to all
	What     string  // a few words
}

// A Kind is that of an event.
type Kind uint8

// The kinds of events. Stages and outages of the server are steps of the ceilings.
const (
	Load  Kind = iota // another load than at first
	Clock             // the client's clock jumps
	Store             // the store of a budget is down
)

// document is the part of the scenario that is looked at key by key.
type document struct {
	Duration   string          `json:"duration"`
	Server     json.RawMessage `json:"server"`
	Load       json.RawMessage `json:"load"`
	Strategies []strategy      `json:"strategies"`
}

type strategy struct {
	Name    string          `json:"name"`
	Label   string          `json:"label"`
	Limiter json.RawMessage `json:"limiter"`
	Client  json.RawMessage `json:"client"`
	Guard   json.RawMessage `json:"guard"`
	Retry   json.RawMessage `json:"retry"`
	Queue   json.RawMessage `json:"queue"`
}

// Read is what a Text says. An error says what is wrong with it.
func Read(text []byte) (Setting, error) {
	var whole struct {
		Scenario json.RawMessage `json:"scenario"`
		Sweep    []struct {
			Set string `json:"set"`
		} `json:"sweep"`
	}
	if err := json.Unmarshal(text, &whole); err != nil {
		return Setting{}, fmt.Errorf("found no JSON: %w", err)
	}
	var s Setting
	if whole.Scenario != nil {
		text = whole.Scenario
		for _, axis := range whole.Sweep {
			s.Sweep = append(s.Sweep, axis.Set)
		}
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return Setting{}, fmt.Errorf("found no scenario: %w", err)
	}
	if d.Server == nil && len(d.Strategies) == 0 {
		return Setting{}, fmt.Errorf("found neither server nor strategies, expected a scenario as it was run")
	}
	s.Server = rows("", d.Server)
	if len(d.Strategies) == 0 { // whoever came brought a load of their own
		return s, nil
	}
	s.Load = rows("", d.Load)
	seen := map[string]bool{}
	for i := range d.Strategies {
		st := &d.Strategies[i]
		if st.Name == "" || seen[st.Name] {
			return Setting{}, fmt.Errorf("found the strategy %q twice or without a name", st.Name)
		}
		seen[st.Name] = true
		s.Strategies = append(s.Strategies, Strategy{st.Name, st.Label, st.rows()})
	}
	return s, s.addEvents(&d)
}

// rows are the keys of a strategy: those of its limiter stand by themselves.
func (st *strategy) rows() []Row {
	all := rows("", st.Limiter)
	for _, part := range []struct {
		name string
		text json.RawMessage
	}{{"guard", st.Guard}, {"retry", st.Retry}, {"client", st.Client}, {"queue", st.Queue}} {
		all = append(all, rows(part.name+".", part.text)...)
	}
	return all
}

// Find returns a strategy by the scenario's name for it; false: there is none.
func (s *Setting) Find(name string) (*Strategy, bool) {
	for i := range s.Strategies {
		if s.Strategies[i].Name == name {
			return &s.Strategies[i], true
		}
	}
	return nil, false
}

// addEvents adds what happens in the course of a run.
func (s *Setting) addEvents(d *document) error {
	var load struct {
		Every  string `json:"every"`
		Stages []struct{ At, Every string }
	}
	if d.Load != nil {
		if err := json.Unmarshal(d.Load, &load); err != nil {
			return fmt.Errorf("load: %w", err)
		}
	}
	for i, stage := range load.Stages {
		if stage.Every == load.Every {
			continue
		}
		from, err := seconds(stage.At)
		to := 0.0
		if err == nil && i+1 < len(load.Stages) {
			to, err = seconds(load.Stages[i+1].At)
		}
		if err != nil {
			return fmt.Errorf("load.stages: %w", err)
		}
		s.Events = append(s.Events, Event{Load, from, to, "", "a request every " + stage.Every})
	}
	end, err := seconds(d.Duration)
	if err != nil {
		return fmt.Errorf("duration: %w", err)
	}
	for i := range d.Strategies {
		if err := s.addOwn(&d.Strategies[i], end); err != nil {
			return fmt.Errorf("strategy %s: %w", d.Strategies[i].Name, err)
		}
	}
	return nil
}

// addOwn adds what happens to one strategy alone, until the end of a run.
func (s *Setting) addOwn(st *strategy, end float64) error {
	var client struct {
		Clock struct {
			Jumps []struct{ At, By string }
		}
		Budget struct {
			Store struct {
				Outages []struct{ At, For, Every string }
			}
		}
	}
	if st.Client == nil {
		return nil
	}
	if err := json.Unmarshal(st.Client, &client); err != nil {
		return err
	}
	for _, jump := range client.Clock.Jumps {
		at, err := seconds(jump.At)
		if err != nil {
			return err
		}
		s.Events = append(s.Events, Event{Clock, at, at, st.Name, "clock jumps by " + jump.By})
	}
	for _, o := range client.Budget.Store.Outages {
		var times [3]float64
		for i, text := range []string{o.At, o.For, o.Every} {
			if text == "" {
				continue
			}
			var err error
			if times[i], err = seconds(text); err != nil {
				return err
			}
		}
		from, length, every := times[0], times[1], times[2]
		for range mostOutages {
			s.Events = append(s.Events, Event{Store, from, from + length, st.Name, "store down"})
			if from += every; every == 0 || from >= end {
				break
			}
		}
	}
	return nil
}

// mostOutages is how many of a store that is down again and again are told apart:
// more would not be in a chart.
const mostOutages = 200

// seconds reads a time as scenarios write it.
func seconds(text string) (float64, error) {
	d, err := dist.ParseDuration(text)
	if err != nil {
		return 0, err
	}
	if d < 0 || d > 31*24*time.Hour {
		return 0, fmt.Errorf("found %s, expected a time of a run", text)
	}
	return d.Seconds(), nil
}
