package proxy

import (
	"context"
	"encoding/pem"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"ratebench/harness/internal/snippets"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"ratebench/harness/kinds"
	"ratebench/harness/proxy"
	"ratebench/harness/scenario"
	"ratebench/harness/serving"
)

// configOf is what a command line makes of the proxy.
func configOf(t *testing.T, args ...string) (proxy.Config, error) {
	t.Helper()
	var f flags
	fs := pflag.NewFlagSet("proxy", pflag.ContinueOnError)
	f.register(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	c, end, err := f.config(kinds.All(), io.Discard)
	if err == nil {
		t.Cleanup(func() {
			if err := end(); err != nil {
				t.Error(err)
			}
		})
	}
	return c, err
}

// Each mistake is told with the flag that has it, what was found and what was
// expected.
func TestMistakes(t *testing.T) {
	scenarios := filepath.Join("..", "..", "..", "scenarios")
	up, limit := []string{"--upstream", "http://host"}, []string{"--upstream", "http://host", "--limit", "20/1s"}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "--upstream is missing"},
		{up, "--limit is missing, want what the API grants a key"},
		{append(up, "--limit", "20"), "--limit 20: limit 20 has no window, want requests/window such as 20/1s"},
		{append(up, "--limit", "20/1s\nx: 1"), "has a line break, want none"},
		{append(limit, "--kind", "pacd"), `--kind pacd: unknown limiter kind "pacd" (did you mean paced?)`},
		{append(limit, "--set", "spread"), `--set is "spread", want KEY=VALUE`},
		{append(limit, "--set", "spred=5ms"), `--set spred=5ms: unknown limiter key "spred" (did you mean spread?)`},
		{append(limit, "--set", "spread=-5ms"), "--set spread=-5ms: spread is -5ms, want 0 or more"},
		{append(limit, "--set", "guard.order=maybe"), `--set guard.order=maybe: order is "maybe", want true or false`},
		{append(limit, "--kind", "adaptive", "--set", "headroom.start=x"), `--set headroom.start=x: start "x" is not a duration`},
		{append(limit, "--set", "scope=worker"), "has scope worker, want key"},
		{append(limit, "--resolution", "2s"), "--limit 20/1s: limit 20/1s has a window below the resolution of the server's clock"},
		{append(up, "--as", "githab"), `--as githab: unknown api "githab" (did you mean github?)`},
		{append(up, "--as", "discord"), `--as discord: limit "messages" holds for each resource that requests are about, of which nobody says which there are`},
		{append(up, "--as", "kraken", "--kind", "paced"), "want a limiter that lets so much go at a time: paced does not"},
		{append(limit, "--as", "github"), "--as has limits of its own"},
		{append(limit, "--set", "spread=1ms", "--set", "spread=x"), `--set spread=x: spread "x" is not a duration`},
		{append(limit, "--strategy", "a"), "--strategy is one of a scenario, want --scenario with it"},
		{append(limit, "--scenario", "x.yaml"), "--scenario has a limit and a limiter"},
		{append(up, "--scenario", "x.yaml"), "x.yaml: cannot open it"},
		{append(up, "--scenario", filepath.Join(scenarios, "blog.yaml")), "has 5 strategies, choose one with --strategy: fixed-interval+buffer"},
		{append(up, "--scenario", filepath.Join(scenarios, "blog.yaml"), "--strategy", "bufer-only"), `unknown strategy "bufer-only" (did you mean buffer-only?)`},
		{append(limit, "--key", "Authorization"), `--key: place is "Authorization", want header:NAME or query:NAME`},
		{append(limit, "--nonce", "x:"), `--nonce: place is "x:"`},
		{append(limit, "--cold", "-1s"), "--cold is -1s, want 0s or more"},
		{append(limit, "--max-waiters", "0"), "--max-waiters is 0, want 1 or more"},
		{append(limit, "--log-format", "jsno"), `--log-format is "jsno" (did you mean json?)`},
		{append(limit, "--budget", "localhost"), `--budget is "localhost": redis: invalid URL scheme: , want redis://HOST:PORT`},
		{append(limit, "--budget", "redis://:s3cret@localhost:port"), `--budget is "redis://xxxxx@localhost:port": not a URL`},
		{append(limit, "--budget", "redis://localhost", "--latency", "0s"), "--budget: "},
		{append(limit, "--budget", "redis://localhost", "--set", "spread=1ms"), "--budget takes the place of a limiter"},
		{append(limit, "--ca", "missing.pem"), "--ca: open missing.pem"},
		{append(limit, "--ca", "proxy.go"), "--ca: proxy.go has no certificate in it, want PEM"},
		{[]string{"--upstream", "http://h%zz", "--limit", "20/1s"}, `--upstream is "http://h%zz": invalid URL escape "%zz"`},
		{[]string{"--upstream", "http://u:s3 cret@h", "--limit", "20/1s"}, `--upstream is "http://xxxxx@h": not a URL`},
	} {
		if _, err := configOf(t, tt.args...); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %s", tt.args, err, tt.want)
		}
	}
	c, err := configOf(t, "--upstream", "ftp://host", "--limit", "20/1s")
	if err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), "127.0.0.1:0", c); err == nil || !strings.Contains(err.Error(), "want a URL that begins with http:// or https://") {
		t.Errorf("an upstream of ftp: %v", err)
	}
}

