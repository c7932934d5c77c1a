package harness_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A room is what a package may import beside the standard library.
type room struct {
	ours   string // packages of this module, by their names without "ratebench/"
	theirs string // beginnings of the paths of libraries
}

// rooms are all the arrows of the house, downwards only. A package that is not
// here has to be entered; one that does not exist does no harm.
//
// Server and clients do not know each other, and neither knows the harness.
// What one takes home, clients/pace and clients/limiter, is on the standard
// library. Results are made without charts and pages, which know the results and
// not each other's insides.
var rooms = map[string]room{
	"server":         {ours: "server/dialect server/front server/ledger server/policy"},
	"server/front":   {ours: "server/ledger server/policy"},
	"server/ledger":  {ours: "server/policy"},
	"server/memnet":  {},
	"server/dialect": {},
	"server/policy":  {},

	// For tests.
	"harness/apitest":   {ours: "harness/backend harness/scenario scenarios/apis server/servertest"},
	"server/servertest": {ours: "server server/memnet"},

	"clients/keyedrand":              {},
	"clients/backoff":                {},
	"clients/limiter":                {ours: "clients/limiter/internal/instant clients/limiter/internal/ring"},
	"clients/limiter/bucket":         {ours: "clients/internal/flights clients/limiter"},
	"clients/limiter/feedback":       {ours: "clients/backoff clients/internal/flights clients/keyedrand clients/limiter"},
	"clients/internal/flights":       {ours: "clients/limiter"},
	"clients/limiter/promise":        {ours: "clients/limiter clients/limiter/bucket clients/limiter/feedback"},
	"clients/nonce":                  {ours: "clients/keyedrand"},
	"clients/pace":                   {ours: "clients/backoff clients/dialect clients/limiter clients/nonce clients/pace/internal/cost clients/pace/internal/keytable clients/pace/internal/pausing clients/pace/internal/tries clients/pace/internal/waiting clients/pace/internal/wire"},
	"clients/pace/internal/cost":     {},
	"clients/pace/internal/keytable": {},
	"clients/pace/internal/pausing":  {ours: "clients/backoff clients/limiter"},
	"clients/pace/internal/tries":    {ours: "clients/backoff clients/limiter clients/pace/internal/wire"},
	"clients/pace/internal/wire":     {},
	"clients/pace/internal/waiting":  {},
	"clients/dialect":                {ours: "clients/limiter"},
	"clients/peers":                  {ours: "clients/internal/flights clients/limiter", theirs: peers},
	"clients":                        {ours: "clients/backoff clients/keyedrand clients/limiter clients/nonce clients/pace"},

	// What limiters remember.
	"clients/limiter/internal/instant": {},
	"clients/limiter/internal/ring":    {ours: "clients/limiter/internal/instant"},

	// One limit, several processes.
	"clients/budget":                  {ours: "clients/limiter clients/pace"},
	"clients/budget/redis":            {ours: "clients/budget", theirs: "github.com/redis/go-redis/v9"},
	"clients/budget/redis/localredis": {},
	"clients/budget/redis/redistest":  {ours: "clients/budget/redis/localredis"},
	"harness/budgets/inredis":         {ours: "clients/budget clients/budget/redis clients/limiter harness/budgets harness/internal/secret", theirs: "github.com/go-redis/redis_rate/v10 github.com/redis/go-redis/v9"},
	"harness/budgets":                 {ours: "clients clients/budget clients/limiter clients/limiter/bucket clients/pace harness/dist"},

	// The presets, which are files.
	"scenarios/apis": {},

	// The worlds, and what is known of a scenario before it is run.
	"harness/dist":              {ours: "clients/keyedrand harness/internal/choice", theirs: "gonum.org/v1/gonum/"},
	"harness/stats":             {theirs: "gonum.org/v1/gonum/ golang.org/x/perf/benchmath"},
	"harness/kinds":             {ours: "clients/backoff clients/limiter clients/limiter/bucket clients/limiter/feedback clients/peers"},
	"harness/faults":            {ours: "clients clients/limiter harness/dist"},
	"harness/yamlfile":          {ours: "harness/dist harness/internal/choice", theirs: "github.com/goccy/go-yaml"},
	"harness/scenario/notation": {ours: "clients/limiter harness/dist harness/kinds harness/yamlfile", theirs: "github.com/goccy/go-yaml"},
	"harness/scenario/rules":    {ours: "harness/dist harness/internal/choice harness/scenario/notation harness/yamlfile server/dialect server/policy", theirs: "github.com/goccy/go-yaml"},
	"harness/scenario/stream":   {},
	"harness/scenario/load":     {ours: "harness/dist harness/scenario/notation harness/scenario/rules harness/scenario/stream harness/yamlfile"},
	"harness/scenario/api":      {ours: "clients/limiter harness/dist harness/faults harness/scenario/notation harness/scenario/rules harness/scenario/stream harness/yamlfile", theirs: "github.com/goccy/go-yaml"},
	"harness/scenario/client":   {ours: "clients/backoff clients/budget clients/limiter harness/budgets harness/dist harness/internal/choice harness/kinds harness/scenario/notation harness/scenario/stream harness/yamlfile", theirs: "github.com/goccy/go-yaml"},
	"harness/scenario/sweep":    {ours: "harness/internal/choice harness/metrics harness/yamlfile", theirs: "github.com/goccy/go-yaml"},
	"harness/scenario":          {ours: "clients/keyedrand clients/limiter harness/budgets harness/dist harness/internal/choice harness/kinds harness/metrics harness/scenario/api harness/scenario/client harness/scenario/load harness/scenario/notation harness/scenario/rules harness/scenario/sweep harness/yamlfile scenarios/apis", theirs: "github.com/goccy/go-yaml"},
	"harness/theory":            {ours: "clients/limiter clients/limiter/promise harness/dist harness/scenario harness/scenario/api harness/scenario/client harness/scenario/rules"},
	"harness/virtual":           {ours: "clients clients/pace"},
	"harness/live":              {ours: "clients clients/dialect clients/limiter clients/pace server server/front server/ledger"},

	// What is recorded of a run, and running.
	"harness/metrics":       {ours: "clients clients/limiter harness/stats", theirs: "github.com/HdrHistogram/hdrhistogram-go"},
	"harness/events":        {ours: "clients harness/metrics"},
	"harness/backend":       {ours: "clients clients/dialect harness/dist harness/faults harness/scenario harness/scenario/api harness/scenario/rules server server/dialect server/front server/ledger server/policy"},
	"harness/machine":       {ours: "clients clients/pace harness/scenario/client"},
	"harness/wire":          {ours: "clients/limiter harness/scenario"},
	"harness":               {ours: "clients clients/dialect clients/limiter clients/limiter/bucket clients/nonce clients/pace harness/backend harness/budgets harness/events harness/faults harness/internal/usage harness/live harness/machine harness/metrics harness/scenario harness/scenario/api harness/scenario/client harness/scenario/load harness/scenario/rules harness/stats harness/virtual harness/wire server server/dialect server/front server/ledger server/policy"},
	"harness/isolate":       {ours: "clients clients/budget/redis/localredis clients/limiter harness harness/backend harness/budgets harness/budgets/inredis harness/events harness/internal/secret harness/internal/usage harness/kinds harness/live harness/metrics harness/scenario harness/wire", theirs: "github.com/redis/go-redis/v9"},
	"harness/proxy":         {ours: "clients/limiter clients/pace harness/internal/hostguard", theirs: "github.com/prometheus/client_golang/"},
	"harness/serving/tally": {ours: "clients clients/limiter harness/metrics harness/result harness/scenario server"},
	"harness/serving":       {ours: "harness/backend harness/internal/hostguard harness/faults harness/live harness/scenario server", theirs: "github.com/prometheus/client_golang/"},

	// From what was measured to a scenario.
	"harness/measured":    {ours: "harness/dist harness/events harness/internal/choice", theirs: "github.com/HdrHistogram/hdrhistogram-go github.com/chromedp/cdproto/har github.com/tsenart/vegeta/v12/lib"},
	"harness/fit":         {ours: "clients/dialect clients/keyedrand clients/limiter harness/dist harness/measured harness/metrics harness/table", theirs: "gonum.org/v1/gonum/"},
	"harness/fit/picture": {ours: "harness/chart/kit harness/metrics", theirs: "gonum.org/v1/plot"},

	// What is made of it. A page has the colours and the dashes of the charts.
	"harness/result/setting": {ours: "harness/dist harness/scenario"},
	"harness/result/costs":   {ours: "harness/metrics"},
	"harness/result":         {ours: "harness/dist harness/metrics harness/result/costs harness/result/setting harness/scenario harness/stats harness/theory"},
	"harness/result/subset":  {ours: "harness/result"},
	"harness/verdict":        {ours: "harness/metrics harness/result harness/stats"},
	"harness/result/folder":  {ours: "harness/metrics harness/result harness/result/costs harness/result/setting", theirs: "golang.org/x/perf/benchfmt"},
	"harness/table":          {ours: "harness/metrics harness/result harness/result/costs harness/result/folder harness/verdict", theirs: "github.com/olekukonko/tablewriter"},
	"harness/compare":        {ours: "harness/internal/choice harness/metrics harness/result harness/stats harness/table", theirs: "golang.org/x/perf/ gonum.org/v1/gonum/"},
	"harness/chart/svg":      {theirs: drawing},
	"harness/chart/kit":      {ours: "harness/chart/svg harness/metrics", theirs: drawing},
	"harness/chart/routes":   {ours: "harness/chart/kit harness/metrics harness/result", theirs: drawing},
	"harness/chart/sweep":    {ours: "harness/chart/kit harness/dist harness/metrics harness/result", theirs: drawing},
	"harness/chart":          {ours: "harness/chart/overlay harness/chart/title harness/result/setting harness/verdict harness/chart/kit harness/chart/routes harness/chart/svg harness/chart/sweep harness/metrics harness/result harness/result/costs harness/result/folder harness/stats harness/chart/crowd", theirs: drawing},
	"harness/chart/crowd":    {ours: "harness/chart/kit harness/result", theirs: drawing},
	"harness/chart/overlay":  {ours: "harness/chart/kit harness/metrics harness/result harness/result/setting", theirs: drawing},
	"harness/chart/title":    {ours: "harness/metrics harness/result"},
	"harness/page":           {ours: "harness/chart harness/chart/overlay harness/chart/title harness/result/setting harness/chart/kit harness/metrics harness/result harness/result/costs harness/result/folder harness/verdict harness/chart/sweep harness/chart/crowd", theirs: "gonum.org/v1/plot/vg"},

	// Tuning.
	"harness/tune":           {ours: "clients/limiter clients/limiter/promise harness harness/dist harness/kinds harness/metrics harness/result harness/scenario harness/scenario/api harness/scenario/client harness/scenario/rules harness/stats harness/table harness/theory harness/tune/candidate"},
	"harness/tune/candidate": {ours: "clients/limiter clients/limiter/feedback clients/limiter/promise harness/dist harness/kinds harness/scenario harness/scenario/api harness/scenario/client harness/theory"},

	// Commands, and what only this repository uses.
	"harness/strategydoc":                {ours: "harness/internal/choice harness/kinds harness/scenario harness/table"},
	"harness/command":                    {ours: everything, theirs: "github.com/spf13/"},
	"harness/command/compare":            {ours: "harness/compare harness/command/input harness/internal/cmdline harness/internal/terminal harness/metrics harness/table", theirs: "github.com/spf13/"},
	"harness/command/fit":                {ours: "harness/fit harness/fit/picture harness/internal/cmdline harness/kinds harness/measured harness/scenario harness/scenario/notation", theirs: "github.com/spf13/"},
	"harness/command/input":              {ours: "harness/internal/cmdline harness/kinds harness/result harness/result/folder harness/scenario harness/yamlfile"},
	"harness/command/proxy":              {ours: "clients/budget clients/budget/redis clients/limiter harness harness/command/serve harness/internal/choice harness/internal/cmdline harness/internal/secret harness/internal/snippets harness/kinds harness/proxy harness/scenario", theirs: "github.com/spf13/ github.com/redis/go-redis/v9"},
	"harness/command/run":                {ours: everything, theirs: "github.com/spf13/"},
	"harness/command/serve":              {ours: "harness/command/input harness/internal/cmdline harness/internal/snippets harness/kinds harness/page harness/result/folder harness/scenario harness/serving harness/serving/tally harness/table scenarios/apis server server/front server/ledger", theirs: "github.com/spf13/"},
	"harness/command/tune":               {ours: "harness/command/input harness/internal/choice harness/internal/cmdline harness/internal/progress harness/internal/terminal harness/kinds harness/metrics harness/scenario harness/table harness/tune", theirs: "github.com/spf13/"},
	"harness/cmd/ratebench":              {ours: everything},
	"harness/shard":                      {ours: "harness/metrics harness/result/folder"},
	"harness/internal/choice":            {},
	"harness/internal/charttest":         {ours: "harness/chart/kit", theirs: "gonum.org/v1/plot"},
	"harness/internal/cmdline":           {ours: "harness/internal/choice", theirs: "github.com/spf13/"},
	"harness/internal/findings":          {ours: "harness/chart harness/chart/kit harness/metrics harness/result harness/result/folder harness/result/setting harness/stats", theirs: "gonum.org/v1/plot"},
	"harness/internal/findings/dark":     {ours: "harness/chart harness/chart/kit harness/internal/findings"},
	"harness/internal/findings/generate": {ours: "harness/internal/findings harness/internal/findings/dark"},
	"harness/internal/hostguard":         {},
	"harness/internal/interrupt":         {},
	"harness/internal/loadtest":          {ours: "server"},
	"harness/internal/mutate":            {},
	"harness/internal/perf":              {ours: "clients clients/keyedrand clients/limiter clients/pace harness harness/kinds harness/scenario harness/virtual server", theirs: peers},
	"harness/internal/progress":          {theirs: "golang.org/x/term"},
	"harness/internal/terminal":          {theirs: "golang.org/x/term"},
	"harness/internal/punctual":          {},
	"harness/internal/secret":            {},
	"harness/internal/snippets":          {ours: "server"},
	"harness/internal/usage":             {ours: "harness/metrics"},
	"harness/internal/resulttest":        {ours: "harness/metrics harness/result harness/scenario harness/theory", theirs: "github.com/google/go-cmp/cmp"},
	"clients/limiter/limitertest":        {ours: "clients/limiter clients/keyedrand", theirs: "pgregory.net/rapid"},
}

