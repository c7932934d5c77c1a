// Package measured reads what other tools have measured of an API: requests with
// their latencies, in the formats of load generators, browsers, tracing, access
// logs and our own runs.
package measured

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"ratebench/harness/internal/choice"
)

// A Request is what a file says of one request.
type Request struct {
	// Start is when it was sent; zero: not known.
	Start time.Time
	// Latency is the time from sending it to the end of its answer, without
	// looking up a name and making a connection where the file tells them apart.
	Latency time.Duration
	// Incoming is the part of Latency until the server had it, if HasIncoming.
	Incoming    time.Duration
	HasIncoming bool
	// Status is that of HTTP; 0: not known, or there was no answer.
	Status int
	// Failed says that there was no answer: a timeout, a broken connection.
	Failed bool
	// Route is its method and path; "": not known.
	Route string
	// Header is that of the answer; nil: not known.
	Header http.Header
}

// A File is all that was read from one.
type File struct {
	Format   string // its name in Formats
	Requests []Request
	// WholeSeconds says that the times of start are known to a second only.
	WholeSeconds bool
	// Unordered says that nothing tells what came before what.
	Unordered bool
	// Notes are what a reader should know about these figures.
	Notes []string
}

// Options say what a file does not.
type Options struct {
	// Format is the name of one of Formats. "": found out by the content.
	Format string
	// LogFormat is nginx's log_format that an access log was written in.
	// Required for one, and says that it is one.
	LogFormat string
	// Unit is that of the values in an HDR log. 0: a nanosecond.
	Unit time.Duration
}

// MaxRequests is how many requests are read from a file at most.
const MaxRequests = 1_000_000

// longest is the longest latency that is believed.
const longest = 365 * 24 * time.Hour

// A Format is one that files may have.
type Format struct {
	Name  string
	About string // whose it is, and how to have it written
	looks func(head string) bool
	read  func(r io.Reader, o Options, f *File) error
}

// Formats are all that Read knows, in the order in which they are tried.
func Formats() []Format {
	return []Format{
		{"k6-json", "k6 run --out json=FILE", looksLikeK6JSON, readK6JSON},
		{"k6-csv", "k6 run --out csv=FILE", looksLikeK6CSV, readK6CSV},
		{"vegeta-json", "vegeta encode --to json", looksLikeVegetaJSON, readVegetaJSON},
		{"vegeta-csv", "vegeta encode --to csv", looksLikeVegetaCSV, readVegetaCSV},
		{"vegeta", "vegeta attack", looksLikeVegeta, readVegeta},
		{"har", "HTTP Archive 1.2, of a browser or a proxy", looksLikeHAR, readHAR},
		{"otlp", "OpenTelemetry's OTLP in JSON", looksLikeOTLP, readOTLP},
		{"events", "ratebench run --events", looksLikeEvents, readEvents},
		{"curl", "curl -w '%{json}\\n', or lines of time_total: SECONDS", looksLikeCurl, readCurl},
		{"hdr", "a log of HdrHistogram", looksLikeHDR, readHDR},
		{"nginx", "an access log, with its log_format in --format", func(string) bool { return false }, readNginx},
		{"values", "one latency a line, such as 12ms, or plain milliseconds", looksLikeValues, readValues},
	}
}

// Read reads a file, which may be compressed with gzip. The error says what was
// found, what was expected, and on which line.
func Read(r io.Reader, o Options) (*File, error) {
	content, err := decompressed(r)
	if err != nil {
		return nil, err
	}
	head, err := content.Peek(headSize)
	if len(head) == 0 {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return nil, errors.New("the file is empty, want one with measured requests")
	}
	format, err := choose(string(head), o)
	if err != nil {
		return nil, err
	}
	f := &File{Format: format.Name}
	if err := format.read(content, o, f); err != nil {
		return nil, fmt.Errorf("%s: %w", format.Name, err)
	}
	if len(f.Requests) == 0 {
		return nil, fmt.Errorf("%s: found no request in the file, want at least one", format.Name)
	}
	return f, nil
}

// headSize is how much of a file is looked at to find out its format.
const headSize = 64 << 10

// decompressed is the text of a file, without the mark of UTF-8 that programs on
// Windows begin one with.
func decompressed(r io.Reader) (*bufio.Reader, error) {
	text := bufio.NewReaderSize(r, headSize)
	if magic, _ := text.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		zip, err := gzip.NewReader(text)
		if err != nil {
			return nil, fmt.Errorf("begins like gzip: %w", err)
		}
		text = bufio.NewReaderSize(zip, headSize)
	}
	mark, _ := text.Peek(3)
	switch {
	case bytes.HasPrefix(mark, []byte{0xff, 0xfe}), bytes.HasPrefix(mark, []byte{0xfe, 0xff}):
		return nil, errors.New("line 1: begins like UTF-16, which PowerShell writes, want UTF-8")
	case bytes.Equal(mark, []byte("\ufeff")):
		_, err := text.Discard(len(mark))
		return text, err
	}
	return text, nil
}

// choose returns the format that was asked for, or the first that the file looks
// like.
func choose(head string, o Options) (Format, error) {
	if o.Format == "" && o.LogFormat != "" {
		o.Format = "nginx"
	}
	var names, abouts []string
	for _, f := range Formats() {
		if f.Name == o.Format || o.Format == "" && f.looks(head) {
			return f, nil
		}
		names = append(names, f.Name)
		abouts = append(abouts, f.Name+" ("+f.About+")")
	}
	if o.Format != "" {
		return Format{}, errors.New(choice.Unknown("format of a file", o.Format, names))
	}
	first, _, _ := strings.Cut(head, "\n")
	return Format{}, fmt.Errorf("line 1: %.60q is not the beginning of any format that is known; looked for %s",
		first, strings.Join(abouts, ", "))
}

// add appends a request. The error says what about it cannot be believed.
func (f *File) add(r Request) error {
	switch {
	case r.Latency < 0:
		return fmt.Errorf("the latency %v is negative, want 0 or more", r.Latency)
	case r.Latency > longest:
		return fmt.Errorf("the latency %v is too long, want at most %v", r.Latency, longest)
	case r.Status < 0 || r.Status > 999:
		return fmt.Errorf("the status %d is none of HTTP's, want 100 to 599, or 0 for no answer", r.Status)
	case len(f.Requests) == MaxRequests:
		return fmt.Errorf("more than %d requests, want a part of the file", MaxRequests)
	}
	if r.HasIncoming && (r.Incoming < 0 || r.Incoming > r.Latency) { // clocks that disagree
		r.HasIncoming, r.Incoming = false, 0
	}
	f.Requests = append(f.Requests, r)
	return nil
}

func (f *File) note(text string) {
	for _, n := range f.Notes {
		if n == text {
			return
		}
	}
	f.Notes = append(f.Notes, text)
}

// at says on which line an error is.
func at(line int, err error) error { return fmt.Errorf("line %d: %w", line, err) }
