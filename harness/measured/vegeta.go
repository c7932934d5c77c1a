package measured

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

func looksLikeVegetaJSON(head string) bool {
	first, _, _ := strings.Cut(head, "\n")
	return strings.HasPrefix(first, `{"attack":`) && strings.Contains(first, `"latency":`)
}

// looksLikeVegetaCSV wants twelve columns, the first a time in nanoseconds and
// the second a status.
func looksLikeVegetaCSV(head string) bool {
	first, _, _ := strings.Cut(head, "\n")
	columns := strings.Split(first, ",")
	if len(columns) < 12 {
		return false
	}
	ns, err := strconv.ParseInt(columns[0], 10, 64)
	_, errStatus := strconv.ParseUint(columns[1], 10, 16)
	return err == nil && errStatus == nil && ns > 1e17
}

// looksLikeVegeta wants the description of vegeta's result that gob begins with.
func looksLikeVegeta(head string) bool {
	start := head[:min(len(head), 512)]
	return strings.Contains(start, "Result") && strings.Contains(start, "Attack") && strings.Contains(start, "Latency")
}

func readVegetaJSON(r io.Reader, _ Options, f *File) error {
	t := &tail{Reader: r}
	if err := readResults(vegeta.NewJSONDecoder(t), "line", f); err != nil {
		return err
	}
	if t.last != '\n' { // which the decoder takes for the end
		return fmt.Errorf("line %d: the JSON ends in the middle", len(f.Requests)+1)
	}
	return nil
}

// A tail remembers the last byte that was read.
type tail struct {
	io.Reader
	last byte
}

func (t *tail) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	if n > 0 {
		t.last = p[n-1]
	}
	return n, err
}

func readVegetaCSV(r io.Reader, _ Options, f *File) error {
	return readResults(vegeta.NewCSVDecoder(r), "line", f)
}

func readVegeta(r io.Reader, _ Options, f *File) error {
	return readResults(vegeta.NewDecoder(r), "result", f)
}

// readResults reads results, one of which is one line or has no lines.
func readResults(decode vegeta.Decoder, unit string, f *File) error {
	for n := 1; ; n++ {
		var result vegeta.Result
		err := decodeResult(decode, &result)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = f.addVegeta(&result)
		}
		if err != nil {
			return fmt.Errorf("%s %d: %w", unit, n, err)
		}
	}
}

// decodeResult turns a panic of the decoder on a broken line into an error.
func decodeResult(decode vegeta.Decoder, result *vegeta.Result) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("is broken: %v", p)
		}
	}()
	return decode(result)
}

func (f *File) addVegeta(r *vegeta.Result) error {
	start, err := checkTime("timestamp", r.Timestamp)
	if err != nil {
		return err
	}
	return f.add(Request{
		Start: start, Latency: r.Latency, Status: int(r.Code), Failed: r.Code == 0,
		Route: route(r.Method, r.URL), Header: r.Headers,
	})
}