const (
	everything = "*"
	drawing    = "gonum.org/v1/plot golang.org/x/image"
	peers      = "github.com/throttled/throttled go.uber.org/ratelimit golang.org/x/time"
)

// far are packages that some may not reach by way of others either.
var far = []struct{ from, to string }{
	{"harness/compare", drawing},
	{"harness/result", drawing},
	{"harness/result/folder", drawing},
	{"harness/table", drawing},
	{"clients", "*"},
	{"clients/pace", "*"},
	{"clients/limiter", "*"},
	{"clients/limiter/bucket", "*"},
	{"clients/limiter/feedback", "*"},
	{"clients/budget", "*"},
	{"server/policy", "*"},
	{"clients/dialect", "*"},
}

// A listed package is what go list says of one of this module.
type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
	Deps                               []string
}

const module = "ratebench/"

func (p *listed) name() string { return strings.TrimPrefix(p.ImportPath, module) }

func TestImports(t *testing.T) {
	t.Parallel()
	packages, standard := listPackages(t)
	for _, p := range packages {
		r, known := rooms[p.name()]
		if !known {
			t.Errorf("%s is not in the table of rooms: enter what it may import", p.name())
			continue
		}
		for _, path := range p.Imports {
			if !standard[path] && !r.allows(path) {
				t.Errorf("%s imports %s, which the table of rooms does not allow", p.name(), path)
			}
		}
	}
}

