package findings

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	resultsDir = "../../../results"
	readme     = "../../../README.md"
)

// The committed pages are what the committed results say.
func TestPagesAreUpToDate(t *testing.T) {
	files, err := Generate(resultsDir, readme)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		got, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(f.Content) {
			t.Errorf("%s is not what the results say: run make bench", f.Path)
		}
	}
}

var number = regexp.MustCompile(`\d+(\.\d+)?`)

// Every figure on the page is in the list of figures, whose sources are result
// files, or a parameter that stands in a scenario file.
func TestEveryFigureHasASource(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(resultsDir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(resultsDir, "figures.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []Figure
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, f := range list {
		known[strings.TrimPrefix(f.Text, "-")] = true
		if strings.Contains(f.Source, "no value") {
			t.Errorf("%s has no value: %s", f.Text, f.Source)
		}
	}
	if len(list) < 100 {
		t.Errorf("%d figures, want more: the page says little", len(list))
	}
	for _, n := range numbersOfScenarios(t) {
		known[n] = true
	}
	findings, _, ok := strings.Cut(string(page), "\n## The files\n") // what follows explains
	if !ok {
		t.Error("the page does not explain the files")
	}
	for _, n := range number.FindAllString(findings, -1) {
		if !known[n] {
			t.Errorf("%s is on the page, and neither in figures.json nor in a scenario", n)
		}
	}
}

// numbersOfScenarios are the parameters that the text may name.
func numbersOfScenarios(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("../../../scenarios/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d scenarios, %v", len(paths), err)
	}
	var numbers []string
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, number.FindAllString(string(b), -1)...)
	}
	// Answers are called by their status.
	return append(numbers, "400", "429")
}

// Sources of plain figures lead to the value: the file, the strategy and the
// metric that they name.
func TestSourcesLeadToTheValue(t *testing.T) {
	w := newWriter(resultsDir)
	if _, err := w.text("results.md"); err != nil {
		t.Fatal(err)
	}
	source := regexp.MustCompile(`^([a-z0-9-]+)/summary\.json: (\S+) of ([^()]+)$`)
	checked := 0
	for _, f := range w.figures.list {
		m := source.FindStringSubmatch(f.Source)
		if m == nil || strings.HasSuffix(f.Source, " / duration_s") {
			continue
		}
		if m[2] == "ceiling" {
			if ceiling := w.results.row(m[1], m[3]).Ceiling; ceiling == nil || ceiling.TPS != f.Value {
				t.Errorf("%s: not %v", f.Source, f.Value)
			}
			continue
		}
		if v := w.results.metric(m[1], m[3], m[2]); v != f.Value {
			t.Errorf("%s: %v; the page has %v", f.Source, v, f.Value)
		}
		checked++
	}
	if err := w.results.err; err != nil {
		t.Error(err)
	}
	if checked < 50 {
		t.Errorf("%d sources checked, want more", checked)
	}
}

func TestFigures(t *testing.T) {
	fs := &figures{}
	a, b := fs.make(85, 0, "a"), fs.make(74, 0, "b")
	for _, c := range []struct {
		got  Figure
		want string
	}{
		{a, "85"}, {fs.minus(a, b, 1), "11.0"}, {fs.more(a, b), "14.9"}, {fs.share(b, a), "87.1"}, {fs.times(a, b), "1.1"}, {fs.fewer(b, a), "12.9"},
		{fs.make(-0.04, 1, "zero"), "0.0"}, {fs.make(1.0/3, 3, "third"), "0.333"},
	} {
		if c.got.Text != c.want {
			t.Errorf("%s: got %s, want %s", c.got.Source, c.got.Text, c.want)
		}
	}
	if len(fs.list) != 9 {
		t.Errorf("%d figures listed, want 9", len(fs.list))
	}
	if f := fs.share(a, fs.make(0, 0, "nothing")); !strings.Contains(f.Source, "no value") {
		t.Errorf("divided by nothing, %s from %s", f.Text, f.Source)
	}
}

func TestBetweenTheMarks(t *testing.T) {
	got, err := between("a\n"+begin+"\nold\n"+end+"\nz\n", "new\n")
	if err != nil || got != "a\n"+begin+"\nnew\n"+end+"\nz\n" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, text := range []string{"", begin, end, "no marks"} {
		if _, err := between(text, "new"); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

func TestMissingResultsAreNamed(t *testing.T) {
	_, err := Generate(t.TempDir(), readme)
	if err == nil || !strings.Contains(err.Error(), "the findings need the results of") {
		t.Errorf("got %v", err)
	}
}

// What a template asks for in vain is an error that names it, and of several the first
// one.
func TestWhatIsNotThereIsNamed(t *testing.T) {
	for want, ask := range map[string]func(*writer){
		`results of blog: no strategy "nobody"`:                               func(w *writer) { w.metric("blog", "nobody", "tps", 1) },
		"results of blog: no nothing of buffer-only":                          func(w *writer) { w.metric("blog", "buffer-only", "nothing", 1) },
		"results of blog: no nothing of adaptive-drop":                        func(w *writer) { w.perSecond("blog", "adaptive-drop", "nothing", 1) },
		`results of blog: no ceiling "nothing"`:                               func(w *writer) { w.ceiling("blog", "nothing", 1) },
		"results of blog: no parameters of nobody":                            func(w *writer) { w.parameter("blog", "nobody", "poll", 1) },
		"results of blog: nothing of buffer-only":                             func(w *writer) { w.parameter("blog", "buffer-only", "nothing", 1) },
		`results of blog: no series of "nobody"`:                              func(w *writer) { w.results.at("blog", "nobody", 5) },
		"results of blog: 1000000 s are more than the":                        func(w *writer) { w.results.at("blog", "buffer-only", 1_000_000) },
		`no published figure "nothing"`:                                       func(w *writer) { w.published("nothing", 1) },
		"the findings need the results of nowhere":                            func(w *writer) { w.survivalChart("nowhere") },
		"survival: half of the runs are dead within 1e-06 s nowhere":          func(w *writer) { w.dead("survival", 1e-6) },
		`results of why-74-to-85: no strategy "interval/event loop/free/1ms"`: func(w *writer) { w.loopShare("why-74-to-85", "1ms") },
	} {
		w := newWriter(resultsDir)
		ask(w)
		w.metric("nowhere", "nobody", "nothing", 1)
		if w.results.err == nil || !strings.Contains(w.results.err.Error(), want) {
			t.Errorf("got %v, want %s", w.results.err, want)
		}
		if _, err := w.text("headline.txt"); err != w.results.err {
			t.Errorf("the text is made in spite of %v", w.results.err)
		}
		if picture, err := w.picture(w.gainChart("why-74-to-85", 0, 3)); err == nil || picture != nil {
			t.Errorf("the picture is made in spite of %v", w.results.err)
		}
	}
}

func TestWriteLeavesWhatHasNotChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	if err := Write([]File{{path, []byte("text")}}); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write([]File{{path, []byte("text")}}); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(path)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("written anew: %v", err)
	}
	if err := Write([]File{{filepath.Join(path, "below"), nil}}); err == nil {
		t.Error("a file in place of a folder, and no error")
	}
}

// What the pages link to is in the repository.
func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	for _, page := range []string{"README.md", "results/README.md", "scenarios/README.md", "clients/README.md", "harness/README.md"} {
		path := filepath.Join("../../..", page)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), string(m[1]))); err != nil {
				t.Errorf("%s links to %s: %v", page, m[1], err)
			}
		}
	}
}
