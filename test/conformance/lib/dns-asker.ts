import { type Answer, decode, encode, type RecordType } from 'dns-packet';
import type { Pods } from './pods.ts';

/** Sends one question, given in hex, and prints the answer. $ARGV: server, question */
const ASK = `use IO::Socket::INET; alarm 5;
my $s = IO::Socket::INET->new(Proto => 'udp', PeerAddr => $ARGV[0], PeerPort => 53) or die;
$s->send(pack 'H*', $ARGV[1]); defined $s->recv(my $answer, 4096) or die; print unpack 'H*', $answer`;

/** Asks a pod's name server from within the pod. @param server the first one of its resolv.conf when left out */
export async function askDns(
  pods: Pods,
  from: string,
  { name, type, server }: { name: string; type: RecordType; server?: string },
): Promise<Answer[]> {
  const question = encode({ type: 'query', id: 1, flags: 0x100, questions: [{ name, type }] });
  const at = server ?? nameservers(await pods.exec(from, ['cat', '/etc/resolv.conf']))[0] ?? '';
  const hex = await pods.exec(from, ['perl', '-e', ASK, at, question.toString('hex')]);
  return decode(Buffer.from(hex, 'hex')).answers ?? [];
}

/** The servers that a resolv.conf names. */
export function nameservers(resolvConf: string): string[] {
  return [...resolvConf.matchAll(/^nameserver\s+(\S+)/gm)].map(([, address = '']) => address);
}

/** The addresses that the container's own resolver finds, search path and hosts file included, each once. */
export async function resolve(pods: Pods, from: string, name: string): Promise<string[]> {
  const script =
    'my @found = gethostbyname $ARGV[0]; @found or die "no address of $ARGV[0]\\n"; print join "\\n", map { join ".", unpack "C4", $_ } @found[4 .. $#found]';
  const lines = (await pods.exec(from, ['perl', '-e', script, name])).trim().split('\n');
  return [...new Set(lines)].sort();
}