// Limit and limiter are those of the flags, or of a scenario's strategy.
func TestPacing(t *testing.T) {
	for _, args := range [][]string{
		{"--limit", "4/100ms", "--resolution", "0ms", "--set", "spread=20ms", "--set", "guard.in_flight=3"},
		{"--scenario", filepath.Join("testdata", "paced.yaml")},
		{"--scenario", filepath.Join("testdata", "paced.yaml"), "--strategy", "four"},
		{"--limit", "4/100ms", "--resolution", "0ms", "--set", "spread=1s", "--set", "spread=20ms"}, // the last one counts
	} {
		c, err := configOf(t, append(args, "--upstream", "http://host")...)
		if err != nil {
			t.Errorf("%q: %v", args, err)
			continue
		}
		l, err := c.NewLimiter("key")
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		l.Sent(now, 1)
		// (100 ms + 20 ms) / 4, and the drift of that.
		if gap := l.Next(now, 1).Sub(now); gap < 30*time.Millisecond || gap > 31*time.Millisecond {
			t.Errorf("%q: the next leaves after %v, want 30ms", args, gap)
		}
	}
}

// With --as every limit of a documented API has its limiter, and a request its cost
// of each.
func TestAs(t *testing.T) {
	for _, name := range []string{"github", "shopify", "kraken", "binance", "openai"} {
		c, err := configOf(t, "--upstream", "http://host", "--as", name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := c.NewLimiter("key"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if costs := c.Costs(httptest.NewRequest("POST", "/x", nil)); name == "github" && len(costs) != 6 {
			t.Errorf("%s: costs %v, want 6 of them", name, costs)
		}
	}
}

// The authorities of --ca are those that vouch for the API.
func TestCA(t *testing.T) {
	api := httptest.NewTLSServer(http.NotFoundHandler())
	defer api.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw})
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := configOf(t, "--upstream", api.URL, "--limit", "20/1s", "--ca", file)
	if err != nil {
		t.Fatal(err)
	}
	c.Log = slog.New(slog.DiscardHandler)
	p, err := proxy.New(c)
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	p.ServeHTTP(rec, httptest.NewRequest("GET", "http://localhost/", nil))
	if rec.Code != http.StatusNotFound {
		t.Errorf("got %d %s, want the API's 404", rec.Code, rec.Body)
	}
}

// The clients in the help, as far as their languages are installed, ask 25 times
// at once an API that grants 20 a second, and are refused nothing.
func TestClients(t *testing.T) {
	tests := []struct {
		file    string
		command []string // the file is added
	}{
		{"client.sh", []string{"sh"}},
		{"client.py", []string{"python3"}},
		{"client.mjs", []string{"node"}},
	}
	needs := []string{"curl", "python3", "node"}
	all := snippets.Proxied()
	if len(all) != len(tests) {
		t.Fatalf("%d clients, %d tests", len(all), len(tests))
	}
	for i, tt := range tests {
		t.Run(all[i].Title, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(needs[i]); err != nil {
				t.Skip(err)
			}
			code := strings.ReplaceAll(all[i].Code, "127.0.0.1:8080", proxyForTest(t))
			file := filepath.Join(t.TempDir(), tt.file)
			if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), tt.command[0], append(tt.command[1:], file)...)
			cmd.Env = append(os.Environ(), "no_proxy=*")
			var stderr strings.Builder
			cmd.Stderr = &stderr
			got, err := cmd.Output()
			if want := strings.Repeat("200\n", 25); err != nil || string(got) != want {
				t.Errorf("printed %s (%v), want 25 times 200; stderr:\n%s", got, err, &stderr)
			}
			if indented := all[i].Title + ":\n\n  " + strings.SplitN(all[i].Code, "\n", 2)[0]; !strings.Contains(help(), indented) {
				t.Errorf("the help lacks the %s client", all[i].Title)
			}
		})
	}
}

// proxyForTest serves the reference's API and a proxy in front of it, for as long
// as the test lasts. The order gate keeps nonces from overtaking each other, on a
// machine that is busy, too.
func proxyForTest(t *testing.T) (address string) {
	t.Helper()
	s, err := serving.NewService(scenario.Reference(), serving.ServiceConfig{Log: slog.New(slog.DiscardHandler), MaxConcurrent: 100})
	if err != nil {
		t.Fatal(err)
	}
	api := serveOn(t, s.Serve)
	c, err := configOf(t, "--upstream", "http://"+api, "--limit", "20/1s", "--kind", "ack-clocked", "--set", "latency=0ms", "--set", "guard.order=true",
		"--key", "query:api_key", "--nonce", "query:nonce")
	if err != nil {
		t.Fatal(err)
	}
	p, err := proxy.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return serveOn(t, p.Serve)
}

// serveOn serves on a port of the loopback.
func serveOn(t *testing.T, serve func(context.Context, net.Listener) error) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error)
	go func() { ended <- serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}
