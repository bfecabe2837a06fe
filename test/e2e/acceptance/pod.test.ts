import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../lib/eventually.ts';
import { fixture } from '../../lib/fixture.ts';
import { newestKubectl, outermostKubectls } from '../../lib/kubectl.ts';
import { assertShows } from '../../lib/screen.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { typeIn } from './terminal.ts';

const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8' }).trim();

/** What describe shows of the first pod that anybody makes. */
const DESCRIPTION = `Name: my-nginx-pod
Namespace: default
Priority: 0
...
Node: <node>/<ip>
Start Time: <time>
Labels: <none>
Annotations: <none>
Status: Running
IP: <ip>
IPs:
IP: <ip>
Containers:
my-nginx-container:
Container ID: docker://<id>
Image: nginx:latest
Image ID: docker-pullable://nginx@sha256:<id>
Port: 80/TCP
Host Port: 0/TCP
State: Running
Started: <time>
Ready: True
Restart Count: 0
Environment: <none>
Mounts:<any>
...
Conditions:
Type Status
...
Initialized True
Ready True
ContainersReady True
PodScheduled True
Volumes:<any>
...
QoS Class: BestEffort
Node-Selectors: <none>
Tolerations: node.kubernetes.io/not-ready:NoExecute op=Exists for <age>
node.kubernetes.io/unreachable:NoExecute op=Exists for <age>
Events:
Type Reason Age From Message
---- ------ ---- ---- -------
Normal Scheduled <age> default-scheduler Successfully assigned default/my-nginx-pod to <node>
Normal Pulling <age> kubelet Pulling image "nginx:latest"
Normal Pulled <age> kubelet Successfully pulled image "nginx:latest" in <any> (<any> including waiting). Image size: <n> bytes.
Normal Created <age> kubelet Created container: my-nginx-container
Normal Started <age> kubelet Started container my-nginx-container`;

for (const kubectl of outermostKubectls()) {
  describe(`the first pod, with kubectl ${kubectl.version}`, function () {
    this.timeout(90_000);
    const minor = Number(kubectl.version.split('.')[1]);
    const type = typeIn(kubectl, `kubectl delete -f ${fixture('nginx-pod.yaml')} --ignore-not-found --now`);
    let uid = '';
    let address = '';

    it('is created by apply and runs', async () => {
      assertShows(await type(`kubectl apply -f ${fixture('nginx-pod.yaml')}`), 'pod/my-nginx-pod created');
      await type('kubectl wait --for=condition=Ready pod/my-nginx-pod --timeout=60s');
      assertShows(await type('kubectl get pods'), 'NAME READY STATUS RESTARTS AGE\nmy-nginx-pod 1/1 Running 0 <age>');
      [uid = '', address = ''] = (
        await type("kubectl get pod my-nginx-pod -o jsonpath='{.metadata.uid} {.status.podIP}'")
      ).split(' ');
      assert.match(address, /^10\.142\./);
    });

    it('is described in all fields, with its events', async () => {
      await eventually(async () => {
        const words = DESCRIPTION.replaceAll('<node>', cluster.nodeName);
        // Older ones leave out the account, the newer show it where the dots are.
        assertShows(await type('kubectl describe pods my-nginx-pod'), words);
      }, 10_000);
      if (minor >= 27) assert.match(await type('kubectl describe pods my-nginx-pod'), /^Service Account: +default$/m);
    });

    it('answers at its address and says so in its log', async () => {
      const response = await fetch(`http://${address}/`);
      assert.match(await response.text(), /<title>Welcome to nginx!<\/title>/);
      const line = /"GET \/ HTTP\/1\.1" 200/;
      await eventually(async () => assert.match(await type('kubectl logs my-nginx-pod'), line));
      const all = (await type('kubectl logs my-nginx-pod')).trimEnd().split('\n');
      assert.equal(await type('kubectl logs my-nginx-pod --tail=2'), `${all.slice(-2).join('\n')}\n`);
      assert.match(await type('kubectl logs my-nginx-pod --timestamps --tail=1'), /^\d{4}-\d\d-\d\dT[\d:.]+Z .*GET/);
      assert.match(await type('kubectl logs my-nginx-pod --since=1h -c my-nginx-container'), line);
      assert.match(await type('kubectl logs my-nginx-pod --all-containers'), line);
    });

    it('follows the log while it grows', async () => {
      const seen = type(
        'touch log; kubectl logs -f my-nginx-pod > log & logs=$!; until grep -q follow-me log; do sleep 0.05; done; kill $logs',
      );
      await fetch(`http://${address}/follow-me`);
      await seen;
    });

    it('shows the log of the container before the restart', async () => {
      await type('kubectl exec my-nginx-pod -- sh -c "kill 1" || true');
      await eventually(async () => {
        const restarts = "jsonpath='{.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready}'";
        assert.equal(await type(`kubectl get pod my-nginx-pod -o ${restarts}`), '1 true');
      });
      assert.match(await type('kubectl logs my-nginx-pod --previous'), /follow-me/);
      assert.doesNotMatch(await type('kubectl logs my-nginx-pod'), /follow-me/);
      assertShows(
        await type('kubectl get pods'),
        'NAME READY STATUS RESTARTS AGE\nmy-nginx-pod 1/1 Running 1 (<age> ago) <age>',
      );
      const ip = await type("kubectl get pod my-nginx-pod -o jsonpath='{.status.podIP}'");
      assert.equal(ip, address);
    });

    it('leaves nothing behind when it is deleted', async () => {
      assertShows(await type(`kubectl delete -f ${fixture('nginx-pod.yaml')}`), 'pod "my-nginx-pod" deleted');
      assert.equal(docker('ps', '-aq', '--filter', `label=io.kubernetes.pod.uid=${uid}`), '');
      await eventually(() => {
        assert.ok(!existsSync(join(cluster.dataDir, 'pods', uid)), 'a folder of the pod');
        assert.ok(!execFileSync('cat', ['/proc/mounts'], { encoding: 'utf8' }).includes(uid), 'a mount of the pod');
      });
      await assert.rejects(fetch(`http://${address}/`, { signal: AbortSignal.timeout(2000) }));
    });
  });
}

