package scenario

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/tools/txtar"

	"ratebench/harness/kinds"
	"ratebench/harness/yamlfile"
)

const schemaFile = "../../scenarios/schema.json"

func TestSchemaFileIsUpToDate(t *testing.T) {
	got, err := Loader{Kinds: kinds.All()}.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s is not what the code makes; write it anew with -update:\n%s", schemaFile, cmp.Diff(string(want), string(got)))
	}
}

// compileSchema compiles the schema for some kinds of limiters.
func compileSchema(t *testing.T, all []kinds.Kind) *jsonschema.Schema {
	t.Helper()
	text, err := yamlfile.MarshalPlain(schemaOf(all))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// judge has the schema judge a scenario file as an editor would.
func judge(s *jsonschema.Schema, text string) error {
	var v any
	if err := yaml.Unmarshal([]byte(strings.TrimPrefix(text, "\ufeff")), &v); err != nil {
		return err
	}
	return s.Validate(v)
}

// The schema accepts the scenarios of the repository, which name it.
func TestSchemaOfScenarios(t *testing.T) {
	s := compileSchema(t, kinds.All())
	paths, err := filepath.Glob("../../scenarios/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := judge(s, string(text)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		const first = "# yaml-language-server: $schema=schema.json\n"
		if !strings.HasPrefix(string(text), first) {
			t.Errorf("%s does not begin with %q", path, first)
		}
	}
}

// The schema accepts what the decoder accepts.
func TestSchemaOfGoodScenarios(t *testing.T) {
	s := compileSchema(t, testKinds())
	for name, text := range map[string]string{
		"every field":    full,
		"defaults":       complete(""),
		"JSON":           `{"version": 1, "duration": "25s", "strategies": [{"name": "a", "limiter": {"kind": "window"}}]}`,
		"zeros":          complete("step: 0\nserver: {latency: {incoming: 0, outgoing: 0ms}, resolution: 0}\n"),
		"numeric names":  complete("strategies: [{name: \"1e3\", limiter: {kind: window}}]\nexpect: [{strategy: 1e3, metric: '429', between: [0, 1]}]\n"),
		"blanks":         complete("duration: \" 25s \"\nserver: {limit: \" 20 / 1s \", latency: {incoming: \" normal ( 5ms , +1ms ) \"}}\n"),
		"distributions":  complete("server: {latency: {incoming: \"lognormal(20ms, 5e-1)\", outgoing: exponential(2.5ms)}}\nload: {every: .5s}\n"),
		"empty sections": complete("server: {latency: {}, headers: {}}\nload: {}\nclient: {}\n"),
	} {
		fsys := fstest.MapFS{"sample.csv": {Data: []byte("1\n2\n")}}
		if _, err := testLoader().Parse("good.yaml", []byte(text), fsys); err != nil {
			t.Errorf("%s: the decoder refuses it: %v", name, err)
		}
		if err := judge(s, text); err != nil {
			t.Errorf("%s: the schema refuses it: %v", name, err)
		}
	}
}

// onlyDecoder are the snippets of TestBad that only the decoder can refuse: to
// see what is wrong with them takes more than one value, the range of a time,
// a file, or the text before YAML has made values of it.
func onlyDecoder() map[string]bool {
	names := `
		anchor tag merge-key explicit-key runs-octal runs-underscore
		duration-too-long duration-too-many-requests step-does-not-suit-default
		limit-window-below-resolution resolution-above-default-window
		bucket-refilled-below-resolution queue-below-resolution penalty-ladder-down
		limits-settle-of-failures limits-settle-of-concurrency limits-concurrency-of-failures
		latency-reversed latency-off-grid latency-no-such-file latency-bad-file latency-outside-folder
		every-zero workers-times-keys strategy-names-twice
		limiter-poll-busy limiter-invalid limiter-two-invalid limiter-invalid-default
		runtime-goroutines-wakeup expect-unknown-strategy expect-unknown-over expect-over-itself expect-reversed
		load-mean-off-grid load-mean-off-own-grid load-off-grid load-step-default latency-mean-off-grid
		seeds-run-out seeds-run-out-as-runs-are-many
		name-of-index name-real name-part name-readme name-device name-device-with-end name-dot strategy-device strategy-names-in-capitals
		cost-above-the-limit cost-above-the-limit-of-a-preset cost-of-a-preset-above-the-limit
		cost-runs cost-keys-and-limit cost-stage cost-retries-at-one-instant cost-retries-in-an-outage
		cost-retries-without-latency cost-burst-and-ttl cost-workers cost-samples
		stages-order stages-late stages-resolution stages-limits-without stages-limits-unknown stages-limits-nothing
		stages-limits-other-kind stages-limits-twice stages-limits-too-slow stages-limits-resolution burst-too-many share-too-thin retry-cap
		faults-sum outages-overlap
		sweep-four-axes sweep-name-of-a-figure sweep-name-of-a-column sweep-name-twice sweep-set-twice sweep-set-misspelt
		sweep-set-inside-a-value sweep-to-twice sweep-to-wrong-type sweep-to-out-of-range sweep-to-the-same
		sweep-of-what-strategies-set sweep-label-long sweep-label-with-equals sweep-too-many-points sweep-too-many-runs
		mix-match-ambiguous mix-match-malformed
		limits-and-limit limits-and-stages limits-below-resolution limits-same-names limits-same-names-in-capitals limits-scope-twice
		limits-window-too-long limits-bucket-slow limits-routes-unknown limits-cost-unknown limits-routes-not-in-mix limits-cost-not-in-mix
		limits-too-much-memory limits-polling-shared penalty-extend-without-ban penalty-and-block-after dialect-and-rate-limit
		mix-route-twice mix-shares-short mix-shares-over mix-share-over mix-cost-of-a-mapping
		load-stages-late load-stages-order load-stages-never-pauses load-stages-off-grid load-stages-too-many
		sweep-of-apis-unknown sweep-of-limits-bad sweep-of-limits-scalar
		budget-scope-worker budget-split-too-fine budget-of-many-limits budget-too-large budget-latency-without-end
		sources-and-every sources-that-never-pause
		label-twice label-of-another name-of-a-label sweep-two-together expect-at-without-sweep expect-at-unknown-axis expect-at-unknown-value`
	set := map[string]bool{}
	for _, name := range strings.Fields(names) {
		set[name] = true
	}
	return set
}

// The schema refuses what the decoder refuses, as far as a schema can.
func TestSchemaOfBadScenarios(t *testing.T) {
	s := compileSchema(t, testKinds())
	archive, err := txtar.ParseFile("testdata/bad.txtar")
	if err != nil {
		t.Fatal(err)
	}
	beyond := onlyDecoder()
	for _, f := range archive.Files {
		name, isSnippet := strings.CutSuffix(f.Name, ".yaml")
		if !isSnippet {
			continue
		}
		text := string(f.Data)
		if !strings.HasPrefix(name, "file") {
			text = complete(text)
		}
		err := judge(s, text)
		switch {
		case err == nil && !beyond[name]:
			t.Errorf("%s: the schema accepts it: teach it to refuse it, or list it in onlyDecoder", name)
		case err != nil && beyond[name]:
			t.Errorf("%s is listed in onlyDecoder, but the schema refuses it: %v", name, err)
		}
		delete(beyond, name)
	}
	for name := range beyond {
		t.Errorf("%s is no snippet", name)
	}
}

func TestSchemaIsJSON(t *testing.T) {
	text, err := Loader{Kinds: kinds.All()}.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if got, want := v["$schema"], "https://json-schema.org/draft/2020-12/schema"; got != want {
		t.Errorf("$schema is %v, want %s", got, want)
	}
}
