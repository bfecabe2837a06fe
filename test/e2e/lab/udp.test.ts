import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Service } from '../../../src/api/types.ts';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { type Perl, perlInPod, perlOnHost, perlPod } from './perl-client.ts';
import { sharedLab } from './shared-lab.ts';

const PORT = 5300;

/** Answers every datagram with the pod's name. */
const SERVER = `use IO::Socket::INET; use POSIX (); my $me = (POSIX::uname)[1]; $SIG{TERM} = sub { exit };
my $socket = IO::Socket::INET->new(Proto => 'udp', LocalPort => ${PORT}) or die;
while (1) { $socket->recv(my $asked, 1024); $socket->send($me) }`;

/** Asks from one source port until its input ends, and prints each answer. $ARGV: address, port */
const ASK = `use IO::Socket::INET; use IO::Select; $| = 1;
my $socket = IO::Socket::INET->new(Proto => 'udp', LocalPort => 4242, PeerAddr => $ARGV[0], PeerPort => $ARGV[1]) or die;
my ($stdin, $answers) = (IO::Select->new(\\*STDIN), IO::Select->new($socket));
until ($stdin->can_read(0.05)) {
  $socket->send('who'); # a refusal of the datagram before is no end
  if ($answers->can_read(0.5) && defined $socket->recv(my $answer, 1024)) { print "$answer\\n" }
}`;

/** Keeps asking from one port. */
class Asker {
  /** Who answered last. */
  last = '';
  readonly #child;

  constructor([program, ...args]: Perl, address: string, port: number) {
    this.#child = spawn(program, [...args, ASK, address, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(this.#child.stdout).on('line', (line) => {
      this.last = line;
    });
  }

  stop(): void {
    this.#child.stdin.end();
  }
}

describe('UDP to a Service of pods on three nodes', () => {
  let lab: Lab;
  let space: PodSpace<Lab>;
  let service: Service;
  const server = (node: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `on-${node}`, labels: { app: 'names' } },
    spec: {
      nodeName: node,
      containers: [{ name: 'main', image: 'alicek106/ubuntu:curl', command: ['perl', '-e', SERVER] }],
    },
  });

  before('build the lab and the servers', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
    space = await PodSpace.open(lab, 'udp');
    const ports = [{ port: PORT, protocol: 'UDP' as const }];
    await space.apply(...lab.nodes.map(({ name }) => server(name)), perlPod('client', 'n1'), {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'names' },
      spec: { type: 'NodePort', selector: { app: 'names' }, ports },
    });
    for (const { name } of lab.nodes) await space.ready(`on-${name}`);
    await space.ready('client');
    service = JSON.parse(await space.ok(['get', 'service', 'names', '-o', 'json']));
  });

  after(() => space?.close());

  const clusterIp = () => [service.spec.clusterIP ?? '', PORT] as const;
  const nodePort = () => [lab.host('n1').address, service.spec.ports?.[0]?.nodePort ?? 0] as const;

  for (const [place, perl, target] of [
    ['in a pod, at the cluster IP', () => perlInPod(space, 'client'), clusterIp],
    ['outside, at a node’s port', () => perlOnHost(lab.host('client')), nodePort],
  ] as const)
    it(`moves on when the pod that it went to is deleted, for a client that keeps its port, ${place}`, async () => {
      const [address, port] = target();
      const asker = new Asker(perl(), address, port);
      try {
        // As long as there is a pod to go to, two moves.
        for (let times = 0; times < 2; times++) {
          const left = await eventually(() => {
            assert.notEqual(asker.last, '');
            return asker.last;
          });
          const { status } = await space.get(left);
          await space.ok(['delete', 'pod', left, '--wait=false']);
          await eventually(() => assert.notEqual(asker.last, left));
          // Where the Service's address is translated nothing leads to the pod that is gone.
          const flows = () =>
            lab
              .host('n1')
              .run('conntrack', [
                '-L',
                '-p',
                'udp',
                '--orig-port-dst',
                String(port),
                '--reply-src',
                status?.podIP ?? '-',
              ]);
          await eventually(async () => assert.equal((await flows()).trim(), ''));
          await space.gone(left);
        }
      } finally {
        asker.stop();
      }
      await space.apply(...lab.nodes.map(({ name }) => server(name)));
      for (const { name } of lab.nodes) await space.ready(`on-${name}`);
    });

  it('starts to go somewhere when the first pod comes, for a client that has asked for long', async () => {
    await space.ok(['delete', 'pod', '-l', 'app=names', '--now']);
    const [address, port] = nodePort();
    const asker = new Asker(perlOnHost(lab.host('client')), address, port);
    try {
      await space.apply(server('n2'));
      await eventually(() => assert.equal(asker.last, 'on-n2'), 60_000);
    } finally {
      asker.stop();
    }
  });
});
