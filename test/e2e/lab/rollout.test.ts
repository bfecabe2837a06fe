import assert from 'node:assert/strict';
import { perlInPod, perlOnHost } from './perl-client.ts';
import { openServers } from './servers.ts';
import { SteadyLoad } from './steady-load.ts';

/** More of them for a longer look: `ROLLOUTS=20 npm run test:e2e -- -f 'rolling updates'`. */
const ROLLOUTS = Number(process.env.ROLLOUTS ?? 5);
const ONE_TAKES_MS = 60_000;

describe('rolling updates of servers on three nodes', function () {
  this.timeout(300_000 + ROLLOUTS * ONE_TAKES_MS);
  let servers: Awaited<ReturnType<typeof openServers>>;

  before('build the lab, the servers and a client', async () => {
    servers = await openServers('rollout');
  });

  after(() => servers?.space.close());

  it(`lose not one request in ${ROLLOUTS}, in a pod and outside at every node, over new connections and kept ones`, async () => {
    const { lab, space, clusterIp, port, nodePort } = servers;
    const outside = perlOnHost(lab.host('client'));
    const loads = [
      new SteadyLoad(perlInPod(space, 'client'), clusterIp, port),
      ...lab.nodes.map(({ address }) => new SteadyLoad(outside, address, nodePort)),
    ];
    for (let times = 0; times < ROLLOUTS; times++) {
      await space.ok(['rollout', 'restart', 'deployment/echo']);
      await space.ok(['rollout', 'status', 'deployment/echo', '--timeout=120s'], { timeoutMs: 130_000 });
    }
    const results = await Promise.all(loads.map((load) => load.stop()));
    for (const { failures: _, ...counts } of results) console.log(`    ${JSON.stringify(counts)}`);
    for (const result of results) {
      assert.deepEqual(result.failures, []);
      // A kept connection may outlast a rollout, which is over while the last server still ends; it does not outlast the next.
      assert.ok(result.reopened >= ROLLOUTS / 2, JSON.stringify(result));
      assert.ok(result.new > ROLLOUTS * 20, JSON.stringify(result));
    }
  });
});
