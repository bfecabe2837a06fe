import assert from 'node:assert/strict';
import { createLogger } from '../../lib/logger.ts';
import type { StoreEvent } from './store.ts';
import { Watcher, WatchHub } from './watch-hub.ts';

const log = createLogger('silent');
const event = (revision: number, key: string): StoreEvent => ({ type: 'created', key, revision, value: '{}' });

function watching(hub: WatchHub, prefix: string, onEvent?: () => void) {
  const told: (number | string)[] = [];
  const observer = {
    event: ({ revision }: StoreEvent) => {
      told.push(revision);
      onEvent?.();
    },
    progress: (revision: number) => told.push(`at ${revision}`),
    ended: (error: Error) => told.push(error.message),
  };
  const watcher = new Watcher({ prefix, revision: 0 }, observer, log);
  hub.add(watcher);
  return { told, watcher };
}

describe('WatchHub', () => {
  it('tells each watcher its keys in order, and all of them how far it came', () => {
    const hub = new WatchHub();
    const [pods, inDefault, all] = ['pods/', 'pods/default/', ''].map((prefix) => watching(hub, prefix).told);
    hub.publish([event(1, 'pods/default/a'), event(2, 'nodes/a'), event(3, 'pods/x/a')], 3);
    assert.deepEqual(
      [pods, inDefault, all],
      [
        [1, 3, 'at 3'],
        [1, 'at 3'],
        [1, 2, 3, 'at 3'],
      ],
    );
  });

  it('ends an observer that throws, tells it nothing more, and the others everything', () => {
    const hub = new WatchHub();
    const bad = watching(hub, 'pods/', () => {
      throw new Error('mine');
    });
    const good = watching(hub, 'pods/');
    hub.publish([event(1, 'pods/a'), event(2, 'pods/b')], 2);
    assert.deepEqual(
      [bad.told, good.told],
      [
        [1, 'mine'],
        [1, 2, 'at 2'],
      ],
    );
  });

  it('bears watches that end and begin while events are told', () => {
    const hub = new WatchHub();
    const joined: (number | string)[][] = [];
    const first = watching(hub, 'pods/', () => {
      first.watcher.cancel();
      joined.push(watching(hub, 'pods/').told);
    });
    hub.publish([event(1, 'pods/a'), event(2, 'pods/b')], 2);
    assert.deepEqual(first.told, [1]);
    assert.equal(joined.length, 1);
    assert.deepEqual(
      joined[0]?.filter((told) => told === 2),
      [2],
    );
  });

  it('ends all with the reason, once', () => {
    const hub = new WatchHub();
    const { told } = watching(hub, 'pods/');
    hub.endAll(new Error('closing'));
    hub.endAll(new Error('closing'));
    hub.publish([event(1, 'pods/a')], 1);
    assert.deepEqual(told, ['closing']);
  });
});
