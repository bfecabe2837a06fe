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
    followed = new FollowedEndpoints(['rules', 'proxy'], progress, (mark) => told.push(mark));
  });
  const listen = (sender: string) => followed.onNews(sender, () => news.push(sender));
  const both = (mark: number) => {
    for (const sender of ['rules', 'proxy']) followed.upTo(sender, mark);
  };

  it('are told as far as the slowest sender has come, once', () => {
    listen('rules');
    listen('proxy');
    progress.hold(3);
    assert.deepEqual(news, ['rules', 'proxy']);
    followed.upTo('rules', 3);
    assert.deepEqual(told, []);
    followed.upTo('proxy', 2);
    followed.upTo('proxy', 2);
    assert.deepEqual(told, [2]);
    followed.upTo('proxy', 3);
    assert.deepEqual(told, [2, 3]);
  });

  it('wake nobody who has followed them already', () => {
    listen('rules');
    progress.hold(1);
    both(1);
    progress.hold(1);
    assert.deepEqual(news, ['rules']);
  });

  it('are told again to a master that counts anew, and not by what the one before had counted', () => {
    listen('rules');
    listen('proxy');
    progress.hold(7);
    both(7);
    progress.hold(0);
    both(7);
    progress.hold(2);
    both(7);
    assert.deepEqual(told, [7]);
    both(2);
    progress.hold(0);
    progress.hold(2);
    both(2);
    assert.deepEqual(told, [7, 2, 2]);
  });

  it('are not told before every sender has spoken', () => {
    progress.hold(1);
    followed.upTo('rules', 1);
    assert.deepEqual(told, []);
  });
});
