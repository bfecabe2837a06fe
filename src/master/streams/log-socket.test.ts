import assert from 'node:assert/strict';
import { ApiError } from '../../api/meta/errors.ts';
import { chooseLogProtocol, logMessage } from './log-socket.ts';

describe('logs over a WebSocket', () => {
  it('take the first protocol on offer that is served, and none without an offer', () => {
    assert.equal(chooseLogProtocol([]), '');
    assert.equal(chooseLogProtocol(['binary.k8s.io', 'base64.binary.k8s.io']), 'binary.k8s.io');
    assert.equal(chooseLogProtocol(['other', 'base64.binary.k8s.io']), 'base64.binary.k8s.io');
  });

  it('are refused in any other protocol', () => {
    assert.throws(
      () => chooseLogProtocol(['v4.channel.k8s.io']),
      (error) => error instanceof ApiError && error.code === 400 && error.message.includes('binary.k8s.io'),
    );
  });

  it('come as bytes, or as base64 in text', () => {
    const bytes = Buffer.from('line\n');
    assert.equal(logMessage('', bytes), bytes);
    assert.equal(logMessage('binary.k8s.io', bytes), bytes);
    assert.equal(logMessage('base64.binary.k8s.io', bytes), 'bGluZQo=');
  });
});
