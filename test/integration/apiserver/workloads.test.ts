import assert from 'node:assert/strict';
import { KINDS } from '../../../src/api/kinds/all.ts';
import { DAEMON_SET } from '../../../src/api/kinds/daemon-set.ts';
import { DEPLOYMENT } from '../../../src/api/kinds/deployment.ts';
import { REPLICA_SET } from '../../../src/api/kinds/replica-set.ts';
import { REPLICATION_CONTROLLER } from '../../../src/api/kinds/replication-controller.ts';
import { STATEFUL_SET } from '../../../src/api/kinds/stateful-set.ts';
import type { KindDefinition } from '../../../src/api/registry.ts';
import { outermostKubectls } from '../../lib/kubectl.ts';
import { TestApi } from './harness.ts';

/** Served here without the controllers that act on them: what they are asked for stays as it was asked. */
const WORKLOADS: readonly KindDefinition[] = [
  DAEMON_SET,
  DEPLOYMENT,
  REPLICA_SET,
  REPLICATION_CONTROLLER,
  STATEFUL_SET,
];
const SCALABLE = ['deployment', 'replicaset', 'replicationcontroller', 'statefulset'];

function manifestOf({ group, version, kind }: KindDefinition): object {
  const selector = kind === 'ReplicationController' ? { app: 'web' } : { matchLabels: { app: 'web' } };
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image: 'nginx', command: ['sleep'] }] },
  };
  const replicas = kind === 'DaemonSet' ? {} : { replicas: 2 };
  const apiVersion = group ? `${group}/${version}` : version;
  return { apiVersion, kind, metadata: { name: 'web' }, spec: { ...replicas, selector, template } };
}

