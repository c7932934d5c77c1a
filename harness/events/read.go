package events

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Read reads a file that a Log has written and calls each with every event.
func Read(r io.Reader, each func(Line)) (Header, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return Header{}, err
	}
	return ReadLines(zip, each)
}

// ReadLines is Read of what has been decompressed.
func ReadLines(r io.Reader, each func(Line)) (Header, error) {
	lines := json.NewDecoder(r)
	lines.DisallowUnknownFields()
	var h Header
	if err := lines.Decode(&h); err != nil {
		return Header{}, fmt.Errorf("header: %w", err)
	}
	if h.SchemaVersion != SchemaVersion {
		return h, fmt.Errorf("found schema_version %d, expected %d", h.SchemaVersion, SchemaVersion)
	}
	for n := 1; ; n++ {
		var l Line
		switch err := lines.Decode(&l); {
		case errors.Is(err, io.EOF):
			return h, nil
		case err != nil:
			return h, fmt.Errorf("event %d: %w", n, err)
		case l.Answer != nil && (l.Latency < 0 || l.Service < 0):
			return h, fmt.Errorf("event %d: found latency_ms %v and service_ms %v, expected 0 or more", n, l.Latency, l.Service)
		}
		each(l)
	}
}
