package pace

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/nonce"
)

// keyed is a transport in a bubble that paces each host by 10 ms and forgets
// hosts after a minute; made counts the limiters made for each. Base takes the
// time named by the path.
type keyed struct {
	*Transport
	mu   sync.Mutex
	made map[string]int
}

func newKeyed(t *testing.T) *keyed {
	k := &keyed{made: map[string]int{}}
	k.Transport = &Transport{
		Key: func(r *http.Request) string { return r.Host },
		NewLimiter: func(key string) (limiter.Limiter, error) {
			k.mu.Lock()
			k.made[key]++
			k.mu.Unlock()
			return limiter.Guards{Penalty: time.Second}.Guard(evenly(10 * ms))
		},
		Base: trip(func(r *http.Request) (*http.Response, error) {
			d, err := time.ParseDuration(r.URL.Path[1:])
			if err != nil {
				t.Error(err)
			}
			time.Sleep(d)
			if r.URL.RawQuery != "" {
				return answer(r, 429, "Retry-After", r.URL.RawQuery), nil
			}
			return answer(r, 200), nil
		}),
		IdleTimeout: time.Minute,
	}
	return k
}

func (k *keyed) get(t *testing.T, url string) {
	req, err := http.NewRequest("GET", "http://"+url, nil)
	if err == nil {
		_, err = k.RoundTrip(req)
	}
	if err != nil {
		t.Error(err)
	}
}

// remembered is how many keys are held after one more request, a timeout later.
func (k *keyed) remembered(t *testing.T) int {
	time.Sleep(k.IdleTimeout)
	k.get(t, "probe/0s")
	return k.keys.Len()
}

func TestTransportForgetsIdleKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeyed(t)
		k.get(t, "a/0s")
		time.Sleep(30 * time.Second)
		k.get(t, "a/0s")
		k.get(t, "b/0s")
		time.Sleep(45 * time.Second)
		k.get(t, "a/0s") // b has been idle for 45 s
		if k.keys.Len() != 2 || k.made["a"] != 1 {
			t.Errorf("%d keys, %d limiters for a", k.keys.Len(), k.made["a"])
		}
		if n := k.remembered(t); n != 1 {
			t.Errorf("%d keys, want the probe's", n)
		}
		k.get(t, "a/0s")
		if k.made["a"] != 2 {
			t.Errorf("%d limiters for a", k.made["a"])
		}
	})
}

func TestTransportKeepsKeysInUse(t *testing.T) {
	for _, c := range []struct {
		name, request string
		minutes       int // until it can be forgotten
	}{
		{"under way", "a/5m", 6},
		{"told to wait", "a/0s?300", 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newKeyed(t)
				var wg sync.WaitGroup
				wg.Go(func() { k.get(t, c.request) })
				synctest.Wait()
				for minute := 1; minute < c.minutes; minute++ {
					if n := k.remembered(t); n != 2 {
						t.Fatalf("after %d minutes %d keys, want 2", minute, n)
					}
				}
				if n := k.remembered(t); n != 1 {
					t.Errorf("%d keys at last, want the probe's", n)
				}
				wg.Wait()
			})
		})
	}
}

// A key per request: what is held is bounded by what came within two timeouts.
// What was not answered is not for Classify.
func TestClassifyHasAnAnswer(t *testing.T) {
	broken, calls := errors.New("broken"), 0
	tr := &Transport{
		Base:       failing{broken},
		NewLimiter: func(string) (limiter.Limiter, error) { return &spaced{}, nil },
		Classify: func(r *http.Response, o limiter.Outcome) limiter.Outcome {
			calls++
			return o
		},
	}
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://host/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := tr.RoundTrip(req); err != broken || resp != nil || calls != 0 {
		t.Errorf("%v, %v, asked %d times", resp, err, calls)
	}
}

type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

func TestTransportKeysDoNotPileUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeyed(t)
		most := 0
		for i := range 1000 {
			k.get(t, fmt.Sprintf("host%d/0s", i))
			time.Sleep(time.Second)
			most = max(most, k.keys.Len())
		}
		if most > 121 {
			t.Errorf("%d keys at once, want at most those of two minutes", most)
		}
		if len(k.made) != 1000 {
			t.Errorf("%d limiters made", len(k.made))
		}
	})
}

func TestTransportRemembersForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeyed(t)
		k.IdleTimeout = 0
		k.get(t, "a/0s")
		time.Sleep(1000 * time.Hour)
		k.get(t, "b/0s")
		if k.keys.Len() != 2 {
			t.Errorf("%d keys", k.keys.Len())
		}
	})
}

// A million keys that have expired stop nobody: each request forgets a few.
func TestTransportForgetsAFewAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeyed(t)
		const keys = 1000
		for i := range keys {
			k.get(t, fmt.Sprintf("host%d/0s", i))
		}
		for n := 1; n <= 3; n++ {
			if got, want := k.remembered(t), keys+1-8*n; got != want {
				t.Errorf("%d keys after %d requests, want %d", got, n, want)
			}
		}
		for range keys / 8 {
			k.get(t, "probe/0s")
		}
		if got := k.keys.Len(); got != 1 {
			t.Errorf("%d keys at last, want the probe's", got)
		}
	})
}

