package page

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ratebench/harness/chart"
	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
)

// writePage puts a report into a folder of its own.
func writePage(t *testing.T, d result.Data) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), folder.ReportFile)
	if err := os.WriteFile(path, []byte(pageOf(t, d)), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPagesInBrowser opens pages in Chromium and does what readers do.
func TestPagesInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a browser through all pages")
	}
	b := startBrowser(t)
	b.checkObserver(t)
	d := resulttest.Synthetic(resulttest.Many(5), 5, 20*time.Second)
	path := writePage(t, d)
	for _, tc := range []struct {
		name string
		test func(t *testing.T, b *browser, d result.Data)
	}{
		{"values at the mouse", testHover},
		{"values by keyboard", testArrowKeys},
		{"strategies on and off", testChoice},
		{"sorting", testSorting},
		{"dark and light", testDark},
		{"narrow screen", testNarrow},
		{"a phone's first screen", testFirstScreen},
		{"the way back", testWayBack},
		{"paper", testPaper},
		{"skip link", testSkipLink},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tab := b.open(t, path)
			tab.until(`document.querySelectorAll('.uplot canvas').length === document.querySelectorAll('.panel').length`)
			tc.test(t, tab, d)
		})
	}
	t.Run("hostile texts", func(t *testing.T) { testHostile(b.open(t, writePage(t, hostileTexts()))) })
	t.Run("20 strategies", func(t *testing.T) {
		testMany(b.open(t, writePage(t, resulttest.Synthetic(resulttest.Many(20), 1, time.Minute))))
	})
	for name, d := range resulttest.ChartData() {
		switch name {
		case "no seconds", "nothing happens", "one second", "an hour", "long names":
			t.Run(name, func(t *testing.T) { testNarrow(t, b.open(t, writePage(t, d)), d) })
		}
	}
	t.Run("stages", func(t *testing.T) { testStages(t, b.open(t, writePage(t, resulttest.ChartData()["stages"]))) })
	t.Run("what happens when", func(t *testing.T) { testHappenings(t, b) })
	t.Run("what clients cost", func(t *testing.T) { testCost(t, b.open(t, writePage(t, resulttest.PairOf()))) })
	t.Run("without scripts", func(t *testing.T) { testNoScripts(b.withoutScripts(t, path)) })
	t.Run("index", func(t *testing.T) { testIndex(t, b) })
	t.Run("a sweep", func(t *testing.T) {
		d := resulttest.SweepOf(result.Axis{Name: "cost", Values: []string{"0ms", "3ms", "6ms"}}, result.Axis{Name: "way", Values: []string{"a", "b", "c", "d"}})
		testSweep(t, b.open(t, writePage(t, d)), d)
	})
}

// moveTo puts the mouse into a chart, at a second of 20 and halfway up.
func (b *browser) moveTo(chart int, second float64) {
	b.t.Helper()
	b.do(chromedp.ScrollIntoView(chromedp.CSS(fmt.Sprintf("#chart%d", chart))))
	box := ask[[4]float64](b, fmt.Sprintf(`(() => {
		const r = document.querySelector('#chart%d .u-over').getBoundingClientRect();
		return [r.x, r.y, r.width, r.height];
	})()`, chart))
	x, y := box[0]+box[2]*second/20, box[1]+box[3]/2
	b.do(chromedp.MouseEvent("mouseMoved", x-20, y), chromedp.MouseEvent("mouseMoved", x, y))
}

// tip is the text of the values shown, line by line.
func (b *browser) tip() []string {
	b.t.Helper()
	b.until(`document.querySelectorAll('.tip:not([hidden])').length === 1`)
	return ask[[]string](b, `[...document.querySelectorAll('.tip:not([hidden]) .time, .tip:not([hidden]) .row')]
		.map(e => [...e.childNodes].map(c => c.textContent).filter(Boolean).join(' '))`)
}

// tipOf is what should be shown for a second of a chart whose values are
// counts: the highest first.
func tipOf(d result.Data, panel, second int) []string {
	data := newPageData(d, chart.FiguresOf(chart.Options{}))
	order := []int{0, 1, 2, 3, 4}
	value := func(i int) float64 { return *data.Charts[panel].Lines[i][second] }
	slices.SortStableFunc(order, func(a, b int) int { return int(1000*value(b)) - int(1000*value(a)) })
	lines := []string{fmt.Sprintf("%d to %d s", second, second+1)}
	for _, i := range order {
		lines = append(lines, fmt.Sprintf("%s %.3g", d.Summary.Strategies[i].Name, value(i)))
	}
	return lines
}

