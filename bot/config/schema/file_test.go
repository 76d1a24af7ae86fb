package schema_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/config/schema"
)

// keys names files.
type keys struct {
	Path  schema.FilePath   `config:"path"`
	Other schema.FilePath   `config:"other"`
	More  []schema.FilePath `config:"more"`
}

// newFolder makes a folder with the files a.pem and sub/b.pem.
func newFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "sub"), 0o700))
	for _, name := range []string{"a.pem", "sub/b.pem"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, filepath.FromSlash(name)), []byte(name), 0o600))
	}
	return folder
}

func TestFilesAreRelativeToTheFolderOfTheDocument(t *testing.T) {
	t.Parallel()
	folder := newFolder(t)
	var got keys
	content := fmt.Sprintf(`{"path": "a.pem", "other": "sub/../sub/b.pem", "more": [%q, "${SUB}/b.pem"]}`, filepath.Join(folder, "a.pem"))
	mustDecode(t, filepath.Join(folder, "x.json"), content, &got, "SUB", "sub")
	require.Equal(t, keys{
		Path: schema.FilePath(filepath.Join(folder, "a.pem")), Other: schema.FilePath(filepath.Join(folder, "sub", "b.pem")),
		More: []schema.FilePath{schema.FilePath(filepath.Join(folder, "a.pem")), schema.FilePath(filepath.Join(folder, "sub", "b.pem"))},
	}, got)
	mustDecode(t, filepath.Join(folder, "sub", "x.json"), `{"path": "../a.pem"}`, &got)
	require.Equal(t, filepath.Join(folder, "a.pem"), string(got.Path))
}

func TestFilesMustBeReadable(t *testing.T) {
	t.Parallel()
	folder := newFolder(t)
	name := filepath.Join(folder, "x.json")
	fix := "; write the path of a readable file; paths are relative to the folder of " + name
	for _, row := range []struct{ value, want string }{
		{`"none.pem"`, `"none.pem" does not exist` + fix},
		{`"none/a.pem"`, `"none/a.pem" does not exist` + fix},
		{`"sub"`, `"sub" is not a file` + fix},
		{`"a.pem/b"`, `"a.pem/b" cannot be read: not a directory` + fix},
		{`""`, `"" is not a path; write the path of a file`},
		{`"  "`, `"  " is not a path; write the path of a file`},
		{`"a\u0000b"`, `"a\x00b" is not a path; write the path of a file`},
		{`17`, `17 is not text; write "17"`},
		{`["a.pem"]`, `is a list and must be text`},
		{`"${SECRET}"`, `the value with ${SECRET} does not exist` + fix},
		{`"${NONE:-none.pem}"`, `"none.pem" does not exist` + fix},
	} {
		var got keys
		_, problems := decode(name, `{"path": `+row.value+`}`, &got, "SECRET", "hunter2")
		require.Equal(t, name+":1:10: path: "+row.want, problems)
		require.Empty(t, got.Path)
	}
}

func TestFilesOfOthersAreNotReadable(t *testing.T) {
	t.Parallel()
	if os.Getuid() <= 0 {
		t.Skip("root and Windows may read everything")
	}
	folder := newFolder(t)
	require.NoError(t, os.Chmod(filepath.Join(folder, "a.pem"), 0))
	name := filepath.Join(folder, "x.json")
	_, problems := decode(name, `{"path": "a.pem"}`, &keys{})
	require.Contains(t, problems, `path: "a.pem" may not be read by this user; write the path of a readable file`)
	_, err := schema.Read(filepath.Join(folder, "a.pem"), nil)
	require.EqualError(t, err, filepath.Join(folder, "a.pem")+": may not be read by this user")
}

func TestReadReportsFilesThatItCannotRead(t *testing.T) {
	t.Parallel()
	folder := newFolder(t)
	for name, want := range map[string]string{
		"none.json": "does not exist", "sub": "is a folder and not a file", "a.pem/x.json": "cannot be read: not a directory",
	} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		_, err := schema.Read(path, nil)
		require.EqualError(t, err, path+": "+want)
		var problems schema.Problems
		require.ErrorAs(t, err, &problems)
		require.Len(t, problems, 1)
		require.Zero(t, problems[0].Line)
	}
}

func TestFilesOfMoreThanFourMebibytesAreRefused(t *testing.T) {
	t.Parallel()
	const size = 4 << 20
	path := filepath.Join(t.TempDir(), "x.yaml")
	content := "text: x # " + strings.Repeat("x", size-11) + "\n"
	require.Len(t, content, size)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	document, err := schema.Read(path, nil)
	require.NoError(t, err)
	var got struct {
		Text string `config:"text"`
	}
	_, problems := document.Decode(&got)
	require.Empty(t, problems)
	require.Equal(t, "x", got.Text)

	require.NoError(t, os.WriteFile(path, []byte(content+"\n"), 0o600))
	_, err = schema.Read(path, nil)
	require.EqualError(t, err, path+": is larger than 4096 KiB, so it cannot be what was meant")
	_, err = schema.Parse("x.yaml", []byte(content+"\n"), nil)
	require.EqualError(t, err, "x.yaml: is larger than 4096 KiB")
}

func TestOnlyFilesAreRead(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe.yaml")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for _, path := range []string{pipe, os.DevNull} {
		_, err := schema.Read(path, nil)
		require.ErrorContains(t, err, path+": is a pipe, a device or the like, and not a file")
	}
}
