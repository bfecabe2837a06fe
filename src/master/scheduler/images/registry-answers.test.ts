import assert from 'node:assert/strict';
import { parseChallenge, platformsOfIndex } from './registry-answers.ts';

describe('answers of registries', () => {
  it('are challenges with or without quotes', () => {
    assert.deepEqual(
      parseChallenge('Bearer realm="https://a.example/token?x=1",service="r, e", scope=repository:a:pull'),
      {
        scheme: 'bearer',
        parameters: { realm: 'https://a.example/token?x=1', service: 'r, e', scope: 'repository:a:pull' },
      },
    );
    assert.deepEqual(parseChallenge('Basic realm="a \\"b\\""'), { scheme: 'basic', parameters: { realm: 'a "b"' } });
    assert.deepEqual(parseChallenge(''), { scheme: '', parameters: {} });
  });

  it('name Linux platforms once each, without attestations', () => {
    const entry = (os: string, architecture: string, variant?: string) => ({ platform: { os, architecture, variant } });
    const manifests = [
      entry('linux', 'arm64', 'v8'),
      entry('linux', 'amd64'),
      entry('linux', 'arm', 'v7'),
      entry('linux', 'arm', 'v6'),
      entry('windows', 'amd64'),
      entry('unknown', 'unknown'),
      { digest: 'x' },
      null,
    ];
    assert.deepEqual(platformsOfIndex({ manifests }), ['amd64', 'arm', 'arm64']);
    assert.deepEqual(platformsOfIndex({}), []);
  });
});
