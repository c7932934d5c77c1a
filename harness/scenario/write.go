package scenario

import (
	"bytes"
	"fmt"
)

// writeFields writes a mapping, without the fields that are not set.
func writeFields(b *bytes.Buffer, fields []field) error {
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
		fmt.Fprintf(b, "%q:%s", f.key, value.Bytes())
	}
	b.WriteByte('}')
	return nil
}

// write writes what the variable holds; nothing where that is not to be set.
func (n notation) write(b *bytes.Buffer) error {
	switch {
	case n.unset != nil && n.unset():
		return nil
	case n.items != nil:
		return writeItems(b, n.items())
	case n.contents != nil:
		before := b.Len()
		err := writeFields(b, n.contents())
		if b.Len() == before+len("{}") {
			b.Truncate(before)
		}
		return err
	}
	text := n.text()
	switch {
	case text == "":
		return nil
	case n.kind == "integer", n.kind == "number", n.kind == "boolean", n.kind == "list":
		b.WriteString(text)
		return nil
	}
	quoted, err := marshalPlain(text)
	b.Write(quoted)
	return err
}

// writeItems writes a list; a list without items is none.
func writeItems(b *bytes.Buffer, items [][]field) error {
	if len(items) == 0 {
		return nil
	}
	b.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeFields(b, item); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}
