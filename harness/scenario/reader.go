package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario/client"
	"ratebench/harness/yamlfile"
)

// maxData bounds the file of an empirical distribution, far above what its
// values take.
const maxData = 64 << 20

// A reader decodes a Scenario, once.
type reader struct {
	yamlfile.Decoder
	fsys  fs.FS
	kinds []kinds.Kind

	out            *Scenario
	clientDefaults client.Client
	isPoint        bool                // of a sweep
	found          map[string]ast.Node // the values of the file's keys
}

// newReader has every default.
func newReader(limiters []kinds.Kind) *reader {
	return &reader{kinds: limiters, out: newScenario(), clientDefaults: client.Default()}
}

// openData opens a file that the scenario names.
func (r *reader) openData(name string) (io.ReadCloser, error) {
	if r.fsys == nil {
		return nil, errors.New("there are no files beside this scenario, want another distribution")
	}
	f, err := r.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.Size() > maxData {
		return nil, errors.Join(fmt.Errorf("%s has %d bytes, want at most %d MiB", name, info.Size(), maxData>>20), f.Close())
	}
	hash := sha256.New()
	return &hashed{io.TeeReader(f, hash), f, func() { r.out.recordFile(name, hash) }}, nil
}

// hashed is a file of which a hash is known once it has been closed.
type hashed struct {
	io.Reader
	file   io.Closer
	closed func()
}

// Close implements io.Closer.
func (h *hashed) Close() error {
	h.closed()
	return h.file.Close()
}

func (s *Scenario) recordFile(name string, h hash.Hash) {
	s.setFile(name, hex.EncodeToString(h.Sum(nil)))
}

func (s *Scenario) setFile(name, sum string) {
	if s.Files == nil {
		s.Files = map[string]string{}
	}
	s.Files[name] = sum
}
