import assert from 'node:assert/strict';
import { cluster } from '../setup/shared-cluster.ts';
import { IDLE, script } from './manifests.ts';
import { PodSpace } from './pod-space.ts';

const WARNING = 'is accepted but not acted on by this version of Bramble';

describe('fields that nothing acts on yet', () => {
  let space: PodSpace;

  before(async () => {
    space = await PodSpace.open(cluster, 'not-honoured');
  });

  after(() => space.close());

  it('are named in warnings when a pod with them is made', async () => {
    const warnings = await space.apply(
      script(
        'unheard',
        IDLE,
        { priorityClassName: '', runtimeClassName: 'small' },
        {
          resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
          securityContext: { appArmorProfile: { type: 'Unconfined' } },
        },
      ),
    );
    for (const field of [
      'spec.runtimeClassName',
      'spec.containers[0].resizePolicy',
      'spec.containers[0].securityContext.appArmorProfile',
    ])
      assert.ok(warnings.includes(`Warning: ${field}: ${WARNING}\n`), warnings);
    await space.ready('unheard');
  });

  it('are not warned of where they ask for nothing', async () => {
    assert.equal(await space.apply(script('plain', IDLE, { priority: 0, hostPID: false })), '');
  });

  for (const [name, volume] of [['nfs', { nfs: { server: '192.0.2.9', path: '/export' } }]] as const) {
    it(`keep a pod with ${name} as a volume waiting, and an event says why`, async () => {
      const pod = `with-${name.toLowerCase()}`;
      const warnings = await space.apply(
        script(
          pod,
          IDLE,
          { volumes: [{ name: 'data', ...volume }] },
          { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
        ),
      );
      assert.match(warnings, new RegExp(`^Warning: spec\\.volumes\\[0\\]\\.${name}: ${WARNING}$`, 'm'));
      const words = `MountVolume.SetUp failed for volume "data" : ${name} volumes are not supported by this version of Bramble`;
      await space.event(pod, new RegExp(`^Warning FailedMount ${RegExp.escape(words)}$`, 'm'));
      assert.equal(await space.row(pod), '0/1 ContainerCreating 0');
    });
  }
});
