import assert from 'node:assert/strict';
import { aPod } from '../../../../test/lib/builders.ts';
import { ManualClock } from '../../../../test/lib/manual-clock.ts';
import { createLogger } from '../../../lib/logger.ts';
import { ImagePlatforms } from './image-platforms.ts';
import type { RegistryQuestion } from './registry-client.ts';

const DIGEST = `nginx@sha256:${'a'.repeat(64)}`;
const FULL = 'docker.io/library/nginx:1';
const podOf = (image: string) => aPod({ spec: { containers: [{ name: 'main', image }] } });

function world(answer: (question: RegistryQuestion) => Promise<string[]>) {
  const clock = new ManualClock(1_000_000);
  const asked: string[] = [];
  const registry = {
    architectures(question: RegistryQuestion): Promise<string[]> {
      asked.push(question.image.repository);
      return answer(question);
    },
  };
  const platforms = new ImagePlatforms({
    registry,
    secretsOf: () => [],
    onKnown: () => undefined,
    clock,
    log: createLogger('silent'),
  });
  return { clock, asked, platforms, learn: (image: string) => platforms.learn(podOf(image), () => true) };
}

describe('what images were built for', () => {
  it('is asked once for all who want to know, and remembered for an hour', async () => {
    const { clock, asked, platforms, learn } = world(async () => ['arm64']);
    await Promise.all([learn('nginx:1'), learn('docker.io/library/nginx:1')]);
    assert.deepEqual(platforms.architecturesOf(FULL), ['arm64']);
    assert.equal(learn('nginx:1'), undefined);
    clock.advance(60 * 60_000 + 1);
    await learn('nginx:1');
    assert.deepEqual(asked, ['library/nginx', 'library/nginx']);
  });

  it('is known forever of a digest', async () => {
    const { clock, learn } = world(async () => ['arm64']);
    await learn(DIGEST);
    clock.advance(1e12);
    assert.equal(learn(DIGEST), undefined);
  });

  it('stays what it was when nobody says any more, and is asked again a minute later', async () => {
    let isDown = false;
    const { clock, asked, platforms, learn } = world(async () => {
      if (isDown) throw new Error('offline');
      return ['amd64'];
    });
    await learn('nginx:1');
    isDown = true;
    clock.advance(2 * 60 * 60_000);
    await learn('nginx:1');
    assert.deepEqual(platforms.architecturesOf(FULL), ['amd64']);
    assert.equal(learn('nginx:1'), undefined);
    clock.advance(60_001);
    await learn('nginx:1');
    assert.equal(asked.length, 3);
  });

  it('is not waited for longer than two seconds, and serves those who come later', async () => {
    const late = Promise.withResolvers<string[]>();
    const { clock, platforms, learn } = world(() => late.promise);
    const waiting = learn('nginx:1');
    clock.advance(2_000);
    await waiting;
    assert.equal(platforms.architecturesOf(FULL), undefined);
    late.resolve(['arm64']);
    await learn('nginx:1');
    assert.deepEqual(platforms.architecturesOf(FULL), ['arm64']);
  });

  it('is not asked where it does not matter', () => {
    const { platforms, asked } = world(async () => []);
    assert.equal(
      platforms.learn(podOf('nginx:1'), () => false),
      undefined,
    );
    assert.deepEqual(asked, []);
  });
});
