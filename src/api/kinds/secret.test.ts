import assert from 'node:assert/strict';
import type { Secret } from '../types.ts';
import { SECRET } from './secret.ts';

const { strategy } = SECRET;

function aSecret(part: Partial<Secret>): Secret {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web', namespace: 'default' }, ...part };
  strategy.setDefaults?.(secret);
  return secret;
}

describe('a Secret', () => {
  it('is Opaque unless it says what it is', () => {
    assert.equal(aSecret({}).type, 'Opaque');
    assert.equal(aSecret({ type: 'x/y' }).type, 'x/y');
  });

  it('folds stringData into data, where it wins, and keeps none of it', () => {
    const secret = aSecret({ data: { a: 'AA==', b: 'AA==' }, stringData: { a: 'ä', c: '' } });
    assert.deepEqual(secret.data, { a: 'w6Q=', b: 'AA==', c: '' });
    assert.equal('stringData' in secret, false);
  });

  const redacted = 'Invalid value: "<secret contents redacted>": must be a JSON object';
  const cases: [type: string, stringData: Record<string, string>, causes: string[]][] = [
    ['Opaque', { a: 'b' }, []],
    ['kubernetes.io/basic-auth', {}, ['data[username]: Required value', 'data[password]: Required value']],
    ['kubernetes.io/basic-auth', { username: '' }, []],
    ['kubernetes.io/ssh-auth', { 'ssh-privatekey': '' }, ['data[ssh-privatekey]: Required value']],
    ['kubernetes.io/tls', {}, ['data[tls.crt]: Required value', 'data[tls.key]: Required value']],
    ['kubernetes.io/tls', { 'tls.crt': '', 'tls.key': '' }, []],
    ['kubernetes.io/dockercfg', {}, ['data[.dockercfg]: Required value']],
    ['kubernetes.io/dockerconfigjson', { '.dockerconfigjson': '{"auths":{}}' }, []],
    ['kubernetes.io/dockerconfigjson', { '.dockerconfigjson': '{' }, [`data[.dockerconfigjson]: ${redacted}`]],
    ['kubernetes.io/dockerconfigjson', { '.dockerconfigjson': '[]' }, [`data[.dockerconfigjson]: ${redacted}`]],
    [
      'kubernetes.io/service-account-token',
      {},
      ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
    ],
    ['Opaque', { a: 'x'.repeat(1024 * 1024 + 1) }, ['data: Too long: may not be more than 1048576 bytes']],
  ];
  for (const [type, stringData, causes] of cases) {
    it(`of type ${type} with ${Object.keys(stringData).join() || 'nothing'} is ${causes.length > 0 ? 'refused' : 'right'}`, () => {
      const found = strategy
        .validate(aSecret({ type, stringData }))
        .map(({ field, message }) => `${field}: ${message}`);
      assert.deepEqual(found, causes);
    });
  }

  it('keeps its type, and its data when immutable', () => {
    const old = aSecret({ immutable: true, stringData: { a: 'b' } });
    const found = strategy.validateUpdate?.(aSecret({ type: 'x/y', immutable: true }), old) ?? [];
    assert.deepEqual(
      found.map(({ field, message }) => `${field}: ${message}`),
      ['type: Invalid value: "x/y": field is immutable', 'data: Forbidden: field is immutable when `immutable` is set'],
    );
  });
});
