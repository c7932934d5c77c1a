package page

import (
	"slices"
	"strings"

	"ratebench/harness/chart/kit"
	"ratebench/harness/result"
	"ratebench/harness/result/setting"
)

// pageSetting is the part of report.html on what was run: the server, the load, and
// the parameters of the strategies.
type pageSetting struct {
	Cards      []settingCard // the server, the load, and what all strategies have
	Columns    []string      // what they differ by
	Strategies []settingStrategy
}

// A settingCard is a part of the scenario.
type settingCard struct {
	Heading string
	Rows    []settingRow
}

// A settingRow is a key of the scenario and its value.
type settingRow struct {
	Key, Value string
	Swept      bool // it has another value at other points
}

// A settingStrategy is a strategy with its values of the columns.
type settingStrategy struct {
	Index  int // of its first row
	Name   string
	Label  string // what charts call it; "": its name
	Look   kit.Look
	Values []string
}

// newPageSetting is nil of results that do not have the scenario.
func newPageSetting(d *result.Data) *pageSetting {
	s, err := setting.Read(d.Scenario)
	if err != nil {
		return nil
	}
	p := &pageSetting{}
	var lists [][]setting.Row
	for i := range s.Strategies {
		st := &s.Strategies[i]
		// Of a sweep the first of its rows, if any has run.
		index := slices.IndexFunc(d.Summary.Strategies, func(row result.Strategy) bool { return row.Plain == st.Name })
		if index < 0 {
			continue
		}
		look := index
		if len(d.Summary.Points) > 0 {
			look = slices.Index(d.Summary.Names(), st.Name)
		}
		p.Strategies = append(p.Strategies, settingStrategy{Index: index, Name: st.Name, Label: st.Label, Look: kit.LookOf(look)})
		lists = append(lists, st.Rows)
	}
	same, differing := setting.Differing(lists)
	p.Columns = differing
	p.Cards = []settingCard{
		{"Server", settingRows("server.", s.Server, &s)},
		{"Load", settingRows("load.", s.Load, &s)},
		{"All strategies", settingRows("", same, &s)},
	}
	for i, list := range lists {
		for _, key := range differing {
			p.Strategies[i].Values = append(p.Strategies[i].Values, setting.Value(list, key))
		}
	}
	return p
}

// settingRows are rows whose keys are below one of the scenario.
func settingRows(below string, rows []setting.Row, s *setting.Setting) []settingRow {
	list := make([]settingRow, len(rows))
	for i, r := range rows {
		swept := slices.ContainsFunc(s.Sweep, func(key string) bool {
			return key == below+r.Key || strings.HasPrefix(below+r.Key, key+".") || strings.HasPrefix(key, below+r.Key+".")
		})
		list[i] = settingRow{r.Key, r.Value, swept}
	}
	return list
}
