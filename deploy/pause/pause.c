/*
 * Process 1 of every pod: it owns the pod's namespaces, reaps what is orphaned into a shared process namespace and
 * ends on SIGTERM or SIGINT.
 *
 * No libc: three system calls are all it needs, so the program is one page and starts in microseconds. Signals are
 * blocked and fetched, never handled: a blocked signal is queued even for process 1, whose unhandled ones the kernel drops.
 */
#include <asm/unistd.h>

#define SIGINT 2
#define SIGTERM 15
#define SIGCHLD 17
#define WNOHANG 1
#define SIG_BLOCK 0

static long call(long number, long a, long b, long c, long d)
{
#if defined(__x86_64__)
	long result;
	register long r10 __asm__("r10") = d;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	return x0;
#else
#error "pause: add the system call convention of this architecture"
#endif
}

__attribute__((noreturn, used)) void _start(void)
{
	unsigned long signals = 1UL << (SIGINT - 1) | 1UL << (SIGTERM - 1) | 1UL << (SIGCHLD - 1);

	call(__NR_rt_sigprocmask, SIG_BLOCK, (long)&signals, 0, sizeof signals);
	for (;;) {
		long signal = call(__NR_rt_sigtimedwait, (long)&signals, 0, 0, sizeof signals);
		if (signal == SIGTERM || signal == SIGINT)
			for (;;)
				call(__NR_exit_group, 0, 0, 0, 0);
		/* One SIGCHLD may stand for many: reap until there is none. */
		while (call(__NR_wait4, -1, 0, WNOHANG, 0) > 0)
			;
	}
}
