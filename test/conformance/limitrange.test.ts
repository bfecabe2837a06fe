import assert from 'node:assert/strict';
import type { Container, LimitRange } from '../../src/api/types.ts';
import { type Draft, isRefusal } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import { LIMIT_RANGES, PODS } from './lib/kinds.ts';

const MIN = { cpu: '50m', memory: '100Mi', 'ephemeral-storage': '100Gi' };
const MAX = { cpu: '500m', memory: '500Mi', 'ephemeral-storage': '500Gi' };
const DEFAULT_REQUEST = { cpu: '100m', memory: '200Mi', 'ephemeral-storage': '200Gi' };
const DEFAULT = { cpu: '500m', memory: '500Mi', 'ephemeral-storage': '500Gi' };

function range(name: string, labels: Record<string, string> = {}): Draft<LimitRange> {
  const limit = { type: 'Container', min: MIN, max: MAX, default: DEFAULT, defaultRequest: DEFAULT_REQUEST };
  return { metadata: { name, labels }, spec: { limits: [limit] } };
}

conformance(
  '[sig-scheduling] LimitRange should create a LimitRange with defaults and ensure pod has those defaults applied. [Conformance]',
  async (context) => {
    const ranges = context.all(LIMIT_RANGES);
    const pods = context.all(PODS);
    const watch = await ranges.watch();
    const made = await ranges.create(range('limits'));
    await watch.until(({ type }) => type === 'ADDED');
    assert.deepEqual((await ranges.get('limits')).spec, made.spec);
    const create = async (name: string, resources: Container['resources']) => {
      const containers = [{ name: 'main', image: 'busybox:1', command: ['sleep', '3600'], resources }];
      return (await pods.create({ metadata: { name }, spec: { containers } })).spec.containers[0]?.resources;
    };
    const refused = (error: unknown) => isRefusal(error, 403);

    assert.deepEqual(await create('none', undefined), { requests: DEFAULT_REQUEST, limits: DEFAULT });
    const partial = { requests: { cpu: '300m', memory: '150Mi' }, limits: { cpu: '300m' } };
    assert.deepEqual(await create('partial', partial), {
      requests: { ...DEFAULT_REQUEST, ...partial.requests },
      limits: { ...DEFAULT, ...partial.limits },
    });
    await assert.rejects(create('small', { requests: { cpu: '10m', memory: '50Mi' } }), refused);
    await assert.rejects(create('big', { limits: { cpu: '600m', memory: '600Mi' } }), refused);

    const lower = { ...MIN, cpu: '9m', memory: '49Mi' };
    const [limit] = made.spec.limits;
    assert.ok(limit);
    await ranges.edit('limits', (before) => ({ ...before, spec: { limits: [{ ...limit, min: lower }] } }));
    assert.deepEqual((await ranges.get('limits')).spec.limits[0]?.min, lower);
    await context.eventually(() => create('small', { requests: { cpu: '10m', memory: '50Mi' } }));
    await assert.rejects(create('big', { limits: { cpu: '600m', memory: '600Mi' } }), refused);
    await ranges.delete('limits');
    await context.gone(ranges, 'limits');
    await context.eventually(() => create('big', { limits: { cpu: '600m', memory: '600Mi' } }));
  },
);

conformance(
  '[sig-scheduling] LimitRange should list, patch and delete a LimitRange by collection [Conformance]',
  async (context) => {
    const other = (await context.newNamespace()).metadata.name;
    const labels = { which: context.unique('range') };
    const labelSelector = `which=${labels.which}`;
    const here = context.all(LIMIT_RANGES);
    const there = context.in(other, LIMIT_RANGES);
    const everywhere = context.everywhere(LIMIT_RANGES);
    await here.create(range('limits', labels));
    await there.create(range('limits', labels));
    assert.equal((await everywhere.list({ labelSelector })).items.length, 2);
    const max = { type: 'Container', max: { ...MAX, cpu: '600m' } };
    const patch = { metadata: { labels: { patched: 'yes' } }, spec: { limits: [max] } };
    const patched = await here.patch('limits', patch, { type: 'strategic-merge' });
    assert.equal(patched.metadata.labels?.patched, 'yes');
    assert.equal(patched.spec.limits[0]?.max?.cpu, '600m');
    assert.equal((await everywhere.list({ labelSelector: `${labelSelector},patched=yes` })).items.length, 1);
    await here.deleteCollection({ labelSelector: 'patched=yes' });
    await context.gone(here, 'limits');
    assert.equal((await there.list({ labelSelector })).items.length, 1, 'the other namespace keeps its own');
  },
);
