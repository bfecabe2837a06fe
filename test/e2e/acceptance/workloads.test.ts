import assert from 'node:assert/strict';
import { eventually } from '../../lib/eventually.ts';
import { fixture } from '../../lib/fixture.ts';
import { outermostKubectls } from '../../lib/kubectl.ts';
import { assertShows } from '../../lib/screen.ts';
import { typeIn } from './terminal.ts';

/** On a busy machine. */
const SETTLE_MS = 60_000;
const DEPRECATED = 'Flag --record has been deprecated, --record will be removed in the future\n';
const SEED = fixture('.');

for (const kubectl of outermostKubectls()) {
  describe(`a ReplicaSet, with kubectl ${kubectl.version}`, function () {
    this.timeout(SETTLE_MS * 3);
    const selected = '-l app=my-nginx-pods-label';
    const type = typeIn(
      kubectl,
      `kubectl delete rs replicaset-nginx --ignore-not-found && kubectl delete pods ${selected} --now --ignore-not-found`,
    );
    const names = async () =>
      (await type(`kubectl get pods ${selected} -o jsonpath='{.items[*].metadata.name}'`)).split(' ').filter(Boolean);
    /** Waits for three pods, all of them running. */
    const three = () =>
      eventually(async () => {
        const line = 'replicaset-nginx-<suffix> 1/1 Running 0 <age>';
        assertShows(await type(`kubectl get pods ${selected} --no-headers`), [line, line, line].join('\n'));
        return names();
      }, SETTLE_MS);

    it('makes its three pods', async () => {
      const created = await type(`cd ${SEED} && kubectl apply -f replicaset-nginx.yaml`);
      assertShows(created, 'replicaset.apps/replicaset-nginx created');
      await three();
      await eventually(async () =>
        assertShows(
          await type('kubectl get rs replicaset-nginx'),
          'NAME DESIRED CURRENT READY AGE\nreplicaset-nginx 3 3 3 <age>',
        ),
      );
      const line = 'Normal SuccessfulCreate <age> replicaset-controller Created pod: replicaset-nginx-<suffix>';
      assertShows(await type('kubectl describe rs replicaset-nginx'), `...\n${[line, line, line].join('\n')}`);
    });

    it('replaces a pod that was deleted', async () => {
      const [victim = ''] = await names();
      await type(`kubectl delete pod ${victim}`);
      assert.ok(!(await three()).includes(victim));
    });

    it('lets a relabelled pod go and makes another', async () => {
      const [released = ''] = await names();
      await type(`kubectl label pod ${released} app=debug --overwrite`);
      assert.ok(!(await three()).includes(released));
      const owners = await type(`kubectl get pod ${released} -o jsonpath='{.metadata.ownerReferences}'`);
      assert.equal(owners, '');
      await type(`kubectl delete pod ${released} --now`);
    });

    it('takes a bare pod with the label as its own, and trims to three', async () => {
      const before = (await names()).sort();
      await type('kubectl run bare --image=busybox:1 --labels=app=my-nginx-pods-label -- sleep 1000');
      await eventually(async () =>
        assert.match(await type('kubectl describe rs replicaset-nginx'), /SuccessfulDelete .* Deleted pod: bare$/m),
      );
      await eventually(async () => assert.deepEqual((await names()).sort(), before), SETTLE_MS);
    });
  });

  describe(`a Deployment, with kubectl ${kubectl.version}`, function () {
    this.timeout(SETTLE_MS * 3);
    const minor = Number(kubectl.version.split('.')[1]);
    const selected = '-l app=my-nginx';
    const type = typeIn(
      kubectl,
      `kubectl delete deployment my-nginx-deployment --ignore-not-found; kubectl delete rs,pods ${selected} --now`,
    );
    /** What a command whose change is recorded prints: 1.20 does not say yet that this will end. */
    const recorded = (text: string) => `${minor > 20 ? DEPRECATED : ''}${text}`;
    const deploymentShows = (line: string) =>
      eventually(
        async () =>
          assertShows(
            await type('kubectl get deployment my-nginx-deployment'),
            `NAME READY UP-TO-DATE AVAILABLE AGE\nmy-nginx-deployment ${line} <age>`,
          ),
        SETTLE_MS,
      );
    /** DESIRED, CURRENT and READY of the ReplicaSet of an image. */
    const sizeOf = async (image: string) => {
      const rows = await type(`kubectl get rs ${selected} -o wide --no-headers`);
      const row = rows.split('\n').find((each) => each.includes(` ${image} `)) ?? '';
      return row.trim().split(/ +/).slice(1, 4).join('/');
    };
    const statusesOf = async (image: string) => {
      const hash = await type(
        `kubectl get rs ${selected} -o jsonpath='{range .items[?(@.spec.template.spec.containers[0].image=="${image}")]}{.metadata.labels.pod-template-hash}{end}'`,
      );
      return type(`kubectl get pods -l pod-template-hash=${hash} --no-headers`);
    };
    const assertServing = async () => {
      const ips = await type(
        `kubectl get pods ${selected} -o jsonpath='{range .items[?(@.spec.containers[0].image=="nginx:latest")]}{.status.podIP} {end}'`,
      );
      const addresses = ips.trim().split(' ');
      assert.ok(addresses.length >= 2, `old pods: ${ips}`);
      for (const ip of addresses) assert.equal((await fetch(`http://${ip}/`)).status, 200);
    };

    it('makes three pods of one ReplicaSet', async () => {
      const created = await type(`cd ${SEED} && kubectl apply -f deployment-nginx.yaml --record 2>&1`);
      assertShows(created, recorded('deployment.apps/my-nginx-deployment created'));
      await deploymentShows('3/3 3 3');
      assert.match(
        await type(`kubectl get rs ${selected} --no-headers`),
        /^my-nginx-deployment-[a-z0-9]{1,10} +3 +3 +3 +\S+\n$/,
      );
      const pods = await type(`kubectl get pods ${selected} --no-headers`);
      assert.match(pods, /^(my-nginx-deployment-[a-z0-9]{1,10}-[a-z0-9]{5} +1\/1 +Running +0 +\S+\n){3}$/);
    });

    it('stalls with the old pods serving when the new image does not exist', async () => {
      const line = 'kubectl set image deployment my-nginx-deployment nginx=nginx:1.11-absent --record 2>&1';
      assertShows(await type(line), recorded('deployment.apps/my-nginx-deployment image updated'));
      await eventually(
        async () => assert.match(await statusesOf('nginx:1.11-absent'), /^\S+ +0\/1 +ImagePullBackOff +0 +\S+\n$/),
        SETTLE_MS,
      );
      assert.equal(await sizeOf('nginx:latest'), '3/3/3');
      assert.equal(await sizeOf('nginx:1.11-absent'), '1/1/0');
      await deploymentShows('3/3 1 3');
      await assertServing();
    });

    it('shows both revisions with what caused them', async () => {
      assertShows(
        await type('kubectl rollout history deployment my-nginx-deployment'),
        `deployment.apps/my-nginx-deployment
REVISION CHANGE-CAUSE
1 kubectl apply --filename=deployment-nginx.yaml --record=true
2 kubectl set image deployment my-nginx-deployment nginx=nginx:1.11-absent --record=true`,
      );
    });

    it('is rolled back to the first revision, which becomes the third', async () => {
      const line = 'kubectl rollout undo deployment my-nginx-deployment --to-revision=1';
      assertShows(await type(line), 'deployment.apps/my-nginx-deployment rolled back');
      await type('kubectl rollout status deployment my-nginx-deployment --timeout=60s');
      assert.equal(await sizeOf('nginx:latest'), '3/3/3');
      assert.equal(await sizeOf('nginx:1.11-absent'), '0/0/0');
      assertShows(
        await type('kubectl rollout history deployment my-nginx-deployment'),
        `deployment.apps/my-nginx-deployment
REVISION CHANGE-CAUSE
2 kubectl set image deployment my-nginx-deployment nginx=nginx:1.11-absent --record=true
3 kubectl apply --filename=deployment-nginx.yaml --record=true`,
      );
    });

    it('stalls with old pods serving when the new image dies on start', async () => {
      // Its shell ends at once, having nothing to read.
      await type('kubectl set image deployment my-nginx-deployment nginx=busybox:1');
      await eventually(
        async () =>
          assert.match(await statusesOf('busybox:1'), /^(\S+ +0\/1 +CrashLoopBackOff +[2-9] \(\d+s ago\) +\S+\n)+$/),
        SETTLE_MS,
      );
      // A pod that was ready for a moment before it died let one old pod go.
      const sizes = [await sizeOf('busybox:1'), await sizeOf('nginx:latest')].join(' ');
      assert.match(sizes, /^(2\/2\/0 2\/2\/2|1\/1\/0 3\/3\/3)$/);
      await assertServing();
    });

    it('rolls a good image out, pauses, resumes and restarts', async () => {
      await type('kubectl rollout undo deployment my-nginx-deployment');
      await type('kubectl rollout status deployment my-nginx-deployment --timeout=60s');
      await type('kubectl rollout pause deployment my-nginx-deployment');
      await type('kubectl rollout restart deployment my-nginx-deployment || true');
      await type('kubectl set env deployment my-nginx-deployment COLOUR=blue');
      await deploymentShows('3/3 0 3');
      await type('kubectl rollout resume deployment my-nginx-deployment');
      await type('kubectl rollout status deployment my-nginx-deployment --timeout=60s');
      await type('kubectl rollout restart deployment my-nginx-deployment');
      await type('kubectl rollout status deployment my-nginx-deployment --timeout=60s');
      const causes = await type('kubectl rollout history deployment my-nginx-deployment');
      assert.match(causes, /^6 /m);
      await type('kubectl scale deployment my-nginx-deployment --replicas=1');
      await deploymentShows('1/1 1 1');
    });
  });
}
