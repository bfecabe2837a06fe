import { Transform } from 'node:stream';
import type { Clock } from '../../lib/clock.ts';

/** Passes bytes on at no more than this rate, in the order and chunks they come. */
export function paced(bytesPerSecond: number, clock: Clock): Transform {
  const startMs = clock.now();
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      const aheadMs = (passed / bytesPerSecond) * 1000 - (clock.now() - startMs);
      // Timers are no finer than that.
      if (aheadMs < 5) done(null, chunk);
      else clock.after(aheadMs, () => done(null, chunk));
    },
  });
}
