import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import dnsPacket from 'dns-packet';
import { Upstream } from '../../../src/agent/dns/upstream.ts';
import { systemClock } from '../../../src/lib/clock.ts';

const QUESTION = { name: 'example.com', type: 'A' } as const;

/** A name server that answers, or that takes what comes and says nothing. */
class NameServer {
  isSilent = false;
  asked = 0;
  readonly #socket: Socket = createSocket('udp4');

  async start(): Promise<number> {
    this.#socket.on('message', (message, { port, address }) => {
      this.asked += 1;
      if (this.isSilent) return;
      const { id = 0, questions = [] } = dnsPacket.decode(message);
      const answers = [{ ...QUESTION, ttl: 1, data: '203.0.113.7' }];
      this.#socket.send(dnsPacket.encode({ type: 'response', id, questions, answers }), port, address);
    });
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    return this.port;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  stop(): void {
    this.#socket.close();
  }
}

/** A broadcast address: connecting to it fails at once, as to any address without a route. */
const UNREACHABLE = '255.255.255.255';

describe('the servers that a node asks for names', function () {
  this.timeout(60_000);
  let server: NameServer;
  let upstream: Upstream;
  /** A clock that can be ahead: waiting out a TTL takes no time. */
  let aheadMs = 0;

  beforeEach(async () => {
    server = new NameServer();
    aheadMs = 0;
    const port = await server.start();
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + aheadMs };
    upstream = new Upstream({ servers: async () => ['127.0.0.1'], port, clock });
  });

  afterEach(() => server.stop());

  it('are asked once for as long as the answer holds', async () => {
    for (let i = 0; i < 3; i++) await upstream.resolve(QUESTION);
    assert.equal(server.asked, 1);
    aheadMs = 2_000;
    await upstream.resolve(QUESTION);
    assert.equal(server.asked, 2);
  });

  it('are asked no sooner when somebody sets the date', async () => {
    const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    upstream = new Upstream({ servers: async () => ['127.0.0.1'], port: server.port, clock });
    await upstream.resolve(QUESTION);
    aheadMs = 86_400_000;
    await upstream.resolve(QUESTION);
    assert.equal(server.asked, 1);
  });

  it('are stood in for, when they are silent, by what they said last, for an hour', async () => {
    await upstream.resolve(QUESTION);
    server.isSilent = true;
    aheadMs = 600_000;
    const { answers } = await upstream.resolve(QUESTION);
    assert.deepEqual(
      answers?.map((answer) => 'ttl' in answer && [answer.ttl, 'data' in answer && answer.data]),
      [[30, '203.0.113.7']],
    );
    aheadMs = 2 * 3_600_000;
    await assert.rejects(upstream.resolve(QUESTION), /does not answer/);
  });

  it('are waited for less while they are silent, and answer again as soon as they do', async () => {
    server.isSilent = true;
    await assert.rejects(upstream.resolve(QUESTION), /does not answer/);
    const start = performance.now();
    await assert.rejects(upstream.resolve({ ...QUESTION, name: 'example.org' }), /does not answer/);
    assert.ok(performance.now() - start < 1_900, 'a whole try takes 2 s');
    server.isSilent = false;
    assert.equal((await upstream.resolve(QUESTION)).answers?.length, 1);
  });

  it('that refuse are told of at once', async () => {
    server.stop();
    await assert.rejects(upstream.resolve(QUESTION), /ECONNREFUSED/);
    server = new NameServer();
    await server.start();
  });

  it('that there is no way to are passed over', async () => {
    const servers = async () => [UNREACHABLE, '127.0.0.1'];
    upstream = new Upstream({ servers, port: server.port, clock: systemClock });
    assert.equal((await upstream.resolve(QUESTION)).answers?.length, 1);
    upstream = new Upstream({ servers: async () => [UNREACHABLE], port: server.port, clock: systemClock });
    await assert.rejects(upstream.resolve(QUESTION), /EACCES|ENETUNREACH/);
  });

  it('are not asked for more than a thousand at once: who comes then is refused', async () => {
    server.isSilent = true;
    const waiting = Array.from({ length: 1_000 }, () => upstream.resolve(QUESTION));
    const ends = Promise.allSettled(waiting);
    await assert.rejects(upstream.resolve({ ...QUESTION, name: 'example.org' }), { name: 'TooManyWaiting' });
    await ends;
    server.isSilent = false;
    assert.equal((await upstream.resolve(QUESTION)).answers?.length, 1);
  });
});
