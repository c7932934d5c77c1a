package command

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ratebench/harness/events"
)

// eventTotals counts what the event files of each strategy say, and the runs.
type eventTotals struct {
	runs   int
	counts map[string]int // of events, causes and responses by name
}

// readEvents reads every event file in a folder of results. What is no such
// file, or not a whole one, fails the test.
func readEvents(t *testing.T, dir string) map[string]*eventTotals {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, events.Folder))
	if err != nil {
		t.Fatal(err)
	}
	totals := map[string]*eventTotals{}
	for _, e := range entries {
		n := map[string]int{}
		h, err := readEventFile(filepath.Join(dir, events.Folder, e.Name()), n)
		if err != nil || e.Name() != events.FileName(h.Strategy, h.Seed) {
			t.Fatalf("%s: header %+v, error %v", e.Name(), h, err)
		}
		s := totals[h.Strategy]
		if s == nil {
			s = &eventTotals{counts: map[string]int{}}
			totals[h.Strategy] = s
		}
		s.runs++
		for name, count := range n {
			s.counts[name] += count
		}
	}
	return totals
}

func readEventFile(path string, n map[string]int) (events.Header, error) {
	f, err := os.Open(path)
	if err != nil {
		return events.Header{}, err
	}
	defer f.Close()
	return events.Read(f, func(l events.Line) {
		n[l.Event]++
		if l.Cause != "" {
			n["dropped, "+l.Cause]++
		}
		if l.Answer != nil {
			n[l.Response]++
		}
	})
}

// summary is the part of summary.json that events add up to.
type summary struct {
	Interrupted bool
	Strategies  []struct {
		Name        string
		Responses   map[string]float64
		Ledger      struct{ Generated, Succeeded, Expired, Failed, Graveyard float64 }
		Expirations float64
		Retries     float64
	}
}

func readSummary(t *testing.T, dir string) (s summary) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// wantSummary wants every count of summary.json to be what the events of the
// strategy's runs add up to.
func wantSummary(t *testing.T, dir string) {
	t.Helper()
	totals := readEvents(t, dir)
	s := readSummary(t, dir)
	if len(s.Strategies) == 0 || len(totals) != len(s.Strategies) {
		t.Fatalf("events of %d strategies, %d in the summary", len(totals), len(s.Strategies))
	}
	for _, st := range s.Strategies {
		total := totals[st.Name]
		if total == nil || st.Ledger.Generated == 0 {
			t.Fatalf("%s: events %v, ledger %+v", st.Name, total, st.Ledger)
		}
		n := total.counts
		check := func(what string, mean float64, count int) {
			// The summary is rounded.
			if got := float64(count) / float64(total.runs); math.Abs(got-mean) > 0.0051 {
				t.Errorf("%s, %s: the events say %.3f, the summary %.3f", st.Name, what, got, mean)
			}
		}
		check("generated", st.Ledger.Generated, n["generated"])
		check("succeeded", st.Ledger.Succeeded, n["200"])
		check("expired", st.Ledger.Expired, n["dropped, expired"])
		check("failed", st.Ledger.Failed, n["dropped, answered"])
		check("graveyard", st.Ledger.Graveyard, n["buried"])
		check("expirations", st.Expirations, n["expired"])
		check("retries", st.Retries, n["retried"]+n["requeued"])
		answered := 0
		for response, mean := range st.Responses {
			check(response, mean, n[response])
			answered += n[response]
		}
		if answered != n["answered"] {
			t.Errorf("%s: %d answers, of which %d are in the summary", st.Name, n["answered"], answered)
		}
	}
}

func TestEventsAddUpToTheSummary(t *testing.T) {
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	args := []string{"run", "-q", "--events", "--runs", "2", "--duration", "8s", "-o", dir, "../../scenarios/blog.yaml", "../../scenarios/chaos.yaml"}
	if code := execute(args, &stdout, &stderr); code != exitOK {
		t.Fatalf("exit code %d; stderr:\n%s", code, stderr.String())
	}
	for _, name := range []string{"blog", "chaos"} {
		wantSummary(t, filepath.Join(dir, name))
	}
	wantReadme(t, filepath.Join(dir, "blog", events.Folder, events.FileName("buffer-only", 1)))
}

// wantReadme wants the events that the README shows to be the first of a file.
func wantReadme(t *testing.T, path string) {
	t.Helper()
	readme, err := os.ReadFile("../../results/README.md")
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	_, lines, _ := strings.Cut(string(text), "\n") // after the header
	shown := 0
	for line := range strings.Lines(string(readme)) {
		event, isEvent := strings.CutPrefix(line, "    {\"t_ms\":")
		if !isEvent {
			continue
		}
		shown++
		var found bool
		if lines, found = strings.CutPrefix(lines, "{\"t_ms\":"+event); !found {
			t.Fatalf("the README shows %swhere there is %.200s", line, lines)
		}
	}
	if shown == 0 {
		t.Error("the README shows no event")
	}
}

// SIGINT in the middle, with the clients in this process and in their own: the
// events are those of the part that ran, in whole files.
func TestInterruptedRunWritesItsEvents(t *testing.T) {
	t.Setenv(asMain, "1") // for the clients
	for name, flags := range map[string][]string{"together": nil, "isolated": {"--isolate"}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			stderr := &trigger{text: " TPS", fire: func() {
				if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
					t.Error(err)
				}
			}}
			args := append([]string{"run", "--clock", "real", "--events", "--duration", "1m", "--every", "100ms", "-o", dir, "../../scenarios/blog.yaml"}, flags...)
			var stdout bytes.Buffer
			if code := execute(args, &stdout, stderr); code != exitInterrupted {
				t.Fatalf("exit code %d, want %d; stderr:\n%s", code, exitInterrupted, stderr.written.String())
			}
			results := filepath.Join(dir, "real", "blog")
			if !readSummary(t, results).Interrupted {
				t.Error("not marked as interrupted")
			}
			wantSummary(t, results)
		})
	}
}

func TestHelpExplainsEvents(t *testing.T) {
	var stdout bytes.Buffer
	if code := execute([]string{"run", "--help"}, &stdout, &stdout); code != exitOK {
		t.Fatal(stdout.String())
	}
	for _, what := range []string{"--events ", "events/<strategy>-<seed>.jsonl.gz", "t_ms", "latency_ms"} {
		if !strings.Contains(stdout.String(), what) {
			t.Errorf("no %s in\n%s", what, stdout.String())
		}
	}
}
