import assert from 'node:assert/strict';
import { parseContact, silenceMs } from './contact.ts';

describe('the time since the master was there', () => {
  const record = { bootId: 'a', atMs: 60_000 };
  it('is counted within one boot, whoever was running meanwhile', () => {
    assert.equal(silenceMs(record, { bootId: 'a', uptimeMs: 90_000 }), 30_000);
  });

  it('is endless after a boot, without a record, and when the record is of a time to come', () => {
    assert.equal(silenceMs(record, { bootId: 'b', uptimeMs: 90_000 }), Number.POSITIVE_INFINITY);
    assert.equal(silenceMs(undefined, { bootId: 'a', uptimeMs: 90_000 }), Number.POSITIVE_INFINITY);
    assert.equal(silenceMs(record, { bootId: 'a', uptimeMs: 50_000 }), Number.POSITIVE_INFINITY);
  });

  it('takes half a record for none', () => {
    for (const text of ['', '{"bootId":"a","atMs', '{}', 'null', '[]']) assert.equal(parseContact(text), undefined);
    assert.deepEqual(parseContact('{"bootId":"a","atMs":1}'), { bootId: 'a', atMs: 1 });
  });
});
