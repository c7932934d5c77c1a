package scenario

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"ratebench/harness/scenario/sweep"
	"ratebench/harness/yamlfile"
)

// MarshalJSON writes the scenario as it is run, in the notation of the scenario
// file: with every default, with what Override has changed, and with the client
// of each strategy. Parse reads it back; the files of empirical distributions
// are named in it, and are no part of it.
//
// Of a sweep it writes the axes, and the scenario at each point instead of the
// values: that can be read back point by point.
func (s *Scenario) MarshalJSON() ([]byte, error) {
	r := &reader{out: s}
	fields := slices.DeleteFunc(r.fields(), func(f yamlfile.Field) bool { return f.Key == "client" || f.Key == "sweep" })
	var b bytes.Buffer
	if err := yamlfile.WriteFields(&b, fields); err != nil {
		return nil, err
	}
	if len(s.Points) == 0 {
		return b.Bytes(), nil
	}
	whole := struct {
		Scenario json.RawMessage `json:"scenario"` // its swept keys are run nowhere
		Sweep    []sweep.Axis    `json:"sweep"`
		Points   []Point         `json:"points"`
	}{b.Bytes(), s.Sweep, s.Points}
	return yamlfile.MarshalPlain(whole)
}

// Fingerprint is the SHA-256, in hex, of all that decides on what a run of the
// scenario does: the scenario as it is run, and the files that it names. Unlike
// SHA256, which is that of the file, it is another one after Override.
func (s *Scenario) Fingerprint() (string, error) {
	text, err := s.MarshalJSON()
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	hash.Write(text)
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		fmt.Fprintf(hash, "\n%q %s", name, s.Files[name])
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
