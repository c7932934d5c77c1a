package compare_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"ratebench/harness"
	"ratebench/harness/compare"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/scenario"
)

// A nullExperiment runs the same code with other seeds, over and over: whatever a
// comparison finds is chance.
type nullExperiment struct {
	scenarios   []string
	repetitions int           // pairs of sides; no two sides have a seed in common
	runs        int           // of each strategy on each side; half as many where there are more than manyRows
	duration    time.Duration // of a run, at most
}

const manyRows = 20 // strategies, or strategies times points

// theExperiment is a short one, a very short one under -short, or with RATEBENCH_NULL=20 that many repetitions
// of all scenarios, as they are but for those that take an hour.
func theExperiment(t *testing.T) nullExperiment {
	text := os.Getenv("RATEBENCH_NULL")
	if text == "" && testing.Short() {
		return nullExperiment{[]string{"blog"}, 2, 10, 8 * time.Second}
	}
	if text == "" {
		return nullExperiment{[]string{"blog", "blog-async-vs-threads"}, 4, 10, 8 * time.Second}
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("RATEBENCH_NULL is %q, want a number of repetitions", text)
	}
	files, err := filepath.Glob("../../scenarios/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for i := range files {
		files[i] = strings.TrimSuffix(filepath.Base(files[i]), ".yaml")
	}
	return nullExperiment{files, n, 20, 2 * time.Minute}
}