// The chart of the throughput is on the first screen of a telephone, and the verdict
// below the charts.
func testFirstScreen(t *testing.T, b *browser, _ result.Data) {
	b.narrow()
	top := `(e => e.getBoundingClientRect().top + scrollY)(document.querySelector('%s'))`
	chart, cards := ask[float64](b, fmt.Sprintf(top, "#chart0 canvas")), ask[float64](b, fmt.Sprintf(top, ".cards"))
	if chart > 844-200 {
		t.Errorf("the first chart begins at %.0f of 844 pixels", chart)
	}
	if cards < chart {
		t.Errorf("the verdict is at %.0f, above the chart at %.0f", cards, chart)
	}
}

func testWayBack(t *testing.T, b *browser, _ result.Data) {
	if got := ask[string](b, `document.querySelector('.back').getAttribute('href')`); got != "../index.html" {
		t.Errorf("the way back is to %q", got)
	}
}

func testHover(t *testing.T, b *browser, d result.Data) {
	b.shoot("light")
	b.moveTo(0, 12.5)
	if got, want := b.tip(), tipOf(d, 0, 12); !slices.Equal(got, want) {
		t.Errorf("at 12.5 s: %q, want %q", got, want)
	}
	if n := ask[int](b, `document.querySelectorAll('.u-cursor-x:not(.u-off)').length`); n != 5 {
		t.Errorf("%d charts have a cursor, want 5", n)
	}
	// Below them are the ceilings, and what the values are stands above.
	below := ask[[]string](b, `[...document.querySelectorAll('.tip:not([hidden]) .ceiling, .tip:not([hidden]) .unit')].map(e => e.textContent)`)
	if want := []string{"successful requests per second", "server cap99.9", "provable ceiling95.9"}; !slices.Equal(below, want) {
		t.Errorf("beside the values: %q, want %q", below, want)
	}
	b.shoot("hover")
	b.moveTo(4, 3.5)
	if got, want := b.tip(), tipOf(d, 4, 3); !slices.Equal(got, want) {
		t.Errorf("queues at 3.5 s: %q, want %q", got, want)
	}
	b.do(chromedp.MouseEvent("mouseMoved", 2, 2))
	b.until(`!document.querySelector('.tip:not([hidden])')`)
}

