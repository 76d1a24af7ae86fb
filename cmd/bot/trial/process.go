package trial

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"time"
)

// process is a child process: this program with other arguments, or another build of it.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed at its end
}

// startProcess starts a program; without one, this program.
func startProcess(program string, args []string, out, errs *os.File) (*process, error) {
	program, err := programPath(program)
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(program, args...), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = out, errs
	p.cmd.SysProcAttr = childAttributes()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // the outcome is in ProcessState
		close(p.ended)
	}()
	return p, nil
}

// programPath is the path of a program; without one, that of this program.
func programPath(program string) (string, error) {
	if program != "" {
		return program, nil
	}
	return os.Executable()
}

// startLimit is how long a process may take to start, on a busy machine.
const startLimit = 2 * time.Minute

// startServer starts a server and waits for the address that it prints.
func startServer(ctx context.Context, args []string) (address string, p *process, err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	p, err = startProcess("", args, write, os.Stderr)
	_ = write.Close()
	if err != nil {
		return "", nil, errors.Join(err, read.Close())
	}
	found := make(chan string, 1)
	go readServerAddress(read, found)
	select {
	case address = <-found:
	case <-ctx.Done():
	case <-time.After(startLimit):
	}
	if address == "" {
		p.kill()
		return "", nil, errors.Join(errors.New("the sandbox did not start"), ctx.Err())
	}
	return address, p, nil
}

var addressShape = regexp.MustCompile(`http://\S+`)

// readServerAddress finds the address, and reads on so that the child never waits for a reader.
func readServerAddress(from *os.File, found chan<- string) {
	defer from.Close()
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		if address := addressShape.FindString(lines.Text()); address != "" {
			select {
			case found <- address:
			default:
			}
		}
	}
	close(found)
}

func (p *process) isAlive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// kill ends the process as a crash or the kernel would: at once.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// stop asks the process to end and waits for it.
func (p *process) stop(limit time.Duration) error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.ended:
	case <-time.After(limit):
		p.kill()
		return fmt.Errorf("did not stop within %s", limit)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("ended with exit code %d", code)
	}
	return nil
}