// sides runs everything, and returns twice as many sides as there are repetitions.
func (x nullExperiment) sides(t *testing.T) []compare.Side {
	sides := make([]compare.Side, 2*x.repetitions)
	for _, name := range x.scenarios {
		sc, err := scenario.Loader{Kinds: kinds.All()}.Load("../../scenarios/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		o := scenario.Overrides{Runs: x.runs}
		if len(sc.Rows()) > manyRows {
			o.Runs /= 2
		}
		if sc.Duration > x.duration {
			o.Duration = x.duration
		}
		for i := range sides {
			seed := 1_000_000 + uint64(i*o.Runs)
			o.Seed = &seed
			sc, err := sc.Override(o)
			if err != nil {
				t.Fatal(err)
			}
			runs, err := harness.Run(t.Context(), sc, harness.Options{})
			if err != nil {
				t.Fatal(err)
			}
			meta := result.MetaOf(sc)
			meta.Clock, meta.Expect = "virtual", nil
			d := result.Build(meta, runs)
			sides[i].Results = append(sides[i].Results, result.Data{Summary: d.Summary, Runs: d.Runs}) // the rest takes gigabytes
			sides[i].Label = fmt.Sprint("side ", i)
		}
		t.Logf("%s: %d sides of %d runs of %d rows", name, len(sides), o.Runs, len(sc.Rows()))
	}
	return sides
}

// judge compares two sides, with three conditions that one might set. It may be called
// by several goroutines.
func judge(t *testing.T, base, new compare.Side) (c compare.Comparison, passes bool) {
	t.Helper()
	var gate compare.Gate
	for _, text := range []string{"tps<-2%", "429>+5", "latency_p99_ms>+5%"} {
		condition, err := compare.ParseCondition(text)
		if err != nil {
			t.Error(err)
		}
		gate = append(gate, condition)
	}
	new.Label += " again"
	c, err := compare.Sides(base, []compare.Side{new}, compare.Options{})
	if err != nil {
		t.Error(err)
		return c, true
	}
	return c, gate.Check(&c)
}

// withLoss takes 5 % of the successes from the runs of a strategy, each by the
// same chance.
func withLoss(side compare.Side, scenario int, strategy string, random *rand.Rand) compare.Side {
	lossy := compare.Side{Label: side.Label, Results: append([]result.Data(nil), side.Results...)}
	d := &lossy.Results[scenario]
	d.Runs = append([]result.Run(nil), d.Runs...)
	at := metrics.Index("tps")
	for i, r := range d.Runs {
		if r.Strategy != strategy {
			continue
		}
		succeeded := r.Figures.Mean("succeeded")
		lost := distuv.Binomial{N: succeeded, P: 0.05, Src: random}.Rand()
		f := append(result.Figures(nil), r.Figures...)
		f[at].Value = metrics.Rounded(f[at].Value * (1 - lost/max(1, succeeded)))
		d.Runs[i].Figures = f
	}
	return lossy
}

// A tally counts how often something happened.
type tally struct{ hits, of int }

func (n *tally) add(hit bool) {
	if n.of++; hit {
		n.hits++
	}
}

func (n tally) share() float64 { return float64(n.hits) / float64(max(1, n.of)) }

func (n tally) String() string { return fmt.Sprintf("%d of %d (%.1f %%)", n.hits, n.of, 100*n.share()) }

// With the same code and other seeds a gate trips in 5 % of all cases at most,
// and verdicts are given in no more.
func TestNullExperiment(t *testing.T) {
	x := theExperiment(t)
	sides := x.sides(t)
	var trips, verdicts, tripsOfAll, verdictsOfAll, figures tally
	for i := range sides {
		for k := range i {
			c, passes := judge(t, sides[k], sides[i])
			v := &c.Against[0]
			found := v.Count(compare.Better) + v.Count(compare.Worse) + v.Count(compare.Changed)
			tripsOfAll.add(!passes)
			verdictsOfAll.add(found > 0)
			figures.hits, figures.of = figures.hits+found, figures.of+c.Tests
			if i%2 == 1 && k == i-1 { // no two of these have a run in common
				trips.add(!passes)
				verdicts.add(found > 0)
				if !passes {
					t.Logf("%s: %+v", sides[i].Label, c.Gate)
				}
			}
		}
	}
	t.Logf("repetitions in which the gate trips: %v; of all pairs of sides: %v", trips, tripsOfAll)
	t.Logf("repetitions in which a figure has a verdict: %v; of all pairs of sides: %v; figures: %v", verdicts, verdictsOfAll, figures)
	if trips.hits > 1 || tripsOfAll.share() > 0.05 {
		t.Errorf("the gate trips too often: %v, %v", trips, tripsOfAll)
	}
	if verdictsOfAll.share() > 0.1 {
		t.Errorf("too many figures have a verdict: %v", verdictsOfAll)
	}
	x.losses(t, sides)
}

// losses takes 5 % of the successes from one strategy after the other. The gate
// finds it in 95 % of all cases at least: against the same seeds in all strategies,
// and against other seeds in those that are steady. Of the others, such as those
// that are banned at random, twenty runs do not tell so much, nor do half as many.
func (x nullExperiment) losses(t *testing.T, sides []compare.Side) {
	var sameSeeds, steady, unsteady tally
	for scenario, d := range sides[0].Results {
		name := d.Summary.Scenario.Name
		for row, s := range d.Summary.Strategies {
			var own tally
			isSteady := s.TPS().Margin() <= 0.01*s.TPS().Value && d.Summary.Runs >= x.runs
			same, other := make([]bool, len(sides)/2), make([]bool, len(sides)/2)
			lose := func(i int) {
				base, new := sides[2*i], sides[2*i+1]
				random := rand.New(rand.NewPCG(uint64(scenario)<<32|uint64(row), uint64(i)))
				same[i] = finds(t, new, withLoss(new, scenario, s.Name, random), name, s.Name)
				other[i] = finds(t, base, withLoss(new, scenario, s.Name, random), name, s.Name)
			}
			var cores sync.WaitGroup
			for core, n := 0, runtime.NumCPU(); core < n; core++ {
				cores.Go(func() {
					for i := core; i < len(same); i += n {
						lose(i)
					}
				})
			}
			cores.Wait()
			for i, found := range other {
				sameSeeds.add(same[i])
				if own.add(found); isSteady {
					steady.add(found)
				} else {
					unsteady.add(found)
				}
			}
			if own.hits < own.of {
				t.Logf("%s, %s: the loss is found with other seeds in %v; %.2f ± %.2f tps", name, s.Name, own, s.TPS().Value, s.TPS().Margin())
			}
		}
	}
	t.Logf("losses of 5 %% found with the same seeds: %v; with other seeds: %v where all runs have the mean to 1 %%, else %v", sameSeeds, steady, unsteady)
	if sameSeeds.share() < 0.95 || steady.share() < 0.95 {
		t.Errorf("too many losses are missed: %v, %v", sameSeeds, steady)
	}
}

// finds says whether the gate fails for the throughput of a strategy.
func finds(t *testing.T, base, new compare.Side, scenario, strategy string) bool {
	t.Helper()
	c, _ := judge(t, base, new)
	for _, f := range c.Gate[0].Failures {
		if f.Scenario == scenario && f.Strategy == strategy && !f.Unknown {
			return true
		}
	}
	return false
}
