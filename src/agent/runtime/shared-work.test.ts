import assert from 'node:assert/strict';
import { SharedWork } from './shared-work.ts';

const never = new AbortController().signal;

describe('shared work', () => {
  it('runs once for all who ask meanwhile, anew for those who come after', async () => {
    const shared = new SharedWork<number>();
    let runs = 0;
    const work = async () => ++runs;
    assert.deepEqual(await Promise.all([shared.run('a', never, work), shared.run('a', never, work)]), [1, 1]);
    assert.equal(await shared.run('a', never, work), 2);
  });

  it('is aborted when the last waiter gives up, not before', async () => {
    const shared = new SharedWork<void>();
    const [one, two] = [new AbortController(), new AbortController()];
    let inner: AbortSignal | undefined;
    const work = (signal: AbortSignal) => {
      inner = signal;
      return new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    };
    const [first, second] = [shared.run('a', one.signal, work), shared.run('a', two.signal, work)];
    one.abort(new Error('one'));
    await assert.rejects(first, /one/);
    assert.equal(inner?.aborted, false);
    two.abort(new Error('two'));
    await assert.rejects(second, /two/);
    assert.equal(inner?.aborted, true);
  });

  it('fails for every waiter', async () => {
    const shared = new SharedWork<void>();
    const work = () => Promise.reject(new Error('no'));
    const both = await Promise.allSettled([shared.run('a', never, work), shared.run('a', never, work)]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
  });
});