for (const client of outermostKubectls()) {
  describe(`kubectl ${client.version} and workloads`, function () {
    this.timeout(60_000);
    let api: TestApi;
    before(async () => {
      api = await TestApi.start(undefined, [...new Set([...KINDS, ...WORKLOADS])]);
      for (const kind of WORKLOADS) await run('create -f -', JSON.stringify(manifestOf(kind)));
    });
    after(() => api.close());

    async function kubectl(command: string, stdin?: string) {
      return api.kubectl(command.split(' '), { kubectl: client, ...(stdin === undefined ? {} : { stdin }) });
    }
    async function run(command: string, stdin?: string): Promise<string> {
      const { code, stdout, stderr } = await kubectl(command, stdin);
      assert.equal(code, 0, `${command}: ${stdout}${stderr}`);
      return stdout;
    }
    async function fail(command: string, stdin?: string): Promise<string> {
      const { code, stdout, stderr } = await kubectl(command, stdin);
      assert.notEqual(code, 0, `${command}: ${stdout}`);
      return stderr;
    }
    const replicasOf = (kind: string) => run(`get ${kind} web -o jsonpath={.spec.replicas}`);

    for (const kind of SCALABLE) {
      it(`scales a ${kind}`, async () => {
        assert.match(await run(`scale ${kind} web --replicas=3`), /\/web scaled\n$/);
        assert.equal(await replicasOf(kind), '3');
      });

      it(`scales a ${kind} that is as large as its caller thinks, and no other`, async () => {
        await run(`scale ${kind} web --replicas=4`);
        assert.match(await fail(`scale ${kind} web --replicas=5 --current-replicas=3`), /[Ee]xpected.*(3|4)/);
        await run(`scale ${kind} web --replicas=5 --current-replicas=4`);
        assert.equal(await replicasOf(kind), '5');
      });
    }

    it('counts scaling as a change of what is wanted', async () => {
      const generation = () => run('get deployment web -o jsonpath={.metadata.generation}');
      const before = Number(await generation());
      await run('scale deployment web --replicas=9');
      assert.equal(Number(await generation()), before + 1);
      await run('scale deployment web --replicas=9');
      assert.equal(Number(await generation()), before + 1);
    });

    it('shows and patches the scale itself', async () => {
      await run('scale deployment web --replicas=2');
      const path = '/apis/apps/v1/namespaces/default/deployments/web/scale';
      const scale = JSON.parse(await run(`get --raw ${path}`));
      assert.equal(scale.kind, 'Scale');
      assert.deepEqual([scale.spec, scale.status], [{ replicas: 2 }, { replicas: 0, selector: 'app=web' }]);
      assert.match(
        await run('get deployment web --subresource=scale'),
        /^NAME +DESIRED +AVAILABLE +AGE *\nweb +2 +0 +\d+s\n$/,
      );
      const patch = 'patch deployment web --subresource=scale -p';
      await run(`${patch} {"spec":{"replicas":6}} --type=merge`);
      assert.equal(await replicasOf('deployment'), '6');
      await run(`${patch} {"spec":{"replicas":7}}`);
      assert.equal(await replicasOf('deployment'), '7');
      await run(`${patch} [{"op":"replace","path":"/spec/replicas","value":8}] --type=json`);
      assert.equal(await replicasOf('deployment'), '8');
    });

    it('refuses a scale below nothing, and one of an older object', async () => {
      assert.match(
        await fail('patch deployment web --subresource=scale -p {"spec":{"replicas":-1}} --type=merge'),
        /The Scale "web" is invalid: spec\.replicas: Invalid value: -1: must be greater than or equal to 0/,
      );
      const stale = '{"metadata":{"resourceVersion":"1"},"spec":{"replicas":1}}';
      assert.match(
        await fail(`patch deployment web --subresource=scale -p ${stale} --type=merge`),
        /Operation cannot be fulfilled on deployments\.apps "web": the object has been modified/,
      );
    });

    it('lists them all in one table each', async () => {
      const all = await run('get deploy,rs,sts,ds,rc -o wide');
      assert.match(all, /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE +CONTAINERS +IMAGES +SELECTOR\n/);
      assert.match(all, /^deployment\.apps\/web +0\/\d+ +0 +0 +\d+s +c +nginx +app=web$/m);
      assert.match(all, /^replicaset\.apps\/web +\d+ +0 +0 +\d+s +c +nginx +app=web$/m);
      assert.match(all, /^statefulset\.apps\/web +0\/\d+ +\d+s +c +nginx$/m);
      assert.match(all, /^daemonset\.apps\/web +0 +0 +0 +0 +0 +<none> +\d+s +c +nginx +app=web$/m);
      assert.match(all, /^replicationcontroller\/web +\d+ +0 +0 +\d+s +c +nginx +app=web$/m);
    });

    it('changes images, pauses and restarts', async () => {
      await run('set image deployment/web c=nginx:1.27');
      assert.equal(await run('get deploy web -o jsonpath={.spec.template.spec.containers[0].image}'), 'nginx:1.27');
      await run('rollout restart deployment/web');
      await run('rollout pause deployment/web');
      assert.equal(await run('get deploy web -o jsonpath={.spec.paused}'), 'true');
      await run('rollout resume deployment/web');
      await run('rollout restart daemonset/web');
      const generation = 'deprecated\\.daemonset\\.template\\.generation';
      assert.equal(await run(`get ds web -o jsonpath={.metadata.annotations.${generation}}`), '2');
    });

    it('keeps the data of a revision as it is', async () => {
      const data = { spec: { template: { $patch: 'replace', spec: { containers: [{ name: 'c' }] } } } };
      const revision = {
        apiVersion: 'apps/v1',
        kind: 'ControllerRevision',
        metadata: { name: 'r1' },
        data,
        revision: 1,
      };
      await run('create -f -', JSON.stringify(revision));
      const stored = JSON.parse(await run('get controllerrevision r1 -o json'));
      assert.deepEqual(stored.data, data);
      assert.match(await run('get controllerrevisions'), /^NAME +CONTROLLER +REVISION +AGE\nr1 +<none> +1 +\d+s\n$/);
    });

    it('applies a manifest again without a change', async () => {
      for (const kind of WORKLOADS) {
        const manifest = JSON.stringify(manifestOf(kind)).replace('"web"}', '"again"}');
        assert.match(await run('apply -f -', manifest), /\/again created\n$/);
        assert.match(await run('apply -f -', manifest), /\/again unchanged\n$/);
      }
    });
  });
}
