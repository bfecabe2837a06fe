import assert from 'node:assert/strict';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import dnsPacket, { type DecodedPacket } from 'dns-packet';
import { askServer } from '../../../src/agent/dns/name-server.ts';
import { systemClock } from '../../../src/lib/clock.ts';

const QUESTION = { name: 'example.com', type: 'A' } as const;
const ANSWER = { ...QUESTION, ttl: 60, data: '203.0.113.7' };

function reply({ id = 0 }: DecodedPacket, flags: number): Buffer {
  // Codes other than 0 come without an answer; so does what is cut.
  return dnsPacket.encode({ type: 'response', id, flags, questions: [QUESTION], answers: flags === 0 ? [ANSWER] : [] });
}

function hasOption({ additionals = [] }: DecodedPacket): boolean {
  return additionals.some(({ type }) => type === 'OPT');
}

/** A name server whose words a test chooses. */
class Double {
  readonly udp: UdpSocket = createSocket('udp4');
  readonly tcp: Server = createServer();
  /** Each query over UDP: whether it came with EDNS. */
  readonly asked: boolean[] = [];
  readonly #open = new Set<Socket>();

  async start(flagsFor: (query: DecodedPacket) => number): Promise<number> {
    this.udp.on('message', (message, { port, address }) => {
      const query = dnsPacket.decode(message);
      this.asked.push(hasOption(query));
      this.udp.send(reply(query, flagsFor(query)), port, address);
    });
    this.udp.bind(0, '127.0.0.1');
    await once(this.udp, 'listening');
    const { port } = this.udp.address();
    this.tcp.on('connection', (socket) => {
      this.#open.add(socket);
      socket.on('error', () => {}); // the client's end is none of the test's
    });
    this.tcp.listen(port, '127.0.0.1');
    await once(this.tcp, 'listening');
    return port;
  }

  stop(): void {
    this.udp.close();
    for (const socket of this.#open) socket.destroy();
    this.tcp.close();
  }
}

describe('a name server', function () {
  this.timeout(20_000);
  let double: Double;

  beforeEach(() => {
    double = new Double();
  });

  afterEach(() => double.stop());

  const ask = (port: number) => askServer({ server: '127.0.0.1', port, timeoutMs: 1_000 }, QUESTION, systemClock);
  const isTruncated = () => dnsPacket.TRUNCATED_RESPONSE;

  for (const [code, what] of [
    [1, 'takes EDNS for a broken query'],
    [4, 'has no EDNS'],
  ] as const) {
    it(`that ${what} is asked once more without`, async () => {
      const port = await double.start((query) => (hasOption(query) ? code : 0));
      assert.equal((await ask(port)).answers?.length, 1);
      assert.deepEqual(double.asked, [true, false]);
    });
  }

  it('that understands no question at all is asked no third time', async () => {
    const port = await double.start(() => 1);
    assert.equal((await ask(port)).answers?.length, 0);
    assert.deepEqual(double.asked, [true, false]);
  });

  it('tells over TCP what UDP does not hold, though it answers nobody who has hung up', async () => {
    const port = await double.start(isTruncated);
    double.tcp.on('connection', (socket) => {
      socket.once('end', () => socket.destroy());
      socket.once('data', (chunk: Buffer) => {
        const message = reply(dnsPacket.decode(chunk.subarray(2)), 0);
        const length = Buffer.from([message.length >> 8, message.length & 0xff]);
        // In pieces, and not at once: the length and the message come as TCP brings them.
        socket.write(length);
        setTimeout(() => socket.writable && socket.write(message), 50);
      });
    });
    assert.equal((await ask(port)).answers?.length, 1);
  });

  it('that hangs up in the middle of an answer gives none', async () => {
    const port = await double.start(isTruncated);
    double.tcp.on('connection', (socket) => socket.once('data', () => socket.end(Buffer.from([0, 100, 1]))));
    await assert.rejects(ask(port), /closes the connection without an answer/);
  });

  it('that tells its answer a byte at a time is silent', async () => {
    const port = await double.start(isTruncated);
    double.tcp.on('connection', (socket) => {
      const drip = setInterval(() => socket.write(Buffer.from([1])), 50);
      socket.once('close', () => clearInterval(drip));
    });
    await assert.rejects(ask(port), /does not answer/);
  });
});
