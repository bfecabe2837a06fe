import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import dnsPacket, { type Question } from 'dns-packet';
import { DnsServer } from '../../../src/agent/dns/dns-server.ts';
import { Responder } from '../../../src/agent/dns/responder.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import { eventually } from '../../lib/eventually.ts';

const NAME = 'db.default.svc.cluster.local';
const QUERY = dnsPacket.streamEncode({ type: 'query', id: 1, questions: [{ name: NAME, type: 'A' }] });
const QUERIES = 1_000;
const PORT = 10_153;

describe('the server of names', function () {
  this.timeout(60_000);
  const clients: Socket[] = [];
  let server: DnsServer;
  let respond: (message: Buffer) => Promise<Buffer | undefined>;

  beforeEach(async () => {
    server = new DnsServer({ respond: (message) => respond(message) }, createLogger('silent'));
    await server.listen('127.0.0.1', PORT);
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await server.close();
  });

  async function aClient(localAddress = '127.0.0.1'): Promise<Socket> {
    const client = connect({ host: '127.0.0.1', port: PORT, localAddress });
    clients.push(client);
    await once(client, 'connect');
    return client;
  }

  /** Counts bytes from now on. */
  function received(client: Socket): () => number {
    let bytes = 0;
    client.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    return () => bytes;
  }

  it('takes some queries of one connection at a time, and answers them all', async () => {
    const release = Promise.withResolvers<void>();
    let asked = 0;
    respond = async (message) => {
      asked += 1;
      await release.promise;
      return message;
    };
    const client = await aClient();
    const bytes = received(client);
    client.write(Buffer.concat(Array.from({ length: QUERIES }, () => QUERY)));
    await eventually(() => assert.equal(asked, 16));
    // Another connection is served meanwhile: what comes after it has been looked at.
    (await aClient()).write(QUERY);
    await eventually(() => assert.equal(asked, 17));
    release.resolve();
    await eventually(() => assert.equal(bytes(), QUERIES * QUERY.length));
  });

  it('answers a client that fetches nothing no more than the kernel holds, and goes on when it does', async () => {
    const answer = Buffer.alloc(60_000);
    let asked = 0;
    respond = async () => {
      asked += 1;
      return answer;
    };
    const client = await aClient();
    client.pause();
    client.write(Buffer.concat(Array.from({ length: QUERIES }, () => QUERY)));
    let before = -1;
    await eventually(() => {
      const isStill = before === asked;
      before = asked;
      assert.ok(isStill && asked > 0);
    });
    assert.ok(asked < QUERIES / 2, `${asked} answers of 60 kB wait in memory`);
    const bytes = received(client);
    client.resume();
    await eventually(() => assert.equal(bytes(), QUERIES * (answer.length + 2)));
  });

  it('holds sixteen connections of one client, and has others left', async () => {
    respond = async (message) => message;
    for (let i = 0; i < 16; i++) (await aClient()).resume();
    const refused = await aClient();
    refused.resume();
    await once(refused, 'close');
    // Not for being idle: those that came before it would have been closed before it.
    assert.deepEqual(
      clients.map(({ closed }) => closed),
      [...Array(16).fill(false), true],
    );
    const other = await aClient('127.0.0.2');
    other.write(QUERY);
    await once(other, 'data');
    // One that ends makes room.
    const [first] = clients;
    first?.destroy();
    await eventually(async () => {
      const client = await aClient();
      client.write(QUERY);
      client.resume();
      const got = await Promise.race([once(client, 'data').then(() => true), once(client, 'close').then(() => false)]);
      assert.ok(got);
    });
  });

  it('is understood by other resolvers', async () => {
    const addresses = Array.from({ length: 60 }, (_, at) => `10.42.2.${at}`);
    const records = ({ name }: Question) => addresses.map((data) => ({ name, type: 'A' as const, ttl: 5, data }));
    const responder = new Responder((question) => ({ kind: 'answer', answers: records(question), additionals: [] }), {
      resolve: async () => assert.fail('asked others'),
    });
    await server.close();
    server = new DnsServer(responder, createLogger('silent'));
    await server.listen('127.0.0.1', PORT);
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${PORT}`]);
    assert.deepEqual((await resolver.resolve4(NAME)).sort(), addresses.toSorted());
  });
});
