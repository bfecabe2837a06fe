import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outermostKubectls } from '../../lib/kubectl.ts';
import { TestApi } from './harness.ts';

const POD_YAML = `apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {app: web}
spec:
  containers:
  - name: nginx
    image: nginx:1.25
    ports:
    - containerPort: 80
`;

for (const client of outermostKubectls()) {
  const { version } = client;
  describe(`kubectl ${version}`, function () {
    this.timeout(60_000);
    let api: TestApi;
    let manifest: string;
    before(async () => {
      api = await TestApi.start();
      manifest = join(api.dir, 'web.yaml');
      writeFileSync(manifest, POD_YAML);
    });
    after(() => api.close());

    const run = async (command: string, stdin?: string): Promise<string> => {
      const { code, stdout, stderr } = await api.kubectl(command.split(' '), {
        kubectl: client,
        ...(stdin === undefined ? {} : { stdin }),
      });
      assert.equal(code, 0, `${command}: ${stdout}${stderr}`);
      return stdout;
    };
    const fail = async (command: string, stdin?: string): Promise<string> => {
      const { code, stdout, stderr } = await api.kubectl(command.split(' '), {
        kubectl: client,
        ...(stdin === undefined ? {} : { stdin }),
      });
      assert.notEqual(code, 0, `${command}: ${stdout}`);
      return stderr;
    };

    it('applies, changes and deletes a manifest', async () => {
      assert.equal(await run(`apply -f ${manifest}`), 'pod/web created\n');
      assert.equal(await run(`apply -f ${manifest}`), 'pod/web unchanged\n');
      const changed = POD_YAML.replace('1.25', '1.26');
      assert.equal(await run('apply -f -', changed), 'pod/web configured\n');
      assert.equal(await run('get pod web -o jsonpath={.spec.containers[0].image}'), 'nginx:1.26');
      assert.match(
        await run('get pods -o wide'),
        /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\nweb +0\/1 +Pending/,
      );
      assert.match(await run('get pods -A --show-labels'), /^NAMESPACE .*\ndefault +web .*app=web$/m);
      assert.match(await run('describe pod web'), /^Service Account: +default$/m);
      assert.match(await run(`delete -f ${manifest}`), /^pod "web" deleted/);
    });

    it('says what is wrong with a manifest', async () => {
      assert.match(
        await fail('create -f -', POD_YAML.replace('image:', 'imagee:')),
        /strict decoding error: unknown field "spec\.containers\[0\]\.imagee"/,
      );
      const invalid = await fail('create --validate=false -f -', POD_YAML.replace('name: nginx', 'name: Nginx'));
      assert.match(
        invalid,
        /^The Pod "web" is invalid: spec\.containers\[0\]\.name: Invalid value: "Nginx": a lowercase RFC 1123 label/,
      );
    });

    it('creates, labels, annotates, patches and replaces', async () => {
      assert.equal(await run('create configmap settings --from-literal=a=b'), 'configmap/settings created\n');
      assert.equal(await run('label configmap settings x=y'), 'configmap/settings labeled\n');
      assert.match(await run('annotate configmap settings note=text'), /^configmap\/settings annotate/);
      assert.equal(
        await run('patch configmap settings --type=json -p [{"op":"add","path":"/data/c","value":"d"}]'),
        'configmap/settings patched\n',
      );
      assert.equal(await run('get cm -l x=y -o name'), 'configmap/settings\n');
      const yaml = await run('get configmap settings -o yaml');
      assert.equal(await run('replace -f -', yaml.replace('c: d', 'c: e')), 'configmap/settings replaced\n');
      assert.equal(await run('get cm settings -o jsonpath={.data.c}'), 'e');
      assert.match(
        await fail('create configmap settings'),
        /failed to create configmap: configmaps "settings" already exists/,
      );
    });

    it('shows what a dry run would do', async () => {
      assert.equal(await run('apply --dry-run=server -f -', POD_YAML), 'pod/web created (server dry run)\n');
      assert.match(await fail('get pod web'), /^Error from server \(NotFound\): pods "web" not found$/m);
    });

    it('creates the core kinds', async () => {
      await run('create namespace team');
      await run('create secret generic s --from-literal=k=v -n team');
      await run('create serviceaccount robot -n team');
      await run('create service clusterip svc --tcp=80:8080 -n team');
      await run('run job --image=busybox:1.36 --restart=Never -n team -- true');
      const all = await run('get secret,serviceaccount,service,pod -n team -o name');
      assert.deepEqual(all.trim().split('\n'), [
        'secret/s',
        'serviceaccount/default',
        'serviceaccount/robot',
        'service/svc',
        'pod/job',
      ]);
      assert.match(await run('get all -n team'), /^pod\/job .*^service\/svc +ClusterIP +10\.43\./ms);
    });

    it('knows itself and what it may do', async () => {
      assert.equal(await run('auth can-i create pods'), 'yes\n');
      assert.match(await run('auth can-i --list'), /^\*\.\*/m);
      // 1.27 asks for the beta version of the review, which is gone.
      if (version !== '1.27') assert.match(await run('auth whoami'), /^Username +system:admin$/m);
    });

    it('lists and explains what is served', async () => {
      assert.match(await run('api-resources'), /^pods +po +v1 +true +Pod$/m);
      assert.match(await run('api-versions'), /^events\.k8s\.io\/v1$/m);
      assert.match(await run('explain pod.spec.nodeName'), /^FIELD: +nodeName <string>$/m);
      assert.match(await run('version'), /^Server Version: .*v1\.36\.0\+bramble\./m);
      assert.match(await run('get --raw /readyz?verbose'), /^\[\+\]store ok$/m);
    });

    it('watches until a condition holds', async () => {
      await run('run waited --image=busybox:1.36 --restart=Never');
      const waiting = run('wait --for=jsonpath={.status.phase}=Succeeded pod/waited --timeout=20s');
      await run('patch pod waited --subresource=status --type=merge -p {"status":{"phase":"Succeeded"}}');
      assert.equal(await waiting, 'pod/waited condition met\n');
    });

    it('waits for a deletion that a finalizer holds up', async () => {
      await run('create configmap held');
      await run('patch configmap held --type=merge -p {"metadata":{"finalizers":["example.com/x"]}}');
      const deleting = run('delete configmap held --timeout=20s');
      await run('wait --for=jsonpath={.metadata.deletionGracePeriodSeconds}=0 configmap/held --timeout=20s');
      await run('patch configmap held --type=merge -p {"metadata":{"finalizers":null}}');
      assert.match(await deleting, /^configmap "held" deleted/);
    });

    it('drains a node', async () => {
      await run('create -f -', 'apiVersion: v1\nkind: Node\nmetadata: {name: pi-1}\n');
      await run('run evicted --image=busybox:1.36 --restart=Never --grace-period=0');
      await api.client.bind({ namespace: 'default', name: 'evicted' }, '', 'pi-1');
      await run('drain pi-1 --force --grace-period=0 --timeout=20s');
      assert.match(await run('get node pi-1'), /SchedulingDisabled/);
    });
  });
}
