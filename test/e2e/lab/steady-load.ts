import { type ChildProcess, spawn } from 'node:child_process';
import type { Perl } from './perl-client.ts';

/**
 * Asks again and again, until its input ends: once over a new connection, once over one that is kept. Where a server ends a kept
 * connection before it sends a byte of the answer, any HTTP client asks again over a new one (RFC 9112, section 9.3.1), and so does this
 * one; that attempt must not fail. $ARGV: address, port
 */
const LOAD = `use IO::Socket::INET; use IO::Select;
my ($address, $port) = @ARGV; my $kept; my $stdin = IO::Select->new(\\*STDIN);
my %count = (new => 0, kept => 0, reopened => 0);
$SIG{PIPE} = 'IGNORE'; $SIG{ALRM} = sub { die "no answer within 5 s\\n" };

sub connected { IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Timeout => 5) or die "connecting: $@\\n" }

# Was there an answer? Dies of one that is cut short or wrong.
sub answered {
  my ($socket) = @_; my $head = ''; alarm 5;
  print $socket "GET / HTTP/1.1\\r\\nHost: load\\r\\n\\r\\n"; $socket->flush;
  while (defined(my $line = <$socket>)) { $head .= $line; last if $line eq "\\r\\n" }
  return 0 if $head eq '';
  my ($length) = $head =~ /^HTTP\\S+ 200 .*^Content-Length: (\\d+)/msi or die "answer: $head\\n";
  (read($socket, my $body, $length) // 0) == $length or die "cut short\\n";
  return 1;
}

sub attempt {
  my ($what, $do) = @_;
  eval { $do->(); $count{$what}++ };
  alarm 0;
  if ($@) { undef $kept; print "failed ", time, " $what: $@" }
}

until ($stdin->can_read(0.02)) {
  attempt('new', sub { answered(connected()) or die "closed without an answer\\n" });
  attempt('kept', sub {
    return if $kept && answered($kept);
    $count{reopened}++ if $kept;
    $kept = connected();
    answered($kept) or die "closed without an answer\\n";
  });
}
print "$_ $count{$_}\\n" for keys %count;`;

export interface LoadResult {
  /** Requests answered: over new connections, over kept ones. */
  readonly new: number;
  readonly kept: number;
  /** How often the kept one was ended and replaced. */
  readonly reopened: number;
  readonly failures: readonly string[];
}

/** One client's steady load on one address, some 50 requests a second. */
export class SteadyLoad {
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;

  constructor([program, ...args]: Perl, address: string, port: number) {
    this.#child = spawn(program, [...args, LOAD, address, String(port)], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#ended = outputOf(this.#child);
  }

  /** @returns what came of it @throws Error when the load could not go on */
  async stop(): Promise<LoadResult> {
    this.#child.stdin?.end();
    const lines = (await this.#ended).trim().split('\n');
    const count = (what: string) => Number(lines.find((line) => line.startsWith(`${what} `))?.split(' ')[1]);
    return {
      new: count('new'),
      kept: count('kept'),
      reopened: count('reopened'),
      failures: lines.filter((line) => line.startsWith('failed ')),
    };
  }
}

function outputOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(stdout) : reject(new Error(`the load ended with ${code}: ${stderr}`)),
    );
  });
}