func testArrowKeys(t *testing.T, b *browser, d result.Data) {
	b.do(chromedp.Focus(chromedp.CSS("#chart0")))
	b.do(chromedp.KeyEvent(kb.Home), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	want := tipOf(d, 0, 2)
	if got := b.tip(); !slices.Equal(got, want) {
		t.Errorf("two steps from the start: %q, want %q", got, want)
	}
	if got := ask[string](b, `document.activeElement.ariaValueText`); got != strings.Join(want, ", ") {
		t.Errorf("a screen reader says %q", got)
	}
	if outline := ask[string](b, `getComputedStyle(document.activeElement).outlineStyle`); outline == "none" {
		t.Error("the focus cannot be seen")
	}
	b.do(chromedp.KeyEvent(kb.Escape))
	b.until(`!document.querySelector('.tip:not([hidden])')`)
}

// rows are the strategies in the table, from top to bottom.
func (b *browser) rows() []string {
	b.t.Helper()
	return ask[[]string](b, `[...document.querySelectorAll('tbody tr:not([hidden]) th')].map(e => e.textContent)`)
}

func testChoice(t *testing.T, b *browser, d result.Data) {
	name := func(i int) string { return d.Summary.Strategies[i].Name }
	if got := len(b.rows()); got != 5 {
		t.Fatalf("%d rows", got)
	}
	b.do(chromedp.Click(chromedp.CSS(`[data-strategy="1"]`)))
	if got := b.rows(); len(got) != 4 || slices.Contains(got, name(1)) {
		t.Errorf("without %s the table has %q", name(1), got)
	}
	b.moveTo(0, 5.5)
	if got := strings.Join(b.tip(), "\n"); strings.Contains(got, name(1)) || !strings.Contains(got, name(0)) {
		t.Errorf("without %s the chart shows %q", name(1), got)
	}
	b.do(chromedp.Focus(chromedp.CSS(`[data-strategy="1"]`)), chromedp.KeyEvent(" "))
	if got := len(b.rows()); got != 5 {
		t.Errorf("switched on again by keyboard: %d rows", got)
	}
	b.do(chromedp.DoubleClick(chromedp.CSS(`label:has([data-strategy="3"]) span`)))
	if got := b.rows(); !slices.Equal(got, []string{name(3)}) {
		t.Errorf("a double click leaves %q", got)
	}
	b.do(chromedp.Click(chromedp.CSS("#none")))
	if got := b.rows(); len(got) != 0 {
		t.Errorf("none leaves %q", got)
	}
	b.do(chromedp.Click(chromedp.CSS("#all")), chromedp.Click(chromedp.CSS("#bands")))
	if got := len(b.rows()); got != 5 {
		t.Errorf("all shows %d rows", got)
	}
}

func testSorting(t *testing.T, b *browser, d result.Data) {
	sortState := func() string {
		return ask[string](b, `[...document.querySelectorAll('thead th')].map(e => e.ariaSort[0]).join('')`)
	}
	var byName []string
	for _, s := range d.Summary.Strategies {
		byName = append(byName, s.Name)
	}
	slices.Sort(byName)
	if got := sortState(); got != "ndnnnnnnnn" {
		t.Errorf("at first the columns are sorted as %q", got)
	}
	byTPS := b.rows()
	b.do(chromedp.Click(chromedp.CSS("thead th:nth-child(1) button")))
	if got := b.rows(); !slices.Equal(got, byName) || sortState() != "annnnnnnnn" {
		t.Errorf("by name: %q, %s", got, sortState())
	}
	b.do(chromedp.KeyEvent(kb.Enter)) // the button has the focus
	slices.Reverse(byName)
	if got := b.rows(); !slices.Equal(got, byName) || sortState() != "dnnnnnnnnn" {
		t.Errorf("by name, backwards: %q, %s", got, sortState())
	}
	b.do(chromedp.Focus(chromedp.CSS("thead th:nth-child(2) button")), chromedp.KeyEvent(" "))
	if got := b.rows(); !slices.Equal(got, byTPS) || sortState() != "ndnnnnnnnn" {
		t.Errorf("by throughput: %q, %s", got, sortState())
	}
	b.do(chromedp.Click(chromedp.CSS("thead th:nth-child(6) button")))
	latencies := ask[[]float64](b, `[...document.querySelectorAll('tbody td:nth-child(6)')].map(e => +e.dataset.value)`)
	if !slices.IsSorted(latencies) || sortState() != "nnnnnannnn" {
		t.Errorf("by latency, the best first: %v, %s", latencies, sortState())
	}
}

func testDark(t *testing.T, b *browser, _ result.Data) {
	page := func() string { return ask[string](b, `getComputedStyle(document.body).backgroundColor`) }
	name := func() string { return ask[string](b, `getComputedStyle(document.querySelector('figure text')).fill`) }
	const light, dark = "rgb(245, 247, 249)", "rgb(18, 22, 26)"
	ink := name()
	b.emulate("", "dark")
	b.until(fmt.Sprintf(`getComputedStyle(document.body).backgroundColor === %q`, dark))
	if name() == ink {
		t.Error("the pictures stay light")
	}
	b.shoot("dark")
	b.do(chromedp.Click(chromedp.CSS("#theme")))
	if got := page(); got != light || name() != ink {
		t.Errorf("after a click the page is %s, its pictures %s", got, name())
	}
	button := func() string { return ask[string](b, `document.getElementById('theme').textContent`) }
	if got := button(); got != "Dark page" {
		t.Errorf("on a light page the button is called %q", got)
	}
	b.emulate("", "light")
	b.do(chromedp.Click(chromedp.CSS("#theme")))
	if got := page(); got != dark {
		t.Errorf("after another click the page is %s", got)
	}
	if got := button(); got != "Light page" {
		t.Errorf("on a dark page the button is called %q", got)
	}
}

func testNarrow(t *testing.T, b *browser, _ result.Data) {
	b.narrow()
	b.until(`[...document.querySelectorAll('.panel .uplot')].at(-1)?.offsetWidth < 390`)
	if n := ask[int](b, `document.querySelector('#chart0 .uplot').offsetWidth`); n < 300 {
		t.Errorf("the chart is %d wide", n)
	}
	// No figure is cut: each is scaled to the screen.
	if n := ask[int](b, `[...document.querySelectorAll('.figure')].filter(f => f.scrollWidth > f.clientWidth).length`); n > 0 {
		t.Errorf("%d figures are wider than the screen", n)
	}
	b.shoot("narrow")
}

func testPaper(t *testing.T, b *browser, _ result.Data) {
	b.emulate("print", "dark")
	defer b.emulate("", "light")
	for selector, least := range map[string]int{".charts": 0, ".strategies": 0, ".paper": 300, "table": 100, "details": 1000} {
		height := ask[int](b, fmt.Sprintf(`document.querySelector(%q).offsetHeight`, selector))
		if height < least || least == 0 && height > 0 {
			t.Errorf("%s is printed %d high, want at least %d, or nothing", selector, height, least)
		}
	}
	if ink := ask[string](b, `getComputedStyle(document.body).color`); ink != "rgb(31, 41, 51)" {
		t.Errorf("printed in %s", ink)
	}
	b.shoot("paper")
}

func testSkipLink(t *testing.T, b *browser, _ result.Data) {
	b.do(chromedp.KeyEvent(kb.Tab))
	if got := ask[float64](b, `document.activeElement.matches('.skip') ? document.activeElement.getBoundingClientRect().top : -1`); got < 0 {
		t.Errorf("the first stop is at %v, or not the link", got)
	}
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until(`document.activeElement.id === 'results'`)
}

func testNoScripts(b *browser) {
	for selector, want := range map[string]bool{".charts": false, ".strategies": false, "#theme": false, ".paper svg": true, "table": true, "noscript p": true} {
		_, err := chromedp.Run(b.ctx, chromedp.Dimensions(chromedp.CSS(selector), chromedp.NodeReady))
		if shown := err == nil; shown != want {
			b.t.Errorf("without scripts %s is shown: %v, want %v (%v)", selector, shown, want, err)
		}
	}
}

func testHostile(b *browser) {
	b.until(`document.querySelectorAll('.uplot canvas').length === document.querySelectorAll('.panel').length`)
	b.moveTo(0, 10)
	b.tip()
	if harm := ask[bool](b, `'harmed' in window`); harm {
		b.t.Error("a text was executed")
	}
	if name, want := ask[string](b, `document.querySelector('h1').textContent`), hostileTexts().Summary.Scenario.Name; name != want {
		b.t.Errorf("the heading is %q, want %q", name, want)
	}
}

// Of a sweep with many rows, the charts open with those of one point; others can be
// chosen, and all.
func testSweep(t *testing.T, b *browser, d result.Data) {
	b.until(`document.querySelectorAll('.uplot canvas').length === document.querySelectorAll('.panel').length`)
	at := func(way string) []string {
		var names []string
		for _, s := range d.Summary.Strategies {
			if s.Point[0] == "0ms" && (way == "" || s.Point[1] == way) {
				names = append(names, s.Name)
			}
		}
		return names
	}
	pills := func() []string {
		return ask[[]string](b, `[...document.querySelectorAll('label:not([hidden]):has([data-strategy]:checked) span')].map(e => e.textContent)`)
	}
	if got, want := pills(), at("a"); !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("the page opens with %q, want %q", got, want)
	}
	choose := func(value string) {
		b.until(fmt.Sprintf(`(s => { s.value = %q; s.dispatchEvent(new Event('change')); return true; })(document.querySelector('select[data-axis="1"]'))`, value))
	}
	choose("2")
	if got, want := pills(), at("c"); !slices.Equal(got, want) {
		t.Errorf("at c are %q, want %q", got, want)
	}
	choose("")
	if got, want := pills(), at(""); !slices.Equal(got, want) {
		t.Errorf("at all ways are %q, want %q", got, want)
	}
	b.do(chromedp.Click(chromedp.CSS("#none")), chromedp.Click(chromedp.CSS("#all")))
	if got, want := pills(), at(""); !slices.Equal(got, want) {
		t.Errorf("the button shows %q, want those of the chosen values, %q", got, want)
	}
	testFirstScreen(t, b, d)
}

