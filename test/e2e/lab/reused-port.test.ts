import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Service } from '../../../src/api/types.ts';
import type { Lab } from '../../lab/lab.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { perlInPod, perlPod } from './perl-client.ts';
import { sharedLab } from './shared-lab.ts';

const PORT = 5400;

/** Greets with the pod's name and reads nothing: its end resets who has sent anything. */
const SERVER = `use IO::Socket::INET; use POSIX (); my $me = (POSIX::uname)[1]; $SIG{TERM} = sub { exit }; $SIG{CHLD} = 'IGNORE';
my $socket = IO::Socket::INET->new(Listen => 64, LocalPort => ${PORT}, ReuseAddr => 1) or die;
while (my $asker = $socket->accept) { push @kept, $asker; print $asker "$me\\n"; $asker->flush }`;

/** Connects twice from one port: at once, and two seconds after the first connection was ended. $ARGV: address */
const CLIENT = `use IO::Socket::INET; $| = 1; $SIG{PIPE} = 'IGNORE';
sub greeted {
  my $socket = IO::Socket::INET->new(LocalPort => 4343, ReuseAddr => 1, PeerAddr => $ARGV[0], PeerPort => ${PORT}, Timeout => 5);
  print $socket ? scalar <$socket> : "nobody: $@\\n"; return $socket;
}
my $first = greeted() or exit; print $first "unread\\n"; $first->flush;
print defined sysread($first, my $end, 1) ? "closed\\n" : "reset\\n"; close $first;
sleep 2; greeted();`;

describe('a client that takes the port again from which a pod that is gone had reset it', () => {
  let lab: Lab;
  let space: PodSpace<Lab>;
  const server = (name: string, node: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'greeters' } },
    spec: {
      nodeName: node,
      containers: [{ name: 'main', image: 'alicek106/ubuntu:curl', command: ['perl', '-e', SERVER] }],
    },
  });

  before('build the lab and a server', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
    space = await PodSpace.open(lab, 'reused-port');
    await space.apply(server('first', 'n2'), perlPod('client', 'n1'), {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'greeters' },
      spec: { selector: { app: 'greeters' }, ports: [{ port: PORT }] },
    });
    for (const name of ['first', 'client']) await space.ready(name);
  });

  after(() => space?.close());

  it('is led to another pod', async () => {
    const service: Service = JSON.parse(await space.ok(['get', 'service', 'greeters', '-o', 'json']));
    const [program, ...args] = perlInPod(space, 'client');
    const child = spawn(program, [...args, CLIENT, service.spec.clusterIP ?? ''], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const next = async () => (await lines.next()).value;
    const ended = once(child, 'close');
    assert.equal(await next(), 'first');
    await space.apply(server('second', 'n3'));
    await space.ready('second');
    await space.ok(['delete', 'pod', 'first']);
    assert.equal(await next(), 'reset');
    assert.equal(await next(), 'second');
    await ended;
  });
});
