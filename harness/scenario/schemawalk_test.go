package scenario

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"ratebench/harness/kinds"
	"ratebench/harness/yamlfile"
)

// TestSchemaInStep walks the whole schema beside the decoder. Every mapping
// has the same keys in both, every default is what a missing key means, and of
// many values in every place the schema accepts all that the decoder accepts,
// and refuses the others where it can.
func TestSchemaInStep(t *testing.T) {
	for name, w := range map[string]*walker{
		"all limiters": {kinds: kinds.All(), probes: probes()},
		"all types":    {kinds: testKinds()}, // whose own validation is a sketch
	} {
		t.Run(name, func(t *testing.T) {
			w.t, w.root, w.compiled, w.probed = t, schemaOf(w.kinds), compileSchema(t, w.kinds), map[string]int{}
			w.walk("scenario", w.root, func(v any) any { return v })
			if w.mappings < 15+len(w.kinds) || w.defaults < 30 {
				t.Errorf("only %d mappings and %d defaults, is anything left out?", w.mappings, w.defaults)
			}
		})
	}
}

type walker struct {
	t        *testing.T
	root     *yamlfile.Schema
	compiled *jsonschema.Schema
	kinds    []kinds.Kind
	probes   []any

	mappings, defaults int
	probed             map[string]int // how many places there were of each schema
}

// A place puts a value into an otherwise good scenario.
type place func(any) any

func (w *walker) walk(path string, s *yamlfile.Schema, in place) {
	switch target := w.resolve(s); {
	case target.OneOf != nil && target.Properties != nil && target.Closed == nil: // a limiter
		for _, kind := range target.OneOf {
			w.walk(path+" "+w.resolve(kind).Title, kind, in)
		}
	case target.Type == "object" && target.Properties == nil: // its keys depend on other values
	case target.Type == "object":
		w.mappings++
		w.checkKeys(path, target, in)
		for _, p := range target.Properties {
			inside := func(v any) any {
				m := w.sample(target).(map[string]any)
				m[p.Name] = v
				return in(m)
			}
			w.checkDefault(path, p, target, in, inside)
			w.walk(path+"."+p.Name, p.Schema, inside)
		}
	case target.Type == "array" && target.MaxItems == 0:
		w.walk(path+"[]", target.Items, func(v any) any { return in([]any{v}) })
	default:
		w.checkBounds(path, target, in)
		w.probe(path, target, in)
	}
}

func (w *walker) resolve(s *yamlfile.Schema) *yamlfile.Schema {
	name, isRef := strings.CutPrefix(s.Ref, "#/$defs/")
	if !isRef {
		return s
	}
	for _, d := range w.root.Defs {
		if d.Name == name {
			return d.Schema
		}
	}
	w.t.Fatalf("there is no definition of %s", s.Ref)
	return nil
}

// sample is a value that a schema describes, a mapping with what is required.
func (w *walker) sample(s *yamlfile.Schema) any {
	target := w.resolve(s)
	switch {
	case target.Const != nil:
		return target.Const
	case len(target.Enum) > 0:
		return target.Enum[0]
	case len(target.Examples) > 0:
		return target.Examples[0]
	case target.Type == "object":
		return w.sampleObject(target)
	case target.Type == "array":
		var list []any
		for range target.MinItems {
			list = append(list, w.sample(target.Items))
		}
		return list
	case target.Type == "number":
		return 1
	}
	return "a"
}

func (w *walker) sampleObject(s *yamlfile.Schema) map[string]any {
	m := map[string]any{}
	required := s.Required
	if len(s.OneOf) > 0 {
		if s.Closed == nil { // a limiter
			return w.sampleObject(w.resolve(s.OneOf[0]))
		}
		required = append(slices.Clone(required), s.OneOf[0].Required...)
	}
	for _, p := range s.Properties {
		if slices.Contains(required, p.Name) {
			m[p.Name] = w.sample(p.Schema)
		}
	}
	return m
}

// checkKeys compares the keys of a mapping with those that the decoder wants
// instead of one that nobody has.
func (w *walker) checkKeys(path string, s *yamlfile.Schema, in place) {
	m := w.sample(s).(map[string]any)
	m["no-such-key"] = 1
	_, err := w.decode(in(m))
	var want []string
	for _, p := range problemsIn(err) {
		if _, list, found := strings.Cut(p.Msg, `key "no-such-key", want `); found {
			want = strings.Split(strings.Replace(list, " or ", ", ", 1), ", ")
		}
	}
	var got []string
	for _, p := range s.Properties {
		got = append(got, p.Name)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Errorf("keys of %s (-decoder +schema):\n%s", path, diff)
	}
}

// checkDefault compares what the schema says a missing key means with what the
// decoder makes of it.
func (w *walker) checkDefault(path string, p yamlfile.Property, parent *yamlfile.Schema, in, inside place) {
	standard := p.Schema.Default
	if standard == nil {
		return
	}
	w.defaults++
	given, err := w.decode(inside(standard))
	if err != nil {
		w.t.Errorf("%s.%s: the decoder refuses the default %v: %v", path, p.Name, standard, err)
		return
	}
	missing, err := w.decode(in(w.sample(parent)))
	if err != nil {
		w.t.Errorf("%s: the decoder refuses a sample: %v", path, err)
		return
	}
	if diff := cmp.Diff(missing, given, asText, cmpopts.IgnoreFields(Scenario{}, "SHA256")); diff != "" {
		w.t.Errorf("%s.%s: %v is not the default (-key missing +default given):\n%s", path, p.Name, standard, diff)
	}
}