func testMany(b *browser) {
	b.until(`document.querySelectorAll('.uplot canvas').length === document.querySelectorAll('.panel').length`)
	b.moveTo(0, 10)
	if got := len(b.tip()); got != 21 {
		b.t.Errorf("%d lines of values, want 21", got)
	}
	// A button leaves out those that lose keys.
	b.do(chromedp.Click(chromedp.CSS("#living")))
	living := 0
	for _, s := range resulttest.Synthetic(resulttest.Many(20), 1, time.Minute).Summary.Strategies {
		if s.KeepsKeys() {
			living++
		}
	}
	if got := len(b.rows()); got != living || living == 20 {
		b.t.Errorf("%d rows are left, want the %d that keep their keys", got, living)
	}
	b.shoot("many")
}

// testStages looks for the steps of the ceilings, with all strategies switched
// off, in all of the run and in a part of it.
// Beside the values stands what is not as at first at that time, and to whom: in a
// point's time or at its moment.
func testHappenings(t *testing.T, b *browser) {
	d := resulttest.Synthetic(resulttest.Many(2), 1, 20*time.Second)
	first, second := d.Summary.Strategies[0].Name, d.Summary.Strategies[1].Name
	d.Scenario = []byte(`{"duration":"20s","load":{"every":"1ms","stages":[{"at":"12s","every":"2ms"}]},"strategies":[{"name":"` + first + `"},
		{"name":"` + second + `","client":{"clock":{"jumps":[{"at":"5s","by":"-2s"}]}}}]}`)
	tab := b.open(t, writePage(t, d))
	tab.until(`document.querySelectorAll('.uplot canvas').length === document.querySelectorAll('.panel').length`)
	for at, want := range map[float64][]string{
		4.5: {}, 5.5: {"clock jumps by -2s: " + second}, 6.5: {}, 11.5: {}, 12.5: {"a request every 2ms"}, 18.5: {"a request every 2ms"},
	} {
		tab.moveTo(0, at)
		tab.until(fmt.Sprintf(`document.querySelector('.tip:not([hidden]) .time')?.textContent === %q`, fmt.Sprintf("%d to %d s", int(at), int(at)+1)))
		got := ask[[]string](tab, `[...document.querySelectorAll('.tip:not([hidden]) .what')].map(e => e.textContent)`)
		if !slices.Equal(got, want) {
			t.Errorf("at %v s: %q, want %q", at, got, want)
		}
	}
	legend := ask[[]string](tab, `[...document.querySelectorAll('.panel.wide .rules li')].map(e => e.textContent).slice(-2)`)
	if want := []string{"another load", "clock jumps"}; !slices.Equal(legend, want) {
		t.Errorf("the legend ends with %q, want %q", legend, want)
	}
}

