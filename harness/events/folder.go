package events

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Folder is the name of the folder of events in the results of a scenario.
const Folder = "events"

// What is in a folder of events: files, and the draft of a process that is at
// work or was killed. Anything else is somebody else's.
var (
	fileName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]*-[0-9]+\.jsonl\.gz$`)
	draftName = regexp.MustCompile(`^\.draft\.[0-9]+$`)
)

const draftPattern = ".draft.*" // of os.MkdirTemp

// FileName is the name of the file of a run: that of the strategy, which can be
// part of a file name, and the seed. No two runs have the same one, because a
// seed has no hyphen. Of a strategy at a point of a sweep, which has a slash in
// its name, all but letters, digits and any of - _ . are written as + and two
// digits for each byte.
func FileName(strategy string, seed uint64) string {
	if strings.Contains(strategy, "/") {
		strategy = escape(strategy)
	}
	return strategy + "-" + strconv.FormatUint(seed, 10) + ".jsonl.gz"
}

func escape(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_.", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "+%02X", c)
		}
	}
	return b.String()
}

// Remove removes the events of an earlier benchmark from the results in a
// folder: those of a later one have taken their place.
func Remove(results string) error {
	folder := filepath.Join(results, Folder)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil // there are none
	}
	n, err := removeAll(folder, func(e fs.DirEntry) bool { return isFile(e) || isDraft(e) })
	if err != nil || n == 0 {
		return err
	}
	return removeIfEmpty(folder)
}

func isFile(e fs.DirEntry) bool { return e.Type().IsRegular() && fileName.MatchString(e.Name()) }

func isDraft(e fs.DirEntry) bool { return e.IsDir() && draftName.MatchString(e.Name()) }

// removeAll removes certain entries of a folder and returns how many there
// were.
func removeAll(folder string, which func(fs.DirEntry) bool) (n int, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return 0, fmt.Errorf("remove the events of an earlier run: %w", err)
	}
	for _, e := range entries {
		if !which(e) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(folder, e.Name())); err != nil {
			return n, fmt.Errorf("remove the events of an earlier run: %w", err)
		}
		n++
	}
	return n, nil
}

// removeIfEmpty removes a folder if there is nothing in it. One that is
// elsewhere, behind a link, stays.
func removeIfEmpty(folder string) error {
	info, err := os.Lstat(folder)
	if err != nil || !info.IsDir() {
		return nil
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) > 0 {
		return err
	}
	return os.Remove(folder)
}
