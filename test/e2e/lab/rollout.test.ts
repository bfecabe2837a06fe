import assert from 'node:assert/strict';
import type { Service } from '../../../src/api/types.ts';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { perlInPod, perlOnHost, perlPod } from './perl-client.ts';
import { serversOnAllNodes } from './servers.ts';
import { sharedLab } from './shared-lab.ts';
import { SteadyLoad } from './steady-load.ts';

/** More of them for a longer look: `ROLLOUTS=20 npm run test:e2e -- -f 'rolling updates'`. */
const ROLLOUTS = Number(process.env.ROLLOUTS ?? 5);
const ONE_TAKES_MS = 60_000;

describe('rolling updates of servers on three nodes', function () {
  this.timeout(300_000 + ROLLOUTS * ONE_TAKES_MS);
  let lab: Lab;
  let space: PodSpace<Lab>;
  let service: Service;
  const nodePort = () => service.spec.ports?.[0]?.nodePort ?? 0;

  before('build the lab, the servers and a client', async () => {
    lab = await sharedLab();
    space = await PodSpace.open(lab, 'rollout');
    service = await serversOnAllNodes(space, 'echo');
    await space.apply(perlPod('client', 'n1'));
    await space.ready('client');
    for (const { address } of lab.nodes)
      await eventually(() => lab.host('client').run('curl', ['-sf', `http://${address}:${nodePort()}/`]));
  });

  after(() => space?.close());

  it(`lose not one request in ${ROLLOUTS}, in a pod and outside at every node, over new connections and kept ones`, async () => {
    const { clusterIP = '', ports } = service.spec;
    const outside = perlOnHost(lab.host('client'));
    const loads = [
      new SteadyLoad(perlInPod(space, 'client'), clusterIP, ports?.[0]?.port ?? 0),
      ...lab.nodes.map(({ address }) => new SteadyLoad(outside, address, nodePort())),
    ];
    for (let times = 0; times < ROLLOUTS; times++) {
      await space.ok(['rollout', 'restart', 'deployment/echo']);
      await space.ok(['rollout', 'status', 'deployment/echo', '--timeout=120s'], { timeoutMs: 130_000 });
    }
    const results = await Promise.all(loads.map((load) => load.stop()));
    for (const { failures: _, ...counts } of results) console.log(`    ${JSON.stringify(counts)}`);
    for (const result of results) {
      assert.deepEqual(result.failures, []);
      // Each of them replaced all servers; a kept connection outlives none.
      assert.ok(result.reopened >= ROLLOUTS, JSON.stringify(result));
      assert.ok(result.new > ROLLOUTS * 20, JSON.stringify(result));
    }
  });
});
