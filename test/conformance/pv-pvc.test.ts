import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES } from './lib/kinds.ts';

/** A class that nobody serves, so that nothing but the test moves them. */
function drafts(context: Context) {
  const labels = { which: context.unique('volumes') };
  const storageClassName = context.unique('class');
  const spec = { accessModes: ['ReadWriteOnce'] as ['ReadWriteOnce'], storageClassName };
  return {
    labelSelector: `which=${labels.which}`,
    volume: () => ({
      metadata: { name: context.unique('volume'), labels },
      spec: {
        ...spec,
        capacity: { storage: '1Gi' },
        persistentVolumeReclaimPolicy: 'Retain' as const,
        hostPath: { path: '/tmp/conformance' },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'Exists' as const }] }],
          },
        },
      },
    }),
    claim: (selector: Record<string, string> = {}) => ({
      metadata: { name: context.unique('claim'), labels },
      spec: {
        ...spec,
        resources: { requests: { storage: '1Gi' } },
        selector: { matchLabels: selector },
      },
    }),
  };
}

conformance(
  '[sig-storage] PersistentVolumes CSI Conformance should run through the lifecycle of a PV and a PVC [Conformance]',
  async (context) => {
    const volumes = context.all(PERSISTENT_VOLUMES);
    const claims = context.all(PERSISTENT_VOLUME_CLAIMS);
    const { labelSelector, ...draft } = drafts(context);
    context.afterwards(() => volumes.deleteCollection({ labelSelector }));
    const none = async () => {
      await context.eventually(async () => assert.deepEqual((await claims.list({ labelSelector })).items, []));
      await context.eventually(async () => assert.deepEqual((await volumes.list({ labelSelector })).items, []));
    };
    const volume = (await volumes.create(draft.volume())).metadata.name;
    const claim = (await claims.create(draft.claim())).metadata.name;
    assert.equal((await volumes.list({ labelSelector })).items.length, 1);
    assert.equal((await claims.list({ labelSelector })).items.length, 1);
    await context.eventually(async () => assert.equal((await claims.get(claim)).status?.phase, 'Bound'));
    await context.eventually(async () => assert.equal((await volumes.get(volume)).status?.phase, 'Bound'));
    await volumes.patch(volume, { metadata: { labels: { patched: 'yes' } } });
    await claims.patch(claim, { metadata: { labels: { patched: 'yes' } } });
    assert.equal((await volumes.get(volume)).metadata.labels?.patched, 'yes');
    assert.equal((await claims.get(claim)).metadata.labels?.patched, 'yes');
    const updated = { updated: 'yes' };
    await volumes.edit(volume, (one) => ({
      ...one,
      metadata: { ...one.metadata, annotations: { ...one.metadata.annotations, ...updated } },
    }));
    await claims.edit(claim, (one) => ({
      ...one,
      metadata: { ...one.metadata, annotations: { ...one.metadata.annotations, ...updated } },
    }));
    assert.equal((await claims.get(claim)).metadata.annotations?.updated, 'yes');
    await claims.delete(claim);
    await context.eventually(async () => assert.equal(await claims.find(claim), undefined));
    await volumes.delete(volume);
    await none();

    await volumes.create(draft.volume());
    await claims.create(draft.claim());
    await claims.deleteCollection({ labelSelector });
    await context.eventually(async () => assert.deepEqual((await claims.list({ labelSelector })).items, []));
    await volumes.deleteCollection({ labelSelector });
    await none();
  },
);

conformance(
  '[sig-storage] PersistentVolumes CSI Conformance should apply changes to a pv/pvc status [Conformance]',
  async (context) => {
    const volumes = context.all(PERSISTENT_VOLUMES);
    const claims = context.all(PERSISTENT_VOLUME_CLAIMS);
    const { labelSelector, ...draft } = drafts(context);
    context.afterwards(() => volumes.deleteCollection({ labelSelector }));
    const volume = (await volumes.create(draft.volume())).metadata.name;
    const claim = (await claims.create(draft.claim({ nothing: 'bears-it' }))).metadata.name;
    assert.equal((await claims.get(claim, 'status')).status?.phase, 'Pending');
    await context.eventually(async () =>
      assert.equal((await volumes.get(volume, 'status')).status?.phase, 'Available'),
    );
    const condition = (type: string) => ({ type, status: 'True' as const, reason: 'Set', message: 'by the test' });
    await claims.patch(claim, { status: { conditions: [condition('StatusPatched')] } }, { subresource: 'status' });
    assert.equal((await claims.get(claim, 'status')).status?.conditions?.[0]?.type, 'StatusPatched');
    await volumes.patch(volume, { status: { message: 'StatusPatched', reason: 'E2E' } }, { subresource: 'status' });
    assert.equal((await volumes.get(volume, 'status')).status?.message, 'StatusPatched');
    const conditions = [condition('StatusUpdated')];
    await claims.edit(claim, (one) => ({ ...one, status: { ...one.status, conditions } }), 'status');
    assert.equal((await claims.get(claim, 'status')).status?.conditions?.[0]?.type, 'StatusUpdated');
    const news = { message: 'StatusUpdated', reason: 'E2E' };
    await volumes.edit(volume, (one) => ({ ...one, status: { ...one.status, ...news } }), 'status');
    assert.equal((await volumes.get(volume, 'status')).status?.message, 'StatusUpdated');
    await claims.delete(claim);
    await context.eventually(async () => assert.equal(await claims.find(claim), undefined));
  },
);
