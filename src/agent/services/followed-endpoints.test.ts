import assert from 'node:assert/strict';
import type { EndpointsProgress } from '../assignments.ts';
import { FollowedEndpoints } from './followed-endpoints.ts';

class Progress {
  endpoints: EndpointsProgress = { held: 0, isCounted: false, everywhere: 0 };
  readonly #listeners = new Set<() => void>();

  onProgress(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  hold(held: number): void {
    this.endpoints = { held, isCounted: held > 0, everywhere: 0 };
    for (const listener of this.#listeners) listener();
  }
}

describe('changes of endpoints that a node has followed', () => {
  let progress: Progress;
  let told: number[];
  let news: string[];
  let followed: FollowedEndpoints;

  beforeEach(() => {
    [progress, told, news] = [new Progress(), [], []];
    followed = new FollowedEndpoints(progress, (mark) => told.push(mark));
  });
  const join = (sender: string) => followed.join(sender, () => news.push(sender));

  it('are told as far as the slowest sender has come, once', () => {
    join('rules');
    join('proxy');
    progress.hold(3);
    assert.deepEqual(news, ['rules', 'proxy']);
    followed.followed('rules', 3);
    assert.deepEqual(told, []);
    followed.followed('proxy', 2);
    followed.followed('proxy', 2);
    assert.deepEqual(told, [2]);
    followed.followed('proxy', 3);
    assert.deepEqual(told, [2, 3]);
  });

  it('wake nobody who has followed them already', () => {
    join('rules');
    progress.hold(1);
    followed.followed('rules', 1);
    progress.hold(1);
    assert.deepEqual(news, ['rules']);
  });

  it('are told again to a master that counts anew, and not by what the one before had counted', () => {
    join('rules');
    progress.hold(7);
    followed.followed('rules', 7);
    progress.hold(0);
    followed.followed('rules', 7);
    progress.hold(2);
    followed.followed('rules', 7);
    assert.deepEqual(told, [7]);
    followed.followed('rules', 2);
    progress.hold(0);
    progress.hold(2);
    followed.followed('rules', 2);
    assert.deepEqual(told, [7, 2, 2]);
  });

  it('do not wait for a sender that has gone', () => {
    join('rules');
    const leave = join('proxy');
    progress.hold(1);
    leave();
    followed.followed('rules', 1);
    followed.followed('proxy', 0);
    assert.deepEqual(told, [1]);
  });
});
