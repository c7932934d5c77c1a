package result

import (
	"fmt"

	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
)

// Expectation is a claim of the scenario with what came of it.
type Expectation struct {
	Strategy string      `json:"strategy"`
	Metric   string      `json:"metric"`
	Over     string      `json:"over,omitempty"`    // the strategy that Ratio compares with
	Ratio    *[2]float64 `json:"ratio,omitempty"`   // bounds of the metric divided by that of Over
	Between  *[2]float64 `json:"between,omitempty"` // bounds of the metric
	Value    *float64    `json:"value"`             // what is compared with the bounds; nil: nothing was recorded
	OK       bool        `json:"ok"`
	Message  string      `json:"message"` // the same in words
}

// Check compares an expectation with what was measured. Without a measurement
// it fails: nothing is ever fulfilled for lack of data.
func (s *Summary) Check(e scenario.Expectation) Expectation {
	result := Expectation{Strategy: e.Strategy, Metric: e.Metric, Over: e.Over, Ratio: e.Ratio, Between: e.Between}
	bounds := e.Between
	if e.Over != "" {
		bounds = e.Ratio
	}
	value, subject, err := s.measure(e)
	switch {
	case err != nil:
		result.Message = err.Error()
	case bounds == nil:
		result.Message = subject + ": the scenario gives no bounds"
	default:
		value = metrics.Rounded(value)
		result.Value = &value
		result.OK = bounds[0] <= value && value <= bounds[1]
		result.Message = fmt.Sprintf("%s is %s, expected %s to %s",
			subject, metrics.Shortest(metrics.Significant(value, 6)), metrics.Shortest(bounds[0]), metrics.Shortest(bounds[1]))
	}
	return result
}

// measure returns the value that an expectation is about and says what it is.
func (s *Summary) measure(e scenario.Expectation) (value float64, subject string, err error) {
	subject = fmt.Sprintf("%s of %s", e.Metric, e.Strategy)
	value, err = s.metric(e.Strategy, e.Metric)
	if err != nil || e.Over == "" {
		return value, subject, err
	}
	over, err := s.metric(e.Over, e.Metric)
	if err != nil {
		return 0, subject, err
	}
	if over == 0 {
		return 0, subject, fmt.Errorf("%s of %s is 0, nothing can be compared with it", e.Metric, e.Over)
	}
	return value / over, fmt.Sprintf("%s divided by that of %s", subject, e.Over), nil
}

func (s *Summary) metric(strategy, name string) (float64, error) {
	st, ok := s.Strategy(strategy)
	if !ok {
		return 0, fmt.Errorf("%s did not run", strategy)
	}
	v, ok := st.Metric(name)
	if !ok {
		return 0, fmt.Errorf("%s of %s: nothing was recorded", name, strategy)
	}
	if v == 0 && name != "tps" && name != "ok" && st.Mean("ok") == 0 {
		return 0, fmt.Errorf("%s of %s is 0, which says nothing, because nothing succeeded", name, strategy)
	}
	return v, nil
}
