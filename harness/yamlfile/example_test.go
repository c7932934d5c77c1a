package yamlfile_test

import (
	"bytes"
	"fmt"
	"time"

	"ratebench/harness/yamlfile"
)

func ExampleDecoder() {
	keys, timeout := 5, time.Second // the defaults
	fields := []yamlfile.Field{
		yamlfile.Key("keys", "API keys", yamlfile.Integer(&keys, 1, 100)),
		yamlfile.Key("timeout", "longest wait", yamlfile.Duration(&timeout, 1, time.Minute)),
	}
	read := func(text string) error {
		source, err := yamlfile.NewSource("client.yaml", []byte(text))
		if err != nil {
			return err
		}
		root, err := yamlfile.SyntaxTree(source, "client", "keys: 5")
		if err != nil {
			return err
		}
		d := yamlfile.Decoder{Source: source}
		d.Mapping(yamlfile.Value{Key: "client", Node: root}, fields)
		return d.Err()
	}
	fmt.Println(read("keys: 7\ntimeout: 2h\n"))

	fmt.Println(read("keys: 8\n"))
	var b bytes.Buffer
	fmt.Println(yamlfile.WriteFields(&b, fields), b.String())
	// Output:
	// client.yaml:2:10: timeout is 2h, want more than 0 and at most 1m
	//    1 | keys: 7
	//    2 | timeout: 2h
	//      |          ^
	// <nil>
	// <nil> {"keys":8,"timeout":"1s"}
}
