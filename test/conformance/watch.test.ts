import assert from 'node:assert/strict';
import type { WatchEvent } from '../../scripts/lib/api-connection.ts';
import type { ConfigMap } from '../../src/api/types.ts';
import { conformance } from './lib/conformance.ts';
import { CONFIG_MAPS } from './lib/kinds.ts';

/** `ADDED a`: an event as these tests compare it. */
function told({ type, object }: WatchEvent<ConfigMap>): string {
  return `${type} ${object.metadata.name} ${object.data?.mutation ?? 0}`;
}

conformance(
  '[sig-api-machinery] Watchers should observe add, update, and delete watch notifications on configmaps [Conformance]',
  async (context) => {
    const configMaps = context.all(CONFIG_MAPS);
    const a = await configMaps.watch({ labelSelector: 'watch=a' });
    const b = await configMaps.watch({ labelSelector: 'watch=b' });
    const either = await configMaps.watch({ labelSelector: 'watch in (a, b)' });
    await configMaps.create({ metadata: { name: 'first', labels: { watch: 'a' } } });
    for (const mutation of ['1', '2']) await configMaps.edit('first', (map) => ({ ...map, data: { mutation } }));
    await configMaps.delete('first');
    await configMaps.create({ metadata: { name: 'second', labels: { watch: 'b' } } });
    await configMaps.delete('second');
    const first = ['ADDED first 0', 'MODIFIED first 1', 'MODIFIED first 2', 'DELETED first 2'];
    const second = ['ADDED second 0', 'DELETED second 0'];
    await context.eventually(() => {
      assert.deepEqual(a.received.map(told), first);
      assert.deepEqual(b.received.map(told), second);
      assert.deepEqual(either.received.map(told), [...first, ...second]);
    });
  },
);

conformance(
  '[sig-api-machinery] Watchers should be able to start watching from a specific resource version [Conformance]',
  async (context) => {
    const configMaps = context.all(CONFIG_MAPS);
    await configMaps.create({ metadata: { name: 'map' } });
    const first = await configMaps.edit('map', (map) => ({ ...map, data: { mutation: '1' } }));
    await configMaps.edit('map', (map) => ({ ...map, data: { mutation: '2' } }));
    await configMaps.delete('map');
    const watch = await configMaps.watch({ resourceVersion: first.metadata.resourceVersion });
    assert.equal(told(await watch.next()), 'MODIFIED map 2');
    assert.equal(told(await watch.next()), 'DELETED map 2');
  },
);

conformance(
  '[sig-api-machinery] Watchers should be able to restart watching from the last resource version observed by the previous watch [Conformance]',
  async (context) => {
    const configMaps = context.all(CONFIG_MAPS);
    const before = await configMaps.watch();
    await context.eventually(() => before.received);
    await configMaps.create({ metadata: { name: 'map', labels: { watch: 'again' } } });
    await configMaps.edit('map', (map) => ({ ...map, data: { mutation: '1' } }));
    const { object } = await before.until((event) => told(event) === 'MODIFIED map 1');
    before.stop();
    await configMaps.edit('map', (map) => ({ ...map, data: { mutation: '2' } }));
    const after = await configMaps.watch({ resourceVersion: object.metadata.resourceVersion });
    await configMaps.delete('map');
    assert.equal(told(await after.next()), 'MODIFIED map 2');
    assert.equal(told(await after.next()), 'DELETED map 2');
  },
);

conformance(
  '[sig-api-machinery] Watchers should observe an object deletion if it stops meeting the requirements of the selector [Conformance]',
  async (context) => {
    const configMaps = context.all(CONFIG_MAPS);
    const watch = await configMaps.watch({ labelSelector: 'watch=meets' });
    const label = (value: string, mutation: string) => (map: ConfigMap) => ({
      ...map,
      metadata: { ...map.metadata, labels: { watch: value } },
      data: { mutation },
    });
    await configMaps.create({ metadata: { name: 'map', labels: { watch: 'meets' } } });
    await configMaps.edit('map', label('meets', '1'));
    await configMaps.edit('map', label('elsewhere', '1'));
    assert.equal(told(await watch.next()), 'ADDED map 0');
    assert.equal(told(await watch.next()), 'MODIFIED map 1');
    assert.equal((await watch.next()).type, 'DELETED');
    await configMaps.edit('map', label('elsewhere', '2'));
    await configMaps.edit('map', label('meets', '2'));
    await configMaps.edit('map', label('meets', '3'));
    await configMaps.delete('map');
    assert.equal(told(await watch.next()), 'ADDED map 2');
    assert.equal(told(await watch.next()), 'MODIFIED map 3');
    assert.equal(told(await watch.next()), 'DELETED map 3');
  },
);

conformance(
  '[sig-api-machinery] Watchers should receive events on concurrent watches in same order [Conformance]',
  async (context) => {
    const configMaps = context.all(CONFIG_MAPS);
    const { metadata } = await configMaps.list();
    const reference = await configMaps.watch({ resourceVersion: metadata.resourceVersion });
    const writer = async (name: string) => {
      for (let round = 0; round < 10; round++) {
        await configMaps.create({ metadata: { name } });
        await configMaps.edit(name, (map) => ({ ...map, data: { mutation: String(round) } }));
        await configMaps.delete(name);
      }
    };
    const writing = Promise.all(['a', 'b', 'c'].map(writer));
    const versions = (events: readonly WatchEvent<ConfigMap>[]) =>
      events.map(({ object }) => object.metadata.resourceVersion);
    // A watch from each of the versions that the first one saw must tell the same story from there on.
    const others: { from: number; watch: typeof reference }[] = [];
    for (let from = 0; from < 40; from++) {
      const { object } = await reference.next();
      const watch = await configMaps.watch({ resourceVersion: object.metadata.resourceVersion });
      others.push({ from: from + 1, watch });
    }
    await writing;
    await context.eventually(() => assert.equal(reference.received.length, 90));
    for (const { from, watch } of others)
      await context.eventually(() =>
        assert.deepEqual(versions(watch.received), versions(reference.received).slice(from)),
      );
  },
);
