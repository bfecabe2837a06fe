import assert from 'node:assert/strict';
import { deflateSync, inflateSync } from 'node:zlib';
import { spdyDictionary } from './dictionary.ts';
import { data, FrameParser, ping, rstStream, type SpdyFrame, synReply } from './frame.ts';
import { EmptyHeaderEncoder, HeaderDecoder } from './headers.ts';

/** What kubectl sends first: three SYN_STREAMs whose header blocks are one zlib stream (made with zlib itself). */
const GOLDEN: [string, string][] = [
  ['80030001000000280000000100000000000078f9e3c6a7c202a62346703a2b294a4dcc851625aca9a08006000000ffff', 'error'],
  ['800300010000001700000003000000000000c22e555c02cc2e00000000ffff', 'stdin'],
  ['800300010000001900000005000000000000c22a054ce729f9a52500000000ffff', 'stdout'],
];
const hex = (text: string) => Buffer.from(text, 'hex');
const bytes = (...values: number[]) => Buffer.from(values);

describe('SPDY frames', () => {
  const cases: [string, string, SpdyFrame][] = [
    ['data', '00000003000000026869', { type: 'data', streamId: 3, isFin: false, bytes: Buffer.from('hi') }],
    ['an end', '0000000301000000', { type: 'data', streamId: 3, isFin: true, bytes: bytes() }],
    ['RST_STREAM', '80030003000000080000000300000005', { type: 'rstStream', streamId: 3 }],
    ['PING', '800300060000000400000007', { type: 'ping', id: 7 }],
    ['GOAWAY', '80030007000000080000000000000000', { type: 'goAway' }],
    ['WINDOW_UPDATE', '80030009000000080000000100010000', { type: 'other' }],
    ['SETTINGS', '800300040000000400000000', { type: 'other' }],
  ];
  for (const [title, text, frame] of cases) {
    it(`are read: ${title}`, () => assert.deepEqual(new FrameParser().push(hex(text)), [frame]));
  }

  it('are read however the chunks fall', () => {
    const stream = hex([...GOLDEN.map(([text]) => text), ...cases.map(([, text]) => text)].join(''));
    const whole = new FrameParser().push(stream);
    assert.equal(whole.length, GOLDEN.length + cases.length);
    const parser = new FrameParser();
    const pieces = [...stream].flatMap((byte) => parser.push(bytes(byte)));
    const text = (frames: SpdyFrame[]) =>
      frames.map((frame) => ('bytes' in frame ? frame.bytes.toString() : frame.type)).join('');
    assert.equal(text(pieces), text(whole));
  });

  it('hand out data as it arrives, and its end with the last of it', () => {
    const parser = new FrameParser();
    const frame = data(9, Buffer.from('abcdef'), true);
    const piece = (content: string, isFin: boolean) => ({
      type: 'data',
      streamId: 9,
      isFin,
      bytes: Buffer.from(content),
    });
    assert.deepEqual(parser.push(frame.subarray(0, 10)), [piece('ab', false)]);
    assert.deepEqual(parser.push(frame.subarray(10)), [piece('cdef', true)]);
  });

  it('are written', () => {
    assert.equal(data(3, Buffer.from('hi'), false).toString('hex'), '00000003000000026869');
    assert.equal(data(3, bytes(), true).toString('hex'), '0000000301000000');
    assert.equal(rstStream(3, 5).toString('hex'), '80030003000000080000000300000005');
    assert.equal(ping(7).toString('hex'), '800300060000000400000007');
    assert.equal(synReply(1, bytes(0xaa)).toString('hex'), '800300020000000500000001aa');
  });

  for (const [title, text] of [
    ['of another version', '800200010000000000'],
    ['that are endless', '8003000100ffffff'],
    ['that are cut short', '800300030000000400000003'],
  ] as const) {
    it(`are refused when they are control frames ${title}`, () => {
      assert.throws(() => new FrameParser().push(hex(text)), { name: 'SpdyError' });
    });
  }
});

describe('SPDY headers', () => {
  it('are read from one zlib stream', async () => {
    const decoder = new HeaderDecoder();
    const frames = new FrameParser().push(hex(GOLDEN.map(([text]) => text).join('')));
    for (const [index, frame] of frames.entries()) {
      assert.ok(frame.type === 'synStream');
      assert.equal(frame.streamId, index * 2 + 1);
      assert.deepEqual([...(await decoder.decode(frame.headerBlock))], [['streamtype', GOLDEN[index]?.[1]]]);
    }
    decoder.close();
  });

  it('of megabytes are refused', async () => {
    const bomb = deflateSync(Buffer.alloc(1 << 24), { dictionary: spdyDictionary() });
    await assert.rejects(new HeaderDecoder().decode(bomb), { name: 'SpdyError' });
  });

  for (const [title, block] of [
    ['are no zlib', bytes(1, 2, 3)],
    ['end too early', deflateSync(bytes(0, 0, 0, 1, 0, 0, 0, 9, 65), { dictionary: spdyDictionary() })],
  ] as const) {
    it(`that ${title} are refused`, async () => {
      await assert.rejects(new HeaderDecoder().decode(block), { name: 'SpdyError' });
    });
  }

  it('that say nothing are written as one zlib stream', () => {
    const encoder = new EmptyHeaderEncoder();
    const blocks = [encoder.encode(), encoder.encode(), encoder.encode()];
    // An end, so that the reader is content.
    const stream = Buffer.concat([...blocks, hex('010000ffff')]);
    // The checksum of the whole lies behind it.
    const checksum = Buffer.from('000c0001', 'hex');
    const output = inflateSync(Buffer.concat([stream, checksum]), { dictionary: spdyDictionary() });
    assert.deepEqual(output, Buffer.alloc(12));
  });
});
