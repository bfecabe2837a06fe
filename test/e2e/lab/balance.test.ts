import assert from 'node:assert/strict';
import type { Service } from '../../../src/api/types.ts';
import { runCommand } from '../../../src/cli/up/run-command.ts';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { assertUniform } from '../../lib/uniform.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { type Perl, perlInPod, perlOnHost, perlPod } from './perl-client.ts';
import { serversOnAllNodes } from './servers.ts';
import { sharedLab } from './shared-lab.ts';

const CONNECTIONS = 3000;

/** Opens connections one after the other; prints how often each pod answered. $ARGV: address, port, how many */
const COUNT = `use IO::Socket::INET;
my ($address, $port, $times) = @ARGV; my %seen;
for (1 .. $times) {
  my $socket = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Timeout => 10) or die "connection $_: $@";
  print $socket "GET / HTTP/1.0\\r\\n\\r\\n";
  my ($name) = join('', <$socket>) =~ /Hello, *([-\\w]+)/ or die "connection $_: no answer";
  $seen{$name}++;
}
print "$_ $seen{$_}\\n" for keys %seen;`;

describe('connections to a Service of pods on three nodes', () => {
  let lab: Lab;
  let space: PodSpace<Lab>;
  let service: Service;
  const countsOf = async ([program, ...args]: Perl, address: string, port: number): Promise<number[]> => {
    const counted = await runCommand(program, [...args, COUNT, address, String(port), String(CONNECTIONS)]);
    const counts = counted
      .trim()
      .split('\n')
      .map((line) => Number(line.split(' ')[1]));
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      CONNECTIONS,
    );
    return counts;
  };

  before('build the lab and the servers', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
    space = await PodSpace.open(lab, 'balance');
    service = await serversOnAllNodes(space, 'echo');
    await space.apply(perlPod('client', 'n1'));
    await space.ready('client');
    for (const { address } of lab.nodes)
      await eventually(() => lab.host('client').run('curl', ['-sf', `http://${address}:${nodePort()}/`]));
  });

  after(() => space?.close());

  const nodePort = () => service.spec.ports?.[0]?.nodePort ?? 0;

  it('from a pod are spread by fair chance', async () => {
    const { clusterIP = '', ports } = service.spec;
    assertUniform(await countsOf(perlInPod(space, 'client'), clusterIP, ports?.[0]?.port ?? 0));
  });

  it('from outside are spread by fair chance, also at a node’s port', async () => {
    const [node] = lab.nodes;
    assertUniform(await countsOf(perlOnHost(lab.host('client')), node?.address ?? '', nodePort()));
  });
});