func testStages(t *testing.T, b *browser) {
	b.until(`document.querySelectorAll('.uplot canvas').length === document.querySelectorAll('.panel').length`)
	b.shoot("stages")
	b.do(chromedp.Click(chromedp.CSS("#none")))
	const down, back = 30, 60
	high, low := resulttest.SomeCeilings.ServerCap, resulttest.SomeCeilings.ServerCap/2
	marks := []struct {
		second, value float64
		want          bool
	}{
		{15, high, true}, {45, high, false}, {75, high, false},
		{15, low, false}, {45, low, false}, {75, low, true},
		{45, 0, true}, {down, high / 4, true}, {back, high / 4, true}, {back, (high + low) / 2, false},
	}
	for _, axis := range [][2]float64{{0, 90}, {20, 70}} {
		if axis[0] > 0 {
			b.drag(axis[0]/90, axis[1]/90)
		}
		for _, m := range marks {
			if m.second < axis[0] || m.second > axis[1] {
				continue
			}
			if got := b.inked((m.second-axis[0])/(axis[1]-axis[0]), m.value/(1.06*high)); got != m.want {
				t.Errorf("from %v to %v s: at %v s and a height of %.1f there is a line: %v, want %v", axis[0], axis[1], m.second, m.value, got, m.want)
			}
		}
	}
	b.shoot("stages-zoomed")
}

