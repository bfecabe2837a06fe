import assert from 'node:assert/strict';
import { cpus, networkInterfaces, totalmem } from 'node:os';
import { readHostFacts } from '../../../src/agent/stats/host-facts.ts';
import { NodeReporter } from '../../../src/agent/stats/node-reporter.ts';
import type { Node } from '../../../src/api/types.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { findHostAddress, sourceAddressTo } from '../../../src/lib/host-address.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import { eventually } from '../../lib/eventually.ts';
import { Cleanup } from './harness.ts';

describe('node stats', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  it('tells the truth about this machine', async () => {
    const host = await readHostFacts();
    assert.equal(host.cpuCount, cpus().length);
    assert.equal(host.memoryBytes, totalmem());
    assert.ok(['amd64', 'arm64', 'arm'].includes(host.architecture));
    for (const text of [host.bootId, host.kernelVersion, host.osImage]) assert.notEqual(text, '');
  });

  it('chooses an address of this machine that others can reach, if there is one', async () => {
    const own = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
    const address = await findHostAddress({ host: '127.0.0.1', port: 6444 });
    assert.ok(own.includes(address), address);
    assert.equal(await sourceAddressTo('127.0.0.1', 6444), '127.0.0.1');
    assert.equal(await sourceAddressTo('no-such-host.invalid', 6444), undefined);
  });

  it('reports at once when told that Docker has gone or come back', async () => {
    const reports: Node[] = [];
    const engine = {
      version: '20.10.24',
      architecture: 'x86_64',
      cgroupVersion: 2,
      hasMemoryLimit: true,
      operatingSystem: 'Debian',
      kernelVersion: '6',
      rootDir: '/no/such/folder',
    } as const;
    let isAway = false;
    const reporter = new NodeReporter({
      nodeName: 'pi-1',
      nodeIp: () => '127.0.0.1',
      labels: {},
      volumesDir: '/data/volumes',
      version: 'v1.36.0+bramble.test',
      host: await readHostFacts(),
      runtime: { info: () => (isAway ? Promise.reject(new Error('no such socket')) : Promise.resolve(engine)) },
      lanFacts: () => ({ subnets: [], addresses: [], conflicts: {} }),
      networkProblem: () => '',
      resources: () => ({
        diskTotalBytes: 1024,
        health: [],
        images: [],
        pressures: [],
        thresholds: [],
        reserved: undefined,
      }),
      report: (node) => reports.push(node),
      tell: () => {},
      clock: systemClock,
      log: createLogger('silent'),
    });
    reporter.start();
    cleanup.add(reporter);
    const ready = () => reports.at(-1)?.status?.conditions?.at(-1);
    await eventually(() => assert.equal(ready()?.status, 'True'));
    isAway = true;
    reporter.refresh();
    await eventually(() => assert.equal(ready()?.message, 'container runtime is down: no such socket'));
  });
});
