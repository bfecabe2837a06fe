import assert from 'node:assert/strict';
import type { Secret } from '../../api/types.ts';
import { parseImageReference } from './reference.ts';
import { registryAuths } from './registry-auths.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

function secret(auths: Record<string, object>, key = '.dockerconfigjson'): Secret {
  const content = key === '.dockercfg' ? auths : { auths };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    data: { [key]: base64(JSON.stringify(content)) },
  };
}

const login = { username: 'pi', password: 'pw' };

describe('registry credentials', () => {
  const matching: [string, string, boolean][] = [
    ['https://index.docker.io/v1/', 'nginx', true],
    ['docker.io', 'pi/app', true],
    ['ghcr.io', 'ghcr.io/pi/app', true],
    ['ghcr.io', 'pi/app', false],
    ['ghcr.io/pi', 'ghcr.io/pi/app:1', true],
    ['ghcr.io/pi', 'ghcr.io/pirate/app', false],
    ['*.example.com', 'r.example.com/app', true],
    ['*.example.com', 'a.b.example.com/app', false],
    ['r-*.example.com', 'r-1.example.com/app', true],
    ['192.168.77.1:5000', '192.168.77.1:5000/app', true],
    ['192.168.77.1', '192.168.77.1:5000/app', false],
    ['https://r.example.com/v2/', 'r.example.com/app', true],
  ];
  for (const [pattern, image, isFit] of matching)
    it(`${isFit ? 'uses' : 'does not use'} those of ${pattern} for ${image}`, () => {
      const expected = isFit ? [{ ...login, serverAddress: pattern }] : [];
      assert.deepEqual(registryAuths([secret({ [pattern]: login })], parseImageReference(image)), expected);
    });

  it('reads user and password out of the auth field, and the older form of file', () => {
    const auths = registryAuths(
      [secret({ 'r.io': { auth: base64('pi:a:b') } }, '.dockercfg')],
      parseImageReference('r.io/app'),
    );
    assert.deepEqual(auths, [{ username: 'pi', password: 'a:b', serverAddress: 'r.io' }]);
  });

  it('tries the most specific first', () => {
    const auths = registryAuths(
      [secret({ 'r.io': login }), secret({ 'r.io/team': login })],
      parseImageReference('r.io/team/app'),
    );
    assert.deepEqual(
      auths.map(({ serverAddress }) => serverAddress),
      ['r.io/team', 'r.io'],
    );
  });

  it('passes over what cannot be read', () => {
    const broken: Secret = { ...secret({}), data: { '.dockerconfigjson': base64('{'), '.dockercfg': base64('[]') } };
    assert.deepEqual(
      registryAuths([broken, secret({ 'r.io': {} }), secret({ 'r.io': { auth: 'x' } })], parseImageReference('r.io/a')),
      [],
    );
  });
});
