package findings

// The figures that the blog and the report behind it published.

// published holds single figures by name.
func published() map[string]float64 {
	return map[string]float64{
		"original":           74,
		"buffer only":        85,
		"async tps":          84.06,
		"threads tps":        77.48,
		"threads latency":    75.12,
		"threads failed":     0,
		"threads main queue": 1,
		"async failed":       13,
		"async latency":      769.45,
		"async main queue":   136,
		"async main average": 81.67,
		"async seconds":      25,
		"async ok":           2102,
		"threads ok":         1939,
		// The reference, run on Linux for 27 s, two cores: the lowest and the
		// highest of some runs.
		"linux offered low":   88,
		"linux offered high":  91,
		"linux original low":  82.0,
		"linux original high": 82.7,
		"linux drops low":     93,
		"linux drops high":    142,
		"linux buffer low":    86.6,
		"linux buffer high":   88.1,
		"linux 429s low":      28,
		"linux 429s high":     39,
		"linux per request":   3.8, // ms, as in blog-python.yaml
		"linux per generated": 0.6, // ms

		// A model of one key without latency: what a client with an exact log
		// of departures, and one with an even pace, gets accepted and refused per
		// second.
		"model exact-log sliding log": 20, "model exact-log sliding log refused": 0,
		"model exact-log aligned": 20, "model exact-log aligned refused": 0,
		"model exact-log counter": 14.60, "model exact-log counter refused": 5.39,
		"model exact-log counter of all": 10.76, "model exact-log counter of all refused": 9.23,
		"model exact-log bucket of 20": 19.99, "model exact-log bucket of 20 refused": 0,
		"model exact-log bucket of 10": 12.92, "model exact-log bucket of 10 refused": 7.07,
		"model exact-log bucket of 1": 3.88, "model exact-log bucket of 1 refused": 16.12,
		"model paced sliding log": 19.95, "model paced sliding log refused": 0,
		"model paced aligned": 19.95, "model paced aligned refused": 0,
		"model paced counter": 19.95, "model paced counter refused": 0,
		"model paced counter of all": 19.96, "model paced counter of all refused": 0,
		"model paced bucket of 20": 19.95, "model paced bucket of 20 refused": 0,
		"model paced bucket of 10": 19.96, "model paced bucket of 10 refused": 0,
		"model paced bucket of 1": 19.95, "model paced bucket of 1 refused": 0,

		// Farkiani, Liu and Crowley, arXiv 2510.04516v3, abstract: so many percent
		// fewer 429s than exponential backoff at best, with so many clients at most.
		"paper fewer 429s": 97.3,
		"paper clients":    100,

		"python wake-up": 0.031, // ms of CPU time at its dearest, see blog-python.yaml
	}
}

// A snapshot is what a published run printed after some seconds.
type snapshot struct {
	run     string // as in the scenario
	seconds int
	ok      float64
	tps     float64
	latency float64 // mean, ms
	main    float64 // requests in the main queue
	average float64 // of it so far; 0: not published
}

// snapshots are those that were published. Those of 5 to 15 s are of another
// run than that of 25 s.
func snapshots() []snapshot {
	return []snapshot{
		{"async", 5, 414, 82.78, 207.68, 26, 13},
		{"async", 10, 834, 83.38, 322.23, 40, 22},
		{"async", 15, 1262, 84.12, 430.42, 97, 40.75},
		{"async", 25, 2102, 84.06, 769.45, 136, 81.67},
		{"threads", 25, 1939, 77.48, 75.12, 1, 0},
	}
}
