import assert from 'node:assert/strict';
import type { ConfigMap, Secret } from '../../../src/api/types.ts';
import { isRefusal } from './collection.ts';
import { encoded } from './configs.ts';
import { conformance } from './conformance.ts';
import type { Kind } from './kinds.ts';

/** Registers what `immutable` means for a kind. @param name the official one */
export function immutabilityTest<T extends ConfigMap | Secret>(name: string, kind: Kind<T>): void {
  conformance(name, async (context) => {
    const all = context.all<ConfigMap | Secret>(kind);
    const draft = { metadata: { name: 'fixed' }, data: encoded({ 'data-1': 'value-1' }) };
    await all.create(draft);
    await all.patch('fixed', { data: encoded({ 'data-2': 'value-2' }) });
    await all.patch('fixed', { immutable: true });

    for (const change of [{ data: encoded({ 'data-3': 'value-3' }) }, { immutable: false }, { data: null }]) {
      await assert.rejects(all.patch('fixed', change), (error) => isRefusal(error, 422), JSON.stringify(change));
    }
    const labelled = await all.patch('fixed', { metadata: { labels: { still: 'changes' } } });
    assert.equal(labelled.metadata.labels?.still, 'changes');
    assert.deepEqual(labelled.data, encoded({ 'data-1': 'value-1', 'data-2': 'value-2' }));

    await all.delete('fixed');
    assert.equal((await all.create(draft)).immutable, undefined);
  });
}
