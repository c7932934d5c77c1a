package kinds

import (
	"testing"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

var reference = limiter.Quota{Limit: 20, Window: time.Second, Resolution: time.Millisecond}

func TestKindsAreDocumentedAndValid(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range All() {
		if seen[k.Name] {
			t.Errorf("two kinds have the name %s", k.Name)
		}
		seen[k.Name] = true
		if k.Name == "" || k.Summary == "" || k.Formula == "" || k.Source == "" {
			t.Errorf("%q: name, summary, formula or source is missing", k.Name)
		}
		config, params := k.New()
		if err := config.Validate(reference); err != nil {
			t.Errorf("%s: %v", k.Name, err)
		}
		checkParameters(t, k.Name, params)
	}
}

func checkParameters(t *testing.T, path string, params []Parameter) {
	t.Helper()
	seen := map[string]bool{}
	for _, p := range params {
		if p.Name == "" || seen[p.Name] {
			t.Errorf("%s: a parameter has the name %q, which is none or that of another", path, p.Name)
		}
		seen[p.Name] = true
		if inner, ok := p.Value.([]Parameter); ok {
			checkParameters(t, path+"."+p.Name, inner)
		} else if p.Help == "" {
			t.Errorf("%s.%s has no help", path, p.Name)
		}
	}
}

// Parameters are those of the configuration beside them, and of no other.
func TestParametersAreBoundToTheirConfig(t *testing.T) {
	for _, k := range All() {
		_, params := k.New()
		other, _ := k.New()
		eachDuration(params, func(d *time.Duration) { *d = -time.Hour })
		if err := other.Validate(reference); err != nil {
			t.Errorf("%s: setting the parameters of one configuration changed another: %v", k.Name, err)
		}
	}
	config, params := All()[0].New()
	eachDuration(params, func(d *time.Duration) { *d = -time.Hour })
	if config.Validate(reference) == nil {
		t.Error("setting the parameters of fixed-interval does not change it")
	}
}

func eachDuration(params []Parameter, do func(*time.Duration)) {
	for _, p := range params {
		switch at := p.Value.(type) {
		case []Parameter:
			eachDuration(at, do)
		case *time.Duration:
			do(at)
		}
	}
}

// Every kind passes the suite with its defaults.
func TestKindsConform(t *testing.T) {
	for _, k := range All() {
		t.Run(k.Name, func(t *testing.T) {
			config, _ := k.New()
			allocates := k.Name == "uber-ratelimit"
			limitertest.Conform(t, func() limiter.Limiter { return limitertest.New(config, reference) }, allocates)
		})
	}
}
