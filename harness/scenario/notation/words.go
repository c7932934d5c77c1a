package notation

import (
	"strconv"

	"ratebench/harness/yamlfile"
)

// Unless has a value not written where it is not to be given.
func Unless(n yamlfile.Notation, when func() bool) yamlfile.Notation {
	n.Unset = when
	return n
}

// Either is one of two words, of which the first is the default.
func Either(p *bool, no, yes yamlfile.Word) yamlfile.Notation {
	text := func() string {
		if *p {
			return yes.Value
		}
		return no.Value
	}
	word := text()
	n := yamlfile.OneOf(&word, no, yes)
	decode := n.Decode
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		decode(d, v)
		*p = word == yes.Value
	}
	n.Text = text
	return Unless(n, func() bool { return !*p })
}

// Not is true or false for what is the other way about in *p, and true by
// default.
func Not(p *bool) yamlfile.Notation {
	is := !*p
	n := yamlfile.Boolean(&is)
	decode := n.Decode
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		decode(d, v)
		*p = !is
	}
	n.Text = func() string { return strconv.FormatBool(!*p) }
	return Unless(n, func() bool { return !*p })
}