// neutral is on neither side: connections in memory, for the tests of both.
const neutral = "server/memnet"

// Tests may import what their package may not, but server and clients do not
// meet there either.
func TestServerAndClientsDoNotMeet(t *testing.T) {
	packages, _ := listPackages(t)
	for _, p := range packages {
		side, _, _ := strings.Cut(p.name(), "/")
		if side == "harness" {
			continue
		}
		for _, path := range slices.Concat(p.Deps, p.TestImports, p.XTestImports) {
			if name, ours := strings.CutPrefix(path, module); ours && name != neutral && name != side && !strings.HasPrefix(name, side+"/") {
				t.Errorf("%s knows %s", p.name(), name)
			}
		}
	}
}

func TestFarImports(t *testing.T) {
	packages, standard := listPackages(t)
	for _, f := range far {
		p := find(packages, f.from)
		if p == nil {
			t.Errorf("there is no %s", f.from)
			continue
		}
		for _, path := range p.Deps {
			if _, ours := strings.CutPrefix(path, module); !ours && !standard[path] && among(path, f.to) {
				t.Errorf("%s reaches %s", f.from, path)
			}
		}
	}
}

// find returns the package of a name, or nil.
func find(packages []listed, name string) *listed {
	i := slices.IndexFunc(packages, func(p listed) bool { return p.name() == name })
	if i < 0 {
		return nil
	}
	return &packages[i]
}

