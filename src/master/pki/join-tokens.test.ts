import assert from 'node:assert/strict';
import { parseJoinToken } from '../../lib/join-token.ts';
import { newJoinToken, parseTokenSecret, refusal, usedUp } from './join-tokens.ts';

const HASH = 'a'.repeat(64);

describe('newJoinToken', () => {
  const { word, secret } = newJoinToken({ caHash: HASH, expiresAt: 60_000, description: 'the attic' });
  const token = parseJoinToken(word);
  const stored = parseTokenSecret(secret);

  it('is one word that holds the CA’s hash', () => {
    assert.match(word, /^\S+$/);
    assert.equal(token.caHash, HASH);
  });

  it('stores no secret', () => {
    assert.equal(JSON.stringify(secret).includes(token.secret), false);
    assert.equal(JSON.stringify(secret).includes(Buffer.from(token.secret).toString('base64')), false);
  });

  it('is listed with its description and expiry', () => {
    assert.deepEqual([stored?.id, stored?.description, stored?.expiresAt], [token.id, 'the attic', 60_000]);
  });

  it('is good until it expires, for its own secret only', () => {
    assert.ok(stored);
    assert.equal(refusal(stored, token.secret, 59_999), undefined);
    assert.match(refusal(stored, token.secret, 120_000) ?? '', /has expired 60s ago.*`bramble token create`/);
    assert.match(refusal(stored, `${token.secret}x`, 120_000) ?? '', /secret part .* is wrong/);
  });

  it('is good for ever without an expiry', () => {
    const forever = newJoinToken({ caHash: HASH, expiresAt: undefined });
    const parsed = parseTokenSecret(forever.secret);
    assert.ok(parsed);
    assert.equal(refusal(parsed, parseJoinToken(forever.word).secret, Number.MAX_SAFE_INTEGER), undefined);
  });
});

describe('a single-use token', () => {
  const { secret } = newJoinToken({ caHash: HASH, expiresAt: undefined, isSingleUse: true });
  const used = {
    'used-by': Buffer.from('pi-1').toString('base64'),
    'used-by-key-sha256': Buffer.from('k').toString('base64'),
  };
  const [fresh, spent] = [secret, { ...secret, data: { ...secret.data, ...used } }].map(parseTokenSecret);

  it('lets the first key in, and that one again', () => {
    assert.ok(fresh && spent);
    assert.equal(usedUp(fresh, 'k'), undefined);
    assert.equal(usedUp(spent, 'k'), undefined);
  });

  it('names the node that has used it to every other key', () => {
    assert.ok(spent);
    assert.match(usedUp(spent, 'other') ?? '', /node "pi-1" has used it.*`bramble token create`/);
  });

  it('is no concern of tokens for many', () => {
    assert.ok(spent);
    assert.equal(usedUp({ ...spent, isSingleUse: false }, 'other'), undefined);
  });
});

describe('parseTokenSecret', () => {
  const { secret } = newJoinToken({ caHash: HASH, expiresAt: 60_000 });

  it('reads no other Secret', () => {
    assert.equal(parseTokenSecret({ ...secret, type: 'Opaque' }), undefined);
    assert.equal(parseTokenSecret({ ...secret, metadata: { name: 'other' } }), undefined);
  });

  it('takes an expiry that is no time for passed', () => {
    const data = { ...secret.data, expiration: Buffer.from('tomorrow').toString('base64') };
    assert.equal(parseTokenSecret({ ...secret, data })?.expiresAt, 0);
  });
});

describe('parseJoinToken', () => {
  for (const text of ['', 'abc', 'abcdef.0123456789abcdef', `abcdef.${'x'.repeat(26)}.zz`]) {
    it(`refuses "${text}" and says where tokens come from`, () => {
      assert.throws(() => parseJoinToken(text), /bramble token create/);
    });
  }
});
