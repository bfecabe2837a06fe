import assert from 'node:assert/strict';
import { runCommand } from '../../../src/cli/up/run-command.ts';
import { assertUniform } from '../../lib/uniform.ts';
import { type Perl, perlInPod, perlOnHost } from './perl-client.ts';
import { openServers } from './servers.ts';

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
  let servers: Awaited<ReturnType<typeof openServers>>;
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
    servers = await openServers('balance');
  });

  after(() => servers?.space.close());

  it('from a pod are spread by fair chance', async () => {
    const { space, clusterIp, port } = servers;
    assertUniform(await countsOf(perlInPod(space, 'client'), clusterIp, port));
  });

  it('from outside are spread by fair chance, also at a node’s port', async () => {
    const { lab, nodePort } = servers;
    assertUniform(await countsOf(perlOnHost(lab.host('client')), lab.host('n1').address, nodePort));
  });
});
