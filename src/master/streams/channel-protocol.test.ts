import assert from 'node:assert/strict';
import type { StreamFrame } from '../../rpc/messages.ts';
import { chooseChannelProtocol, decodeMessage, encodeMessage, offeredProtocols } from './channel-protocol.ts';

const v5 = chooseChannelProtocol(['v5.channel.k8s.io']);
const v4 = chooseChannelProtocol(['v4.channel.k8s.io']);
const base64 = chooseChannelProtocol(['v4.base64.channel.k8s.io']);

describe('the channel protocol of WebSockets', () => {
  const choices: [string | undefined, string][] = [
    ['v5.channel.k8s.io', 'v5.channel.k8s.io'],
    ['v4.channel.k8s.io, v5.channel.k8s.io', 'v5.channel.k8s.io'],
    ['channel.k8s.io,v4.channel.k8s.io', 'v4.channel.k8s.io'],
    ['base64.channel.k8s.io', 'base64.channel.k8s.io'],
    [undefined, ''],
  ];
  for (const [header, name] of choices) {
    it(`is the newest that the client knows: ${header}`, () => {
      assert.equal(chooseChannelProtocol(offeredProtocols(header)).name, name);
    });
  }

  it('is refused when there is none that both know', () => {
    assert.throws(() => chooseChannelProtocol(['v9.channel.k8s.io']), {
      reason: 'BadRequest',
      message: /unable to negotiate protocol: client supports \[v9\.channel\.k8s\.io\], server accepts \[v5/,
    });
  });

  const bytes = (...values: number[]) => Buffer.from(values);
  const text = (value: string) => Buffer.from(value);
  const messages: [string, typeof v5, Buffer, StreamFrame | undefined][] = [
    ['stdin', v5, bytes(0, 104, 105), { data: { channel: 0, data: bytes(104, 105) } }],
    ['the end of stdin', v5, bytes(255, 0), { end: { channel: 0 } }],
    ['the end of another channel', v5, bytes(255, 1), undefined],
    ['no end before v5', v4, bytes(255, 0), undefined],
    ['a size', v5, text('\x04{"Width":80,"Height":24}\n'), { resize: { width: 80, height: 24 } }],
    ['a size that is none', v5, text('\x04{"Width":-1,"Height":24}'), undefined],
    ['no JSON where a size should be', v5, text('\x04x'), undefined],
    ['nothing at all', v5, bytes(), undefined],
    ['an empty channel', v5, bytes(0), undefined],
    ['a channel that is the server’s', v5, bytes(1, 104), undefined],
    ['stdin in Base64', base64, text('0aGk='), { data: { channel: 0, data: bytes(104, 105) } }],
    ['a size in Base64', base64, text(`4${btoa('{"Width":1,"Height":2}')}`), { resize: { width: 1, height: 2 } }],
  ];
  for (const [title, protocol, message, frame] of messages) {
    it(`reads ${title}`, () => assert.deepEqual(decodeMessage(protocol, message), frame));
  }

  it('writes the channel before the content', () => {
    assert.deepEqual(encodeMessage(v5, 1, Buffer.from('hi')), bytes(1, 104, 105));
    assert.equal(encodeMessage(base64, 2, Buffer.from('hi')), '2aGk=');
  });
});
