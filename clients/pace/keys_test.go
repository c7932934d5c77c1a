package pace

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
)

// keyed is a transport in a bubble that paces each host by 10 ms and forgets
// hosts after a minute; made counts the limiters made for each. Base takes the
// time named by the path.
type keyed struct {
	*Transport
	made map[string]int
}

func newKeyed(t *testing.T) *keyed {
	k := &keyed{made: map[string]int{}}
	k.Transport = &Transport{
		Key: func(r *http.Request) string { return r.Host },
		NewLimiter: func(key string) (limiter.Limiter, error) {
			k.made[key]++
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
	return len(k.keys.byName)
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
		if len(k.keys.byName) != 2 || k.made["a"] != 1 {
			t.Errorf("%d keys, %d limiters for a", len(k.keys.byName), k.made["a"])
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
func TestTransportKeysDoNotPileUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeyed(t)
		most := 0
		for i := range 1000 {
			k.get(t, fmt.Sprintf("host%d/0s", i))
			time.Sleep(time.Second)
			most = max(most, len(k.keys.byName))
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
		if len(k.keys.byName) != 2 {
			t.Errorf("%d keys", len(k.keys.byName))
		}
	})
}