// allows reports whether a package may import the one at path.
func (r room) allows(path string) bool {
	if name, ours := strings.CutPrefix(path, module); ours {
		return r.ours == everything || slices.Contains(strings.Fields(r.ours), name)
	}
	return among(path, r.theirs)
}

// among reports whether a path begins with one of a list, or whether the list is
// of everything.
func among(path, list string) bool {
	return list == everything || slices.ContainsFunc(strings.Fields(list), func(beginning string) bool {
		return strings.HasPrefix(path, beginning)
	})
}

// listPackages lists those of this module, and which of the packages that they
// reach are of the standard library.
func listPackages(t *testing.T) (packages []listed, standard map[string]bool) {
	t.Helper()
	all, err := list()
	if err != nil {
		t.Fatal(err)
	}
	if len(all.packages) < 10 {
		t.Fatalf("go list knows %d packages, want all of the module", len(all.packages))
	}
	return all.packages, all.standard
}

// goListed is what go list has said.
type goListed struct {
	packages []listed
	standard map[string]bool
}

// list asks go list, once for all tests.
var list = sync.OnceValues(func() (*goListed, error) {
	out, err := goList("-json=ImportPath,Imports,TestImports,XTestImports,Deps", module+"...")
	if err != nil {
		return nil, err
	}
	all := goListed{standard: map[string]bool{"C": true}}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		all.packages = append(all.packages, p)
	}
	out, err = goList("-deps", "-f", "{{if .Standard}}{{.ImportPath}}{{end}}", module+"...")
	if err != nil {
		return nil, err
	}
	for _, path := range strings.Fields(string(out)) {
		all.standard[path] = true
	}
	return &all, nil
})

func goList(args ...string) ([]byte, error) {
	c := exec.Command("go", append([]string{"list"}, args...)...)
	var message bytes.Buffer
	c.Stderr = &message
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, message.Bytes())
	}
	return out, nil
}
