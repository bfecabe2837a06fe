/*
 * `pause`: process 1 of every pod. It owns the pod's namespaces, reaps what is orphaned into a shared process namespace
 * and ends on SIGTERM or SIGINT.
 * `pause relay PORT`: run beside it for one connection of a port-forward. See relay().
 *
 * No libc: a few system calls are all it needs, so the program is one page and starts in microseconds. Signals are
 * blocked and fetched, never handled: a blocked signal is queued even for process 1, whose unhandled ones the kernel drops.
 */
#include <asm/unistd.h>

#define SIGINT 2
#define SIGTERM 15
#define SIGCHLD 17
#define WNOHANG 1
#define SIG_BLOCK 0
#define SIGKILL 9
#define PR_SET_PDEATHSIG 1
#define AF_INET 2
#define AF_INET6 10
#define SOCK_STREAM 1
#define SHUT_WR 1
#define STDIN 0
#define STDOUT 1
#define STDERR 2

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

struct address {
	unsigned short family;
	unsigned char port[2]; /* in network order, as all that follows */
	unsigned char rest[24];
};

__attribute__((noreturn)) static void leave(long code)
{
	for (;;)
		call(__NR_exit_group, code, 0, 0, 0);
}

__attribute__((noreturn)) static void pause(void)
{
	unsigned long signals = 1UL << (SIGINT - 1) | 1UL << (SIGTERM - 1) | 1UL << (SIGCHLD - 1);

	call(__NR_rt_sigprocmask, SIG_BLOCK, (long)&signals, 0, sizeof signals);
	for (;;) {
		long signal = call(__NR_rt_sigtimedwait, (long)&signals, 0, 0, sizeof signals);
		if (signal == SIGTERM || signal == SIGINT)
			leave(0);
		/* One SIGCHLD may stand for many: reap until there is none. */
		while (call(__NR_wait4, -1, 0, WNOHANG, 0) > 0)
			;
	}
}

/* Returns a connected socket, or -errno. */
static long dial(const struct address *to, long size)
{
	long socket = call(__NR_socket, to->family, SOCK_STREAM, 0, 0);
	long failure = socket < 0 ? socket : call(__NR_connect, socket, (long)to, size, 0);

	if (failure == 0)
		return socket;
	if (socket >= 0)
		call(__NR_close, socket, 0, 0, 0);
	return failure;
}

/* Returns when one side has ended or takes no more. */
static void copy(long from, long to)
{
	char bytes[65536];

	for (;;) {
		long left = call(__NR_read, from, (long)bytes, sizeof bytes, 0);
		char *next = bytes;
		if (left <= 0)
			return;
		while (left > 0) {
			long taken = call(__NR_write, to, (long)next, left, 0);
			if (taken <= 0)
				return;
			next += taken;
			left -= taken;
		}
	}
}

/*
 * Connects to a port of the pod's 127.0.0.1, else of its ::1, and copies stdin there and what comes back to stdout. The
 * first two bytes on stdout are the errno of each try; where either is 0 the connection stands and its bytes follow.
 * The end of stdin is passed on; the end of the connection ends the program.
 */
__attribute__((noreturn)) static void relay(const char *digits)
{
	long port = 0;
	while (*digits >= '0' && *digits <= '9')
		port = port * 10 + (*digits++ - '0');

	struct address v4 = {AF_INET, {port >> 8, port}, {127, 0, 0, 1}};
	struct address v6 = {AF_INET6, {port >> 8, port}, {[4 + 15] = 1}}; /* the address comes after the flow's number */
	unsigned char failures[2] = {0, 0};
	long socket = dial(&v4, 16);
	if (socket < 0) {
		failures[0] = -socket;
		socket = dial(&v6, 28);
		if (socket < 0)
			failures[1] = -socket;
	}
	call(__NR_write, STDOUT, (long)failures, sizeof failures, 0);
	if (socket < 0)
		leave(1);

	/* A process for each way: neither waits for the other, whichever side is slow. */
	if (call(__NR_clone, SIGCHLD, 0, 0, 0) == 0) {
		call(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0);
		/* The engine waits until nobody holds these. */
		call(__NR_close, STDOUT, 0, 0, 0);
		call(__NR_close, STDERR, 0, 0, 0);
		copy(STDIN, socket);
		call(__NR_shutdown, socket, SHUT_WR, 0, 0);
		leave(0);
	}
	copy(socket, STDOUT);
	leave(0);
}

/* What the kernel leaves on the stack: the number of arguments, then where each is. */
__attribute__((noreturn, used)) static void begin(const long *stack)
{
	const char *const *arguments = (const char *const *)(stack + 1);

	if (stack[0] == 3 && arguments[1][0] == 'r')
		relay(arguments[2]);
	pause();
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall begin\n");
#else
__asm__(".globl _start\n_start:\n\tmov x0, sp\n\tbl begin\n");
#endif
