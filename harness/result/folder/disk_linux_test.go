package folder_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result/folder"
)

// However the disk fails, the error names a file, what was there before is
// there as it was, and nothing else is.
func TestDiskFails(t *testing.T) {
	const room = 32 << 20 // bytes, more than what tests write beside; one of the files is larger
	for _, tt := range []struct {
		name string
		disk func(t *testing.T) (dir string)
		fail func(t *testing.T, dir string)
		want error
	}{
		{"disk is full", smallDisk, fillUp, syscall.ENOSPC},
		{"file gets too large", (*testing.T).TempDir, func(t *testing.T, _ string) { limitFiles(t, room) }, syscall.EFBIG},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := tt.disk(t)
			earlier := resulttest.Synthetic(resulttest.Many(2), 1, time.Second)
			if err := folder.Write(dir, earlier, views()); err != nil {
				t.Fatal(err)
			}
			before := contents(t, dir)
			large := views()
			large.Files[0].Content = make([]byte, 2*room)
			tt.fail(t, dir)
			for what, write := range map[string]func() error{
				"Write":      func() error { return folder.Write(dir, resulttest.GoldenData(), large) },
				"WriteViews": func() error { return folder.WriteViews(dir, large) },
			} {
				err := write()
				if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), "write "+dir+string(filepath.Separator)) {
					t.Errorf("%s: error %v, want %v and a file in %s", what, err, tt.want, dir)
				}
				if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
					t.Errorf("%s: what was there has changed:\n%s", what, diff)
				}
			}
		})
	}
}

// A folder that vanishes during a run is not made again: where it stood may be
// another disk by now.
func TestFolderVanishes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "results", "blog")
	if err := folder.Prepare(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Dir(dir)); err != nil {
		t.Fatal(err)
	}
	err := folder.Write(dir, resulttest.GoldenData(), views())
	if want := "write " + filepath.Join(dir, folder.SummaryFile) + ": no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if _, err := os.Stat(filepath.Dir(dir)); !os.IsNotExist(err) {
		t.Errorf("the folder is there again: %v", err)
	}
}

// smallDisk returns a folder on a disk of its own, or an ordinary one where
// only the superuser may mount.
func smallDisk(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Logf("no disk of its own: mount: %v", err)
		return dir
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillUp leaves no room on the disk of a folder.
func fillUp(t *testing.T, dir string) {
	t.Helper()
	var info syscall.Statfs_t
	if err := syscall.Statfs(dir, &info); err != nil {
		t.Fatal(err)
	}
	if free := info.Bavail * uint64(info.Bsize); free > 2<<20 {
		t.Skip("needs a disk of its own, which only the superuser may mount")
	}
	f, err := os.CreateTemp(dir, ".filler.*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if err := os.Remove(f.Name()); err != nil { // the open file keeps the room
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4<<10))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// limitFiles lets no file of this process get larger than size while the test
// lasts.
func limitFiles(t *testing.T, size uint64) {
	t.Helper()
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Error(err)
		}
	})
}