// A key whose nonces are ahead of the clock would go back to ones that the
// server has seen, if it were forgotten.
func TestTransportKeepsKeysWhoseNoncesAreAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeyed(t)
		k.NewNonces = func(key string) *nonce.Source {
			n := nonce.New(nonce.Increasing, nil)
			if key == "a" {
				n.ContinueAfter(time.Now().Add(150 * time.Second).UnixMilli())
			}
			return n
		}
		k.get(t, "a/0s")
		for minute := 1; minute <= 2; minute++ {
			if n := k.remembered(t); n != 2 {
				t.Errorf("after %d minutes %d keys, want 2", minute, n)
			}
		}
		if n := k.remembered(t); n != 1 {
			t.Errorf("%d keys at last, want the probe's", n)
		}
	})
}

// troublesome is a limiter that panics when it is asked.
type troublesome struct{ limiter.Limiter }

func (troublesome) Next(time.Time, int64) time.Time { panic("trouble") }

// What goes wrong with the limiter of one key is the matter of that key alone,
// then and when keys are forgotten.
func TestTroubleOfOneKey(t *testing.T) {
	broken := errors.New("no limiter today")
	for _, c := range []struct {
		name       string
		newLimiter func() (limiter.Limiter, error)
		newNonces  func() *nonce.Source
		is         error
		panics     string
	}{
		{name: "error", newLimiter: func() (limiter.Limiter, error) { return nil, broken }, is: broken},
		{name: "none", newLimiter: func() (limiter.Limiter, error) { return nil, nil }, is: errNoLimiter},
		{name: "panic of NewLimiter", newLimiter: func() (limiter.Limiter, error) { panic("trouble") }, panics: "trouble"},
		{name: "panic of NewNonces", newLimiter: func() (limiter.Limiter, error) { return evenly(ms), nil }, newNonces: func() *nonce.Source { panic("trouble") }, panics: "trouble"},
		{name: "panic of Next", newLimiter: func() (limiter.Limiter, error) { return troublesome{evenly(ms)}, nil }, panics: "trouble"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newKeyed(t)
				good := k.NewLimiter
				k.NewLimiter = func(key string) (limiter.Limiter, error) {
					if key == "bad" {
						return c.newLimiter()
					}
					return good(key)
				}
				k.NewNonces = func(key string) *nonce.Source {
					if key == "bad" && c.newNonces != nil {
						return c.newNonces()
					}
					return nil
				}
				for range 2 {
					body := &closeCounter{}
					panicked, err := attempt(t, k.Transport, "http://bad/0s", body)
					if panicked != c.panics || !errors.Is(err, c.is) || c.is != nil && body.closed != 1 {
						t.Errorf("got %v, panic %q, body closed %d times; want %v, panic %q", err, panicked, body.closed, c.is, c.panics)
					}
					k.get(t, "a/0s")
				}
				if held := k.keys.Find("bad") != nil; held != (c.name == "panic of Next") {
					t.Errorf("the key is held: %v", held)
				}
				if n := k.remembered(t); n != 1 {
					t.Errorf("%d keys are held at last, want the probe's", n)
				}
			})
		})
	}
}

// attempt sends a request, and returns its error and what it panicked with.
func attempt(t *testing.T, tr *Transport, url string, body io.ReadCloser) (panicked string, err error) {
	t.Helper()
	defer func() {
		if v := recover(); v != nil {
			panicked = fmt.Sprint(v)
		}
	}()
	req, err := http.NewRequest("POST", url, body)
	if err != nil {
		t.Fatal(err)
	}
	_, err = tr.RoundTrip(req)
	return "", err
}

// A slow NewLimiter holds up the requests of its key, and is called once.
func TestSlowNewLimiterHoldsUpItsKeyAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeyed(t)
		good := k.NewLimiter
		k.NewLimiter = func(key string) (limiter.Limiter, error) {
			if key == "slow" {
				time.Sleep(time.Second)
			}
			return good(key)
		}
		start := time.Now()
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { k.get(t, "slow/0s") })
		}
		synctest.Wait()
		k.get(t, "a/0s")
		if took := time.Since(start); took > 0 {
			t.Errorf("another key waited for %v", took)
		}
		wg.Wait()
		if k.made["slow"] != 1 {
			t.Errorf("%d limiters made", k.made["slow"])
		}
	})
}

// There is room for MaxKeys, and for others when some have been idle for long.
func TestTransportMaxKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &Transport{
			Key:        func(r *http.Request) string { return r.Host },
			NewLimiter: func(string) (limiter.Limiter, error) { return &spaced{}, nil },
			Base:       trip(func(r *http.Request) (*http.Response, error) { return answer(r, 200), nil }),
			MaxKeys:    2, IdleTimeout: time.Minute,
		}
		send := func(key string, want error) {
			t.Helper()
			body := &closeCounter{}
			req, err := http.NewRequest("POST", "http://"+key+"/", body)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tr.RoundTrip(req); !errors.Is(err, want) || want != nil && body.closed != 1 {
				t.Errorf("key %s: %v, want %v; body closed %d times", key, err, want, body.closed)
			}
		}
		send("a", nil)
		send("b", nil)
		send("c", ErrKeys)
		send("a", nil)
		time.Sleep(time.Minute)
		send("c", nil)
		send("d", nil)
		send("a", ErrKeys)
	})
}
