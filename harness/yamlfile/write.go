package yamlfile

import (
	"bytes"
	"fmt"
)

// WriteFields writes a mapping in JSON with what its fields are bound to, without
// those that are not set. Decoding that gives the same again.
func WriteFields(b *bytes.Buffer, fields []Field) error {
	b.WriteByte('{')
	first := true
	for _, f := range fields {
		var value bytes.Buffer
		if err := f.write(&value); err != nil {
			return err
		}
		if value.Len() == 0 {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		fmt.Fprintf(b, "%q:%s", f.Key, value.Bytes())
	}
	b.WriteByte('}')
	return nil
}

// write writes what the variable holds; nothing where that is not to be set.
func (n Notation) write(b *bytes.Buffer) error {
	switch {
	case n.Unset != nil && n.Unset():
		return nil
	case n.items != nil:
		return writeItems(b, n.items())
	case n.Contents != nil:
		before := b.Len()
		err := WriteFields(b, n.Contents())
		if b.Len() == before+len("{}") {
			b.Truncate(before)
		}
		return err
	}
	text := n.Text()
	switch {
	case text == "":
		return nil
	case n.JSON, n.Kind == "integer", n.Kind == "number", n.Kind == "boolean", n.Kind == "list":
		b.WriteString(text)
		return nil
	}
	quoted, err := MarshalPlain(text)
	b.Write(quoted)
	return err
}

// writeItems writes a list; a list without items is none.
func writeItems(b *bytes.Buffer, items [][]Field) error {
	if len(items) == 0 {
		return nil
	}
	b.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := WriteFields(b, item); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}
