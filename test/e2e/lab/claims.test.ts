import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { assertShows } from '../../lib/screen.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { sharedLab } from './shared-lab.ts';

const CLAIM = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: notes}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 64Mi}}
`;

/** The claim decides where it runs, whatever it would rather have. */
const writer = (preferred: string) => `apiVersion: v1
kind: Pod
metadata: {name: writer}
spec:
  terminationGracePeriodSeconds: 1
  affinity:
    nodeAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        preference: {matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [${preferred}]}]}
  containers:
  - name: main
    image: busybox:1
    command: [sh, -c, 'hostname >> /data/visitors; sleep 100000']
    volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: notes}}]
`;

const CLAIM_DESCRIPTION = `Name: notes
Namespace: <namespace>
StorageClass: local-path
Status: Bound
Volume: <volume>
Labels: <none>
Annotations: pv.kubernetes.io/bind-completed: yes
pv.kubernetes.io/bound-by-controller: yes
volume.kubernetes.io/selected-node: n2
Finalizers: [kubernetes.io/pvc-protection]
Capacity: 64Mi
Access Modes: RWO
VolumeMode: Filesystem
Used By: writer
Events:
Type Reason Age From Message
---- ------ ---- ---- -------
Normal WaitForFirstConsumer <any> persistentvolume-controller waiting for first consumer to be created before binding
Normal ProvisioningSucceeded <any> persistentvolume-controller Successfully provisioned volume <volume>`;

const VOLUME_DESCRIPTION = `Name: <volume>
Labels: <none>
Annotations: bramble.dev/node: n2
pv.kubernetes.io/provisioned-by: bramble.dev/local-path
Finalizers: [bramble.dev/local-volume kubernetes.io/pv-protection]
StorageClass: local-path
Status: Bound
Claim: <namespace>/notes
Reclaim Policy: Delete
Access Modes: RWO
VolumeMode: Filesystem
Capacity: 64Mi
Node Affinity:
Required Terms:
Term 0: kubernetes.io/hostname in [n2]
Message:
Source:
Type: LocalVolume (a persistent volume backed by local storage on a node)
Path: <folder>
Events: <none>`;

describe('a claim on three nodes', () => {
  let lab: Lab;
  let space: PodSpace<Lab>;

  before('build the lab', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
    space = await PodSpace.open(lab, 'claims');
  });

  after(() => space?.close());

  const run = async (preferred: string) => {
    await space.ok(['apply', '-f', '-'], { input: writer(preferred) });
    return (await space.ready('writer')).spec.nodeName;
  };

  it('gets a folder on the node of its first pod, and leads every later one there', async () => {
    assert.equal(await space.ok(['apply', '-f', '-'], { input: CLAIM }), 'persistentvolumeclaim/notes created\n');
    assert.equal(await run('n2'), 'n2');
    for (const elsewhere of ['n1', 'n3']) {
      await space.ok(['delete', 'pod', 'writer']);
      assert.equal(await run(elsewhere), 'n2');
    }
    await eventually(async () =>
      assert.equal(await space.ok(['exec', 'writer', '--', 'cat', '/data/visitors']), 'writer\n'.repeat(3)),
    );
  });

  it('is described with its volume, its node and its events', async () => {
    const volume = await space.ok(['get', 'pvc', 'notes', '-o', 'jsonpath={.spec.volumeName}']);
    const folder = join(lab.host('n2').dataDir, 'volumes', volume);
    const words = (text: string) =>
      text.replaceAll('<volume>', volume).replaceAll('<namespace>', space.namespace).replace('<folder>', folder);
    assertShows(await space.ok(['describe', 'pvc', 'notes']), words(CLAIM_DESCRIPTION));
    assertShows(await space.ok(['describe', 'pv', volume]), words(VOLUME_DESCRIPTION));
    assert.match(await lab.host('n2').run('cat', [join(folder, 'visitors')]), /writer/);
  });

  it('takes the folder with it', async () => {
    const volume = await space.ok(['get', 'pvc', 'notes', '-o', 'jsonpath={.spec.volumeName}']);
    await space.ok(['delete', 'pod/writer', 'pvc/notes']);
    const folders = () => lab.host('n2').run('ls', [join(lab.host('n2').dataDir, 'volumes')]);
    await eventually(async () => assert.ok(!(await folders()).includes(volume)));
  });
});
