package indexer

import (
	"runtime"
	"syscall"
)

// backgroundNice is the niceness of work that nobody waits for: a tenth of a reader's share of a core that both want
// (sched(7)).
const backgroundNice = 10

// Background leaves the processor to others first for the rest of the calling goroutine, which has a thread of its own
// from then on that ends with it. Go gives a thread its turn whatever its priority: who calls this wants more of them than
// cores (runtime.GOMAXPROCS), or readers wait for a turn that a slow thread holds.
func Background() {
	runtime.LockOSThread()
	syscall.Setpriority(syscall.PRIO_PROCESS, 0, backgroundNice) // of this thread; where it is refused all is as before
}
