package isolate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"ratebench/harness"
	"ratebench/harness/events"
	"ratebench/harness/metrics"
	"ratebench/harness/wire"
)

// An order is a message to the client. Exactly one of its fields is set.
type order struct {
	Job  *job `json:"job,omitempty"`
	Go   bool `json:"go,omitempty"`
	Stop bool `json:"stop,omitempty"`
}

// A message is what the client says. Exactly one of its fields is set.
type message struct {
	Ready  bool    `json:"ready,omitempty"`
	Report *report `json:"report,omitempty"`
	Events *batch  `json:"events,omitempty"`
	Result *result `json:"result,omitempty"`
}

// A job is what a client is to run: one strategy of a scenario file, with what
// the command line says otherwise.
type job struct {
	Path      string        `json:"path"`          // of the scenario, absolute
	SHA256    string        `json:"sha256"`        // of the scenario file as the parent has read it
	Set       []string      `json:"set,omitempty"` // what replaces what the file says
	Strategy  string        `json:"strategy"`
	Seed      uint64        `json:"seed"`
	Duration  time.Duration `json:"duration"`
	URL       string        `json:"url"` // base of the server
	Form      bool          `json:"form,omitempty"`
	Graveyard bool          `json:"graveyard,omitempty"`
	Events    string        `json:"events,omitempty"`  // path of the draft; "": none
	Every     time.Duration `json:"every,omitempty"`   // between reports; 0: none
	Wire      wire.Times    `json:"wire"`              // what limiters are told of
	Process   *sibling      `json:"process,omitempty"` // nil: the client is one process
}

// A report is the state of a client under way.
type report struct {
	Progress metrics.Progress   `json:"progress"`
	Means    harness.QueueMeans `json:"means"`
}

// A result is all that a client leaves behind, beside the file of its events.
type result struct {
	Run   metrics.Run   `json:"run"`
	Usage metrics.Usage `json:"usage"`
	// EventsFailed is why the events cannot be written; then there is no run.
	EventsFailed *events.Error `json:"events_failed,omitempty"`
}

// name says which message it is; an error unless it is exactly one.
func (m message) name() (string, error) {
	return only(map[string]bool{"ready": m.Ready, "report": m.Report != nil, "events": m.Events != nil, "result": m.Result != nil})
}

// name says which order it is; an error unless it is exactly one.
func (o order) name() (string, error) {
	return only(map[string]bool{"job": o.Job != nil, "go": o.Go, "stop": o.Stop})
}

func only(fields map[string]bool) (string, error) {
	set := ""
	for name, is := range fields {
		switch {
		case is && set != "":
			return "", errors.New("found several messages in one")
		case is:
			set = name
		}
	}
	if set == "" {
		return "", errors.New("found a message that says nothing")
	}
	return set, nil
}

// A sender writes messages. It may be used from several goroutines.
type sender struct {
	mu  sync.Mutex
	enc *json.Encoder
}

func newSender(w io.Writer) *sender { return &sender{enc: json.NewEncoder(w)} }

func (s *sender) send(m any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.enc.Encode(m)
}

// maxMessage bounds what is read of a message, in bytes: a run of a day with
// its series and samples has a quarter of that.
const maxMessage = 256 << 20

// A receiver reads messages of one kind.
type receiver[M named] struct {
	most  int64
	limit *io.LimitedReader
	dec   *json.Decoder
}

type named interface{ name() (string, error) }

func newReceiver[M named](r io.Reader) *receiver[M] {
	limit := &io.LimitedReader{R: r}
	dec := json.NewDecoder(limit)
	dec.DisallowUnknownFields()
	return &receiver[M]{maxMessage, limit, dec}
}

// receive returns the next message and its name; io.EOF when there is none.
func (r *receiver[M]) receive() (m M, name string, err error) {
	r.limit.N = r.most
	if err := r.dec.Decode(&m); err != nil {
		if r.limit.N == 0 {
			err = fmt.Errorf("found more than %d bytes in one message", r.most)
		}
		return m, "", err
	}
	name, err = m.name()
	return m, name, err
}

// expect is receive for one message that has to come next.
func (r *receiver[M]) expect(want string) (m M, err error) {
	m, name, err := r.receive()
	if err == nil && name != want {
		err = fmt.Errorf("found a message %q, expected %q", name, want)
	}
	return m, err
}
