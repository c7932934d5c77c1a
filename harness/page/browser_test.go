package page

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A browser is a headless Chromium with one tab.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	problems []string // errors and warnings of the console, exceptions
	requests []string // addresses
}

// startBrowser skips the test where there is no Chromium.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome", "chrome", "headless-shell"}
	i := slices.IndexFunc(names, func(name string) bool { _, err := exec.LookPath(name); return err == nil })
	if i < 0 {
		t.Skipf("no browser found, looked for %s", strings.Join(names, ", "))
	}
	b := &browser{t: t}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute) // t.Context ends before the browser is closed
	t.Cleanup(cancel)
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(names[i]),
		chromedp.NoSandbox, // does not work for root, and the pages are our own
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.WindowSize(1240, 900),
	)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	b.ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(b.observe))
	t.Cleanup(cancel)
	t.Cleanup(func() { _ = chromedp.Cancel(b.ctx) }) // lets it tidy up, which it does not if it is killed
	b.do(chromedp.Navigate("about:blank"))
	return b
}

// observe notes what should not happen.
func (b *browser) observe(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.problems = append(b.problems, fmt.Sprintf("exception: %+v", e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		b.problems = append(b.problems, fmt.Sprintf("console: %s", e.Type))
	case *log.EventEntryAdded:
		b.problems = append(b.problems, fmt.Sprintf("%s: %s", e.Entry.Level, e.Entry.Text))
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	}
}

// checkObserver opens a page that does what a report must not do: the silence
// of the others would otherwise mean nothing.
func (b *browser) checkObserver(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bad.html")
	page := `<meta http-equiv="Content-Security-Policy" content="style-src 'none'"><p style="color: red">
		<script>console.error('error'); new Image().src = 'missing.png'; setTimeout(() => { window.done = true; throw 'exception'; })</script>`
	if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate("file://" + path))
	b.until(`window.done`)
	b.mu.Lock()
	defer b.mu.Unlock()
	seen := strings.Join(append(b.problems, b.requests...), "\n")
	for _, want := range []string{"console: error", "exception", "Content Security Policy", "missing.png"} {
		if !strings.Contains(seen, want) {
			t.Fatalf("%s was not noticed:\n%s", want, seen)
		}
	}
}

// open shows a page, and reports at the end of the test what it complains of
// and what it asks for.
func (b *browser) open(t *testing.T, path string) *browser {
	t.Helper()
	tab := &browser{t: t, ctx: b.ctx}
	b.mu.Lock()
	b.problems, b.requests = nil, nil
	b.mu.Unlock()
	address := "file://" + path
	tab.do(chromedp.EmulateViewport(1240, 900), chromedp.Navigate(address))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, p := range b.problems {
			t.Errorf("%s: %s", filepath.Base(path), p)
		}
		for _, r := range b.requests {
			if r != address && r != "data:," {
				t.Errorf("%s asks for %.100s", filepath.Base(path), r)
			}
		}
	})
	return tab
}

// withoutScripts shows a page whose scripts do not run, until the end of the
// test.
func (b *browser) withoutScripts(t *testing.T, path string) *browser {
	t.Helper()
	set := func(disabled bool) {
		b.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: disabled})
			return err
		}))
	}
	set(true)
	t.Cleanup(func() { set(false) })
	return b.open(t, path)
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// ask evaluates an expression.
func ask[T any](b *browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until asks again and again until an expression is true. While a page is being
// opened there may be nothing to ask.
func (b *browser) until(expression string) {
	b.t.Helper()
	if err := b.becomes(expression); err != nil {
		b.t.Fatal(err)
	}
}

// becomes is until, and returns that it was in vain.
func (b *browser) becomes(expression string) error {
	b.t.Helper()
	const pause, patience = 10 * time.Millisecond, time.Minute
	var holds bool
	var err error
	for range patience / pause {
		if holds, err = chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression)); holds {
			return nil
		}
		b.do(chromedp.Sleep(pause))
	}
	return fmt.Errorf("waited in vain for %s: %v", expression, err)
}

// narrow makes the window as narrow as that of a telephone, and waits until
// nothing on the page is wider.
func (b *browser) narrow() {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(390, 844))
	const width = `document.documentElement.scrollWidth`
	if err := b.becomes(width + ` <= 390`); err != nil {
		b.t.Errorf("the page is %d wide: %v", ask[int](b, width), err)
	}
}

// emulate sets the medium, "" for the screen, and whether the system is dark.
func (b *browser) emulate(medium, scheme string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Media:    medium,
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
}

// shoot keeps a picture of the whole page when the environment variable
// SCREENSHOTS names a folder.
func (b *browser) shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	image, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), image, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
