import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Service } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { IDLE, shell } from '../pods/manifests.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { allAnswer, HELLO_IMAGE } from './hello.ts';

const run = promisify(execFile);
const curl = async (...args: string[]) => (await run('curl', ['-s', '-m', '5', ...args])).stdout;

function service(name: string, spec: Partial<Service['spec']> = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: 'echo' }, ports: [{ port: 8080, targetPort: 80 }], ...spec },
  };
}

/** Three servers that answer with their names, and a pod to ask from. */
function workloads(): object[] {
  const labels = { app: 'echo' };
  const container = {
    name: 'main',
    image: HELLO_IMAGE,
    readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 },
  };
  const template = { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers: [container] } };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'echo' },
      spec: { replicas: 3, selector: { matchLabels: labels }, template },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'client' },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ ...shell('main', IDLE), image: 'nginx:latest' }] },
    },
  ];
}

describe('a Service on one node', () => {
  let space: PodSpace;
  const get = async (name: string): Promise<Service> => JSON.parse(await space.ok(['get', 'svc', name, '-o', 'json']));
  const urlOf = async (name: string) => `http://${(await get(name)).spec.clusterIP}:8080/`;
  const nodePortOf = async (name: string) => (await get(name)).spec.ports?.[0]?.nodePort ?? 0;
  const fromPod = (...args: string[]) => space.ok(['exec', 'client', '--', 'curl', '-s', '-m', '5', ...args]);
  const podNames = async () =>
    (await space.ok(['get', 'pods', '-l', 'app=echo', '-o', 'jsonpath={.items[*].metadata.name}'])).split(' ');
  const answersOfAll = async (ask: () => Promise<string>) => allAnswer(await podNames(), ask);

  before(async () => {
    space = await PodSpace.open(cluster, 'services');
    await space.apply(...workloads(), service('echo'), service('node-port', { type: 'NodePort' }));
    await space.ok(['rollout', 'status', 'deployment/echo', '--timeout=90s']);
    await space.ready('client');
  });

  after(() => space.close());

  it('is reached from pods and from the node at its cluster IP, by chance on any of its pods', async () => {
    const url = await urlOf('echo');
    await answersOfAll(() => fromPod(url));
    await answersOfAll(() => curl(url));
  });

  it('is reached at its node port, on the node’s addresses and on the loopback', async () => {
    const port = await nodePortOf('node-port');
    const address = await space.ok(['get', 'node', cluster.nodeName, '-o', 'jsonpath={.status.addresses[0].address}']);
    await answersOfAll(() => curl(`http://${address}:${port}/`));
    await answersOfAll(() => curl(`http://127.0.0.1:${port}/`));
    await answersOfAll(() => fromPod(`http://${address}:${port}/`));
  });

  it('leads a pod to itself, too', async () => {
    const [name = ''] = await podNames();
    const url = await urlOf('echo');
    await answersOfAll(() => space.ok(['exec', name, '--', 'curl', '-s', '-m', '5', url]));
  });

  it('keeps a client with one pod when it says so', async () => {
    await space.apply(service('sticky', { sessionAffinity: 'ClientIP' }));
    const url = await urlOf('sticky');
    const first = await eventually(async () => {
      const answer = await fromPod(url);
      assert.match(answer, /Hello/);
      return answer;
    });
    for (let times = 0; times < 10; times++) assert.equal(await fromPod(url), first);
  });

  it('refuses at once while it has no pods, and serves when they come', async () => {
    await space.apply(service('empty', { selector: { app: 'nobody' } }));
    const url = await urlOf('empty');
    await eventually(async () => {
      const asked = Date.now();
      const { stderr } = await space.kubectl(['exec', 'client', '--', 'curl', '-sS', '-m', '5', url]);
      assert.match(stderr, /refused|Couldn't connect to server/);
      assert.ok(Date.now() - asked < 4000);
    });
    await space.apply(service('empty'));
    await answersOfAll(() => fromPod(url));
  });

  it('is found by its name', async () => {
    await answersOfAll(() => fromPod('http://echo:8080/'));
    await answersOfAll(() => fromPod(`http://echo.${space.namespace}.svc.cluster.local:8080/`));
    const file = await space.ok(['exec', 'client', '--', 'cat', '/etc/resolv.conf']);
    assert.match(
      file,
      new RegExp(`^search ${space.namespace}\\.svc\\.cluster\\.local svc\\.cluster\\.local cluster\\.local`),
    );
  });

  it('that is external is an alias of the name it says', async () => {
    await space.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'outside' },
      spec: { type: 'ExternalName', externalName: `echo.${space.namespace}.svc.cluster.local` },
    });
    await eventually(async () => assert.match(await fromPod('http://outside:8080/'), /Hello/));
  });

  it('shows its endpoints', async () => {
    const { stdout, stderr } = await space.kubectl(['get', 'endpoints', 'echo', '--no-headers']);
    assert.match(stdout, /^echo +(\d+\.\d+\.\d+\.\d+:80,?){3} /);
    assert.match(stderr, /v1 Endpoints is deprecated in v1\.33\+/);
    const slices = await space.ok(['get', 'endpointslices', '-l', 'kubernetes.io/service-name=echo', '--no-headers']);
    assert.match(slices, /^echo-\w{5} +IPv4 +80 +\S+,\S+,\S+ /);
  });

  it('loses not one connection in five rolling updates of servers that end as soon as they are told to', async () => {
    const spec = { template: { spec: { terminationGracePeriodSeconds: 30 } } };
    const rolled = () => space.ok(['rollout', 'status', 'deployment/echo', '--timeout=120s']);
    await space.ok(['patch', 'deployment', 'echo', '-p', JSON.stringify({ spec })]);
    await rolled();
    const urls = [await urlOf('echo'), `http://127.0.0.1:${await nodePortOf('node-port')}/`];
    let isRolling = true;
    const failures: unknown[] = [];
    const load = urls.map(async (url) => {
      let asked = 0;
      for (; isRolling; asked++)
        await curl('-f', '-o', '/dev/null', url).catch((error: unknown) => failures.push(error));
      return asked;
    });
    for (let times = 0; times < 5; times++) {
      await space.ok(['rollout', 'restart', 'deployment/echo']);
      await rolled();
    }
    isRolling = false;
    for (const asked of await Promise.all(load)) assert.ok(asked > 100, `${asked} requests`);
    assert.deepEqual(failures, []);
  }).timeout(400_000);

  it('heals when somebody takes its rules away', async () => {
    const url = await urlOf('echo');
    // Not all rules: those of the machine's engine are not ours to harm. The lab's machines see that.
    await run('nft', ['delete', 'table', 'ip', 'btest']);
    await eventually(async () => assert.match(await curl(url), /Hello/), 40_000);
    await answersOfAll(() => fromPod(url));
  });
});
