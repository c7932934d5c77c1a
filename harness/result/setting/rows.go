package setting

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// rows are the keys of a mapping, in its order, after a prefix; what is nested has
// its path. A list is one value.
func rows(prefix string, text json.RawMessage) []Row {
	keys, values := members(text)
	var all []Row
	for i, key := range keys {
		value := bytes.TrimSpace(values[i])
		if len(value) > 0 && value[0] == '{' {
			all = append(all, rows(prefix+key+".", value)...)
			continue
		}
		all = append(all, Row{prefix + key, written(value)})
	}
	return all
}

// members are the keys of an object with their values, in their order; none of what
// is no object.
func members(text json.RawMessage) (keys []string, values []json.RawMessage) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil
	}
	for d.More() {
		key, err := d.Token()
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			return keys, values
		}
		keys, values = append(keys, fmt.Sprint(key)), append(values, value)
	}
	return keys, values
}

// written is a value as a scenario file has it, with blanks.
func written(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	switch value[0] {
	case '[':
		var items []json.RawMessage
		_ = json.Unmarshal(value, &items) // is valid, as part of what was read
		parts := make([]string, len(items))
		for i, item := range items {
			parts[i] = written(bytes.TrimSpace(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case '{':
		keys, values := members(value)
		parts := make([]string, len(keys))
		for i, key := range keys {
			parts[i] = key + ": " + written(bytes.TrimSpace(values[i]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return string(value)
}

// Differing splits rows of several lists: those keys whose value is the same in all
// that have them and that all have, and those by which they differ, each key once,
// in the order in which it first comes.
func Differing(lists [][]Row) (same []Row, differing []string) {
	var keys []string
	values := map[string][]string{}
	for _, list := range lists {
		for _, r := range list {
			if values[r.Key] == nil {
				keys = append(keys, r.Key)
			}
			values[r.Key] = append(values[r.Key], r.Value)
		}
	}
	for _, key := range keys {
		of := values[key]
		if len(of) == len(lists) && len(slices.Compact(slices.Clone(of))) == 1 {
			same = append(same, Row{key, of[0]})
		} else {
			differing = append(differing, key)
		}
	}
	return same, differing
}

// Value is that of a key; "": there is none.
func Value(list []Row, key string) string {
	if i := slices.IndexFunc(list, func(r Row) bool { return r.Key == key }); i >= 0 {
		return list[i].Value
	}
	return ""
}