// checkBounds compares the bounds of a whole number with those that the decoder
// names.
func (w *walker) checkBounds(path string, s *yamlfile.Schema, in place) {
	if s.Type != "integer" || s.Maximum == "" {
		return
	}
	_, err := w.decode(in("x"))
	want := fmt.Sprintf("want a whole number from %s to %s", s.Minimum, s.Maximum)
	if first := firstError(err); first == nil || !strings.HasSuffix(first.Msg, want) {
		w.t.Errorf("%s: the decoder says %v, the schema %s", path, first, want)
	}
}

// probe puts values of all sorts in a place. An editor may well complain about
// an empty text where the decoder takes it for a default. Of places that one schema
// describes alike, as the duration of any limiter, the first gets all values, and the
// others a part of them each in turns. Under -short the first gets a part, too.
func (w *walker) probe(path string, s *yamlfile.Schema, in place) {
	first, others := 1, 8
	if testing.Short() {
		first, others = 4, 64
	}
	schema := *s
	schema.Description, schema.Default = "", nil
	like := jsonText(w.t, schema)
	n := w.probed[like]
	w.probed[like]++
	for i, v := range w.probes {
		if n == 0 && (i+len(w.probed))%first != 0 || n > 0 && (i+n)%others != 0 {
			continue
		}
		doc := in(v)
		_, refused := w.decode(doc)
		objected := w.object(doc)
		if refused == nil && objected != nil && v != "" {
			w.t.Errorf("%s: %v is good, but the schema refuses it: %v", path, v, objected)
		}
		if refused != nil && objected == nil && !needsDecoder(refused) {
			w.t.Errorf("%s: %v is bad, but the schema accepts it: %v", path, v, refused)
		}
	}
}

func probes() []any {
	return []any{
		nil, true, false, -1, 0, 1, 2, 1000, 1001, 100_000, 100_001, 1_000_000, 1_000_001, 100_000_001, 1_000_000_001,
		json.Number("18446744073709551615"), 0.5, -0.5,
		"", "a", "b", "0", "1", "a b", "-a", "true", strings.Repeat("x", 65),
		"0ms", "1ms", " 50ms ", "1.5s", "1m30s", "500µs", ".5s", "1.s", "+1s", "-1ms", "1 ms", "1day", "ms",
		"20/1s", "20 / 1051ms", "0/1s", "1000001/1s", "20/0s", "20/-1s", "20", "20/1", "1/2/3s", "/1s",
		"uniform(0ms, 50ms)", "uniform(0ms)", "constant(5ms)", "constant(5)", "normal(5ms, 1ms)", "lognormal(5ms, 0.5)",
		"lognormal(5ms, 5ms)", "exponential(10ms)", "exponential(-10ms)", "empirical(sample.csv)", "gamma(5ms)", "uniform(0ms, 50ms", "uniform",
		"timestamp", "worker", "full", "none", "tps", "429", 429, "send",
		[]any{}, []any{1, 2}, []any{1}, []any{1, 2, 3}, []any{"1", "2"}, map[string]any{},
	}
}

// needsDecoder says whether all that is wrong is beyond a schema: a range of
// times, the file of a distribution, or how values go together.
func needsDecoder(err error) bool {
	beyond := []string{
		"at most 744h", "0ms to 744h", "1ms to 744h", "0ms to 1m", "at least 1µs", // ranges of times
		"on the grid of", "finer step", "above the upper end", "mean of 0", "not a number", "step does not suit", // distributions
		"below the resolution", "workers for", "room for", "among", "want ascending times", "less than the duration", // together
		"has per_wakeup", "want at least base", "has 2 before", "over is ", "unknown strategy", "unknown over",
		"which no request of load.mix", "add up to",
	}
	for _, p := range problemsIn(err) {
		if strings.Contains(p.Msg, " is 0") && strings.Contains(p.Msg, "more than 0 and at most 744h") {
			return false
		}
		known := slices.ContainsFunc(beyond, func(s string) bool { return strings.Contains(p.Msg, s) })
		if !known && !validated(p.Msg) && !strings.HasSuffix(p.Msg, "want a whole number") { // of any size
			return false
		}
	}
	return true
}

// validated says whether a message comes from the limiter's own Validate.
func validated(msg string) bool {
	return strings.Contains(msg, ", want ") && !strings.Contains(msg, "want a ") && !strings.HasPrefix(msg, "unknown")
}

// object returns what the schema has against a scenario.
func (w *walker) object(doc any) error {
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(jsonText(w.t, doc)))
	if err != nil {
		w.t.Fatal(err)
	}
	return w.compiled.Validate(v)
}

func (w *walker) decode(doc any) (*Scenario, error) {
	fsys := fstest.MapFS{"sample.csv": {Data: []byte("1\n2\n")}}
	return Loader{Kinds: w.kinds}.Parse("probe.yaml", []byte(jsonText(w.t, doc)), fsys)
}

// jsonText writes a scenario as JSON, which is YAML too.
func jsonText(t *testing.T, doc any) string {
	t.Helper()
	if m, ok := doc.(map[string]any); ok && m["strategies"] != nil && m["expect"] != nil { // for expectations to compare
		m = maps.Clone(m)
		m["strategies"] = append(slices.Clone(m["strategies"].([]any)), map[string]any{"name": "b", "limiter": map[string]any{"kind": "window"}})
		doc = m
	}
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
