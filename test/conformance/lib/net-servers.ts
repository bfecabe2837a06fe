import assert from 'node:assert/strict';
import type { Container, Node, Pod, PodSpec } from '../../../src/api/types.ts';
import { pod } from '../../e2e/pods/manifests.ts';
import type { Context } from './context.ts';
import { NODES } from './kinds.ts';
import { Pods } from './pods.ts';

export const HTTP_PORT = 8080;
export const UDP_PORT = 8081;

/** Has curl and Perl, as Debian and Ubuntu do. */
const IMAGE = 'alicek106/ubuntu:curl';

/** Answers every HTTP request and every datagram with the pod's host name. */
const SERVER = `use IO::Socket::INET; use POSIX ();
my $me = (POSIX::uname)[1]; $SIG{TERM} = sub { exit };
my $udp = IO::Socket::INET->new(Proto => 'udp', LocalPort => ${UDP_PORT}) or die;
my $tcp = IO::Socket::INET->new(Listen => 64, LocalPort => ${HTTP_PORT}, ReuseAddr => 1) or die;
if (!fork) { while (1) { $udp->recv(my $asked, 1024); $udp->send($me) } }
while (my $asker = $tcp->accept) {
  while (<$asker>) { last if /^\\s*$/ }
  print $asker "HTTP/1.0 200 OK\\r\\n\\r\\n$me";
  close $asker;
}`;

/** Sends one datagram and prints what comes back. $ARGV: address, port */
const ASK_BY_UDP = `use IO::Socket::INET; alarm 3;
my $s = IO::Socket::INET->new(Proto => 'udp', PeerAddr => $ARGV[0], PeerPort => $ARGV[1]) or die;
$s->send('who'); defined $s->recv(my $answer, 1024) or die; print $answer`;

/** A pod whose container answers with its name over HTTP and UDP. */
export function serverPod(name: string, more: Partial<PodSpec> = {}, container: Partial<Container> = {}): Pod {
  const readinessProbe = { tcpSocket: { port: HTTP_PORT }, periodSeconds: 1 };
  return pod(name, { name: 'main', image: IMAGE, command: ['perl', '-e', SERVER], readinessProbe, ...container }, more);
}

/** A pod to ask from. */
export function askerPod(name: string, more: Partial<PodSpec> = {}): Pod {
  return pod(name, { name: 'main', image: IMAGE, command: ['sleep', '100000'] }, more);
}

export type Protocol = 'http' | 'udp';

/** Asks once from within a pod. @returns the name of who answered */
export function ask(pods: Pods, from: string, protocol: Protocol, [address, port]: readonly [string, number]) {
  const command =
    protocol === 'http'
      ? ['curl', '-sS', '-m', '5', `http://${address}:${port}/`]
      : ['perl', '-e', ASK_BY_UDP, address, String(port)];
  return pods.exec(from, command);
}

/** Nodes that take any pod. */
export async function freeNodes(context: Context): Promise<Node[]> {
  const { items } = await context.everywhere(NODES).list();
  return items.filter(
    ({ spec, status }) =>
      !spec.unschedulable &&
      !(spec.taints ?? []).some(({ effect }) => effect !== 'PreferNoSchedule') &&
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
}

/** A server on every node, and one to ask them all from. @returns once each was asked and has answered itself */
export async function assertAllAnswer(context: Context, protocol: Protocol, asker: Partial<PodSpec>): Promise<void> {
  const pods = new Pods(context);
  const nodes = await freeNodes(context);
  assert.ok(nodes.length > 0);
  const names = nodes.map((_, index) => `netserver-${index}`);
  for (const [index, { metadata }] of nodes.entries())
    await pods.create(serverPod(names[index] ?? '', { nodeSelector: { 'kubernetes.io/hostname': metadata.name } }));
  await pods.create(askerPod('test-container', asker));
  await pods.ready('test-container');
  for (const name of names) {
    const address = await pods.address(name);
    const port = protocol === 'http' ? HTTP_PORT : UDP_PORT;
    await context.eventually(async () =>
      assert.equal(await ask(pods, 'test-container', protocol, [address, port]), name),
    );
  }
}