// drag zooms into a part of the first chart, given in shares of its width.
func (b *browser) drag(from, to float64) {
	b.t.Helper()
	b.do(chromedp.ScrollIntoView(chromedp.CSS("#chart0")))
	box := ask[[4]float64](b, `(() => {
		const r = document.querySelector('#chart0 .u-over').getBoundingClientRect();
		return [r.x, r.y, r.width, r.height];
	})()`)
	at := func(share float64) float64 { return box[0] + share*box[2] }
	y := box[1] + box[3]/2
	b.do(chromedp.MouseEvent("mouseMoved", at(from), y), chromedp.MouseEvent("mousePressed", at(from), y, chromedp.ButtonLeft),
		chromedp.MouseEvent("mouseMoved", at(to), y, chromedp.ButtonLeft), chromedp.MouseEvent("mouseReleased", at(to), y, chromedp.ButtonLeft))
}

// inked says whether there is anything in the colour of the ceilings at a place
// of the first chart, in shares of its width and height.
func (b *browser) inked(x, y float64) bool {
	b.t.Helper()
	return ask[bool](b, fmt.Sprintf(`(() => {
		const canvas = document.querySelector('#chart0 canvas'), outer = canvas.getBoundingClientRect();
		const plot = document.querySelector('#chart0 .u-over').getBoundingClientRect(), near = 6;
		const left = plot.x - outer.x + plot.width * %v - near, top = plot.y - outer.y + plot.height * (1 - %v) - near;
		const copy = new OffscreenCanvas(2 * near, 2 * near).getContext('2d', {willReadFrequently: true});
		copy.drawImage(canvas, -left, -top);
		const {data} = copy.getImageData(0, 0, 2 * near, 2 * near);
		for (let i = 0; i < data.length; i += 4) {
			if (data[i + 3] > 100 && data[i] < 90 && data[i + 1] < 90 && data[i + 2] < 90) return true;
		}
		return false;
	})()`, x, y))
}

// testCost switches a strategy off, whose cost goes with it, and sorts the rest.
func testCost(t *testing.T, b *browser) {
	b.until(`document.querySelectorAll('.uplot canvas').length === document.querySelectorAll('.panel').length`)
	cost := func() []string {
		return ask[[]string](b, `[...document.querySelectorAll('[aria-labelledby="resources"] tbody tr:not([hidden]) th')].map(e => e.textContent)`)
	}
	if got := cost(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("the table has %q", got)
	}
	for _, want := range [][]string{{"a", "b"}, {"b", "a"}} { // a costs less
		b.do(chromedp.Click(chromedp.CSS(`[aria-labelledby="resources"] thead th:nth-child(2) button`)))
		if got := cost(); !slices.Equal(got, want) {
			t.Errorf("sorted: %q, want %q", got, want)
		}
	}
	b.do(chromedp.Click(chromedp.CSS(`[data-strategy="0"]`)))
	if got := cost(); !slices.Equal(got, []string{"b"}) {
		t.Errorf("without a the table has %q", got)
	}
	b.shoot("cost")
	b.narrow()
}

func testIndex(t *testing.T, b *browser) {
	dir := indexFolder(t)
	if err := WriteIndex(dir, ""); err != nil {
		t.Fatal(err)
	}
	tab := b.open(t, filepath.Join(dir, IndexFile))
	tab.do(chromedp.Click(chromedp.CSS("thead th:nth-child(2) button")))
	tab.shoot("index")
	tab.narrow()
	// Nothing of a row is beyond the edge of a telephone.
	if over := ask[int](tab, `(e => e.scrollWidth - e.clientWidth)(document.querySelector('.scroll'))`); over > 0 {
		t.Errorf("the index is %d pixels wider than the screen", over)
	}
	tab.shoot("index-narrow")
	links := ask[[]string](tab, `[...document.querySelectorAll('tbody a')].map(a => decodeURIComponent(new URL(a.href).pathname))`)
	if len(links) == 0 {
		t.Error("no links")
	}
	for _, link := range links {
		if _, err := os.Stat(link); err != nil {
			t.Error(err)
		}
	}
}