describe('a pod of a web server and a sidecar that collects its log', function () {
  this.timeout(90_000);
  const kubectl = newestKubectl();
  const POD = fixture('../nginx-and-sidecar.yaml');
  const type = typeIn(kubectl, `kubectl delete -f ${POD} --now`);
  const ipOf = () => type("kubectl get pod nginx-and-sidecar -o jsonpath='{.status.podIP}'");

  before(async () => {
    assertShows(await type(`kubectl apply -f ${POD}`), 'pod/nginx-and-sidecar created');
    await type('kubectl wait --for=condition=Ready pod/nginx-and-sidecar --timeout=60s');
  });

  it('runs both and shows them together', async () => {
    assertShows(
      await type('kubectl get pod nginx-and-sidecar'),
      'NAME READY STATUS RESTARTS AGE\nnginx-and-sidecar 2/2 Running 0 <age>',
    );
    const both = await type('kubectl logs nginx-and-sidecar --all-containers --prefix');
    await eventually(async () =>
      assert.match(await type('kubectl logs nginx-and-sidecar -c sidecar'), /Welcome to nginx/),
    );
    assert.match(both, /^\[pod\/nginx-and-sidecar\/nginx\]/m);
  });

  it('lets the sidecar reach the server on 127.0.0.1, under one name and address', async () => {
    const page = await type('kubectl exec nginx-and-sidecar -c sidecar -- wget -qO- http://127.0.0.1:80/');
    assert.match(page, /Welcome to nginx!/);
    for (const container of ['nginx', 'sidecar']) {
      assert.equal(await type(`kubectl exec nginx-and-sidecar -c ${container} -- hostname`), 'nginx-and-sidecar\n');
      const addresses = await type(`kubectl exec nginx-and-sidecar -c ${container} -- ip -4 -o addr show dev eth0`);
      assert.ok(addresses.includes(` ${await ipOf()}/`), addresses);
    }
  });

  for (const [index, container] of ['nginx', 'sidecar'].entries()) {
    it(`keeps the address and the other one when ${container} restarts`, async () => {
      const before = await ipOf();
      await type(`kubectl exec nginx-and-sidecar -c ${container} -- sh -c "kill 1" || true`);
      const counts = index === 0 ? '1 0' : '1 1';
      await eventually(async () =>
        assert.equal(
          await type(
            "kubectl get pod nginx-and-sidecar -o jsonpath='{.status.containerStatuses[*].restartCount} {.status.containerStatuses[*].ready}'",
          ),
          `${counts} true true`,
        ),
      );
      assert.equal(await ipOf(), before);
    });
  }
});

it('leaves no folder of a pod when all are deleted', async () => {
  await eventually(() => {
    const folder = join(cluster.dataDir, 'pods');
    const left = existsSync(folder) ? readdirSync(folder) : [];
    assert.deepEqual(left, []);
  });
});
