package isolate

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"ratebench/harness"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// The test's own program is also the one that it starts: as a client, which
// may misbehave, or as a parent, which is there to be killed.
const (
	asClient = "client"
	asParent = "parent"
)

func TestMain(m *testing.M) {
	_ = os.Unsetenv("GOTRACEBACK") // the panic of a client is looked at
	switch {
	case len(os.Args) == 2 && os.Args[1] == asClient:
		os.Exit(exitCode(testClient(os.Stdin, os.Stdout)))
	case len(os.Args) == 4 && os.Args[1] == asParent:
		os.Exit(exitCode(testParent(os.Args[2], os.Args[3])))
	}
	os.Exit(m.Run())
}

func exitCode(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// testClient is a client that behaves as its strategy is called: a name before
// a hyphen, and "well" is a proper one.
func testClient(in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	first, err := lines.ReadBytes('\n')
	if err != nil {
		return err
	}
	var o order
	if err := json.Unmarshal(first, &o); err != nil {
		return err
	}
	behaviour, _, _ := strings.Cut(o.Job.Strategy, "-")
	switch behaviour {
	case "dies":
		panic("out of luck")
	case "babbles":
		fmt.Fprintln(out, "hello there")
		return hang(in)
	case "leaves":
		return nil
	case "sleeps":
		return hang(nil)
	}
	orders := io.Reader(lines)
	if behaviour == "mortal" && o.Job.Process.Number == 1 {
		orders = &mortal{Reader: lines}
	}
	if behaviour == "well" || behaviour == "mortal" {
		return Client(context.Background(), kinds.All(), io.MultiReader(strings.NewReader(string(first)), orders), out)
	}
	fmt.Fprintln(out, `{"ready":true}`)
	if _, err := lines.ReadBytes('\n'); err != nil { // go
		return err
	}
	switch behaviour {
	case "fails":
		return fmt.Errorf("the wire is cut\nin two")
	case "stops":
		fmt.Fprint(out, `{"result":{"run":{"Strategy":"sto`)
	case "repeats":
		fmt.Fprintln(out, `{"ready":true}`)
		return hang(in)
	case "mistakes":
		fmt.Fprintln(out, `{"result":{"run":{"Strategy":"another","Seed":3},"usage":{"Samples":[]}}}`)
	case "lingers":
		fmt.Fprintf(out, `{"result":{"run":{"Strategy":%q,"Seed":%d},"usage":{"Samples":[]}}}`, o.Job.Strategy, o.Job.Seed)
		return hang(nil)
	}
	return nil
}

// lifetime is how long the second process of a mortal client lives once it was told
// to go.
const lifetime = 2 * time.Second

// mortal are orders that kill this process some time after the first of them.
type mortal struct {
	io.Reader
	dies sync.Once
}

func (m *mortal) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	m.dies.Do(func() { time.AfterFunc(lifetime, func() { _ = self().Kill() }) })
	return n, err
}

func self() *os.Process {
	p, err := os.FindProcess(os.Getpid())
	if err != nil {
		panic(err)
	}
	return p
}

// hang waits for the end of in; nil has none.
func hang(in io.Reader) error {
	if in == nil {
		time.Sleep(time.Hour)
	}
	_, err := io.Copy(io.Discard, in)
	return err
}

// testParent runs the scenario of a file against a server.
func testParent(path, url string) error {
	sc, err := scenario.Loader{Kinds: kinds.All()}.Load(path)
	if err != nil {
		return err
	}
	_, err = Run(context.Background(), sc, Options{Options: harness.Options{Target: url}, Command: clientCommand()})
	return err
}

// clientCommand is how this program is started as a client.
func clientCommand() []string {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return []string{self, asClient}
}
