import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { EndpointSlice, Service } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { IDLE, shell } from '../pods/manifests.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { cluster } from '../setup/shared-cluster.ts';

const run = promisify(execFile);
/** Of the shared cluster's agent. */
const TABLE = 'btest';
const ENDPOINTS = 1_000;
const PER_SLICE = 100;

function service(name: string, spec: Partial<Service['spec']> = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
  };
}

describe('bad input: Services', () => {
  let space: PodSpace;
  const refusal = async (manifest: object): Promise<string> => {
    const { code, stderr } = await space.kubectl(['create', '-f', '-'], { input: JSON.stringify(manifest) });
    assert.equal(code, 1, 'kubectl create must be refused');
    return stderr;
  };
  const inClient = (...command: string[]) => space.kubectl(['exec', 'client', '--', ...command]);
  const elements = async (map: string): Promise<number> => {
    const { stdout } = await run('nft', ['-j', 'list', 'map', 'ip', TABLE, map], { maxBuffer: 2 ** 28 });
    const parts = (JSON.parse(stdout) as { nftables: { map?: { elem?: unknown[] } }[] }).nftables;
    return parts.find(({ map: found }) => found)?.map?.elem?.length ?? 0;
  };

  before(async () => {
    space = await PodSpace.open(cluster, 'bad-services');
    const web = { name: 'main', image: 'nginx:latest', readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 } };
    const pod = (name: string, container: object, labels = {}) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels },
      spec: { terminationGracePeriodSeconds: 1, containers: [container] },
    });
    await space.apply(
      pod('web', web, { app: 'web', tier: 'front' }),
      pod('client', { ...shell('main', IDLE), image: 'nginx:latest' }),
    );
    await space.ready('web');
    await space.ready('client');
  });

  after(() => space.close());

  it('may not have a node port that is taken, or lies out of range', async () => {
    const first = { type: 'NodePort', ports: [{ port: 80, nodePort: 31_234 }] } as const;
    await space.apply(service('first', { ...first, ports: [...first.ports] }));
    const taken = await refusal(service('second', { ...first, ports: [...first.ports] }));
    assert.match(taken, /spec\.ports\[0\]\.nodePort: Invalid value: 31234: provided port is already allocated/);
    const outside = await refusal(service('third', { type: 'NodePort', ports: [{ port: 80, nodePort: 29_999 }] }));
    assert.match(outside, /not in the valid range\. The range of valid ports is 30000-32767/);
  });

  it('may not have a name that is no DNS label', async () => {
    for (const name of ['1web', 'web.front', 'Web', 'a'.repeat(64)])
      assert.match(await refusal(service(name)), /metadata\.name: Invalid value/, name);
  });

  it('both serve where they select the same pods', async () => {
    await space.apply(service('by-app'), service('by-tier', { selector: { tier: 'front' } }));
    for (const name of ['by-app', 'by-tier'])
      await eventually(async () => {
        const { stdout } = await inClient('curl', '-s', '-m', '5', `http://${name}/`);
        assert.match(stdout, /nginx/);
      });
  });

  it('that are names of each other in a circle resolve to nothing, at once', async () => {
    const name = (other: string) => `${other}.${space.namespace}.svc.cluster.local`;
    const alias = (one: string, other: string) =>
      service(one, { type: 'ExternalName', externalName: name(other), selector: {}, ports: [] });
    await space.apply(alias('round', 'about'), alias('about', 'round'));
    await eventually(async () => {
      const start = performance.now();
      const { code } = await inClient('curl', '-s', '-m', '20', `http://${name('round')}/`);
      assert.equal(code, 6, 'curl could not resolve the host');
      assert.ok(performance.now() - start < 15_000, 'it waited for an answer');
    }, 60_000);
    const { stdout } = await inClient('curl', '-s', '-m', '5', 'http://by-app/');
    assert.match(stdout, /nginx/);
  });

  it('have a thousand endpoints, of slices that somebody made', async () => {
    await space.apply(service('many', { selector: {}, ports: [{ name: 'http', port: 80 }] }));
    const slice = (at: number): Partial<EndpointSlice> => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `many-${at}`, labels: { 'kubernetes.io/service-name': 'many' } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
      endpoints: Array.from({ length: PER_SLICE }, (_, one) => ({ addresses: [`198.18.${at}.${one + 1}`] })),
    });
    const before = await elements('eps_tcp');
    await space.apply(...Array.from({ length: ENDPOINTS / PER_SLICE }, (_, at) => slice(at)));
    await eventually(async () => assert.equal(await elements('eps_tcp'), before + ENDPOINTS), 60_000);
    await space.ok(['delete', 'service', 'many']);
    await eventually(async () => assert.equal(await elements('eps_tcp'), before), 60_000);
  });
});
