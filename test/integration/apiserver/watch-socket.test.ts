import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { type Certificate, TestApi } from './harness.ts';
import { HttpClient, type Json, type WatchLine } from './http-client.ts';

const PATH = '/api/v1/namespaces/default/configmaps';
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

interface Dial {
  readonly headers?: Readonly<Record<string, string>>;
  readonly user?: Certificate;
  readonly protocols?: string[];
}

/** What comes over one WebSocket. */
class SocketWatch {
  readonly socket: WebSocket;
  readonly events: WatchLine[] = [];
  readonly closed: Promise<number>;
  #isAllText = true;

  constructor(api: TestApi, path: string, { headers = {}, user = api.admin, protocols = [] }: Dial = {}) {
    const { cert, key } = user;
    const url = `wss://127.0.0.1:${api.server.port}${path}`;
    this.socket = new WebSocket(url, protocols, { ca: api.pki.caPem, cert, key, headers });
    this.socket.on('message', (data, isBinary) => {
      this.#isAllText &&= !isBinary;
      this.events.push(JSON.parse(String(data)));
    });
    this.closed = once(this.socket, 'close').then(([code]) => code);
    this.closed.catch(() => {}); // a refusal is an error, which those who expect one look at
  }

  /** The first `count` events. */
  async take(count: number): Promise<WatchLine[]> {
    while (this.events.length < count) await once(this.socket, 'message');
    assert.ok(this.#isAllText);
    return this.events.slice(0, count);
  }

  /** How it was refused. */
  async refusal(): Promise<{ code: number | undefined; json: Json }> {
    const [, response] = (await once(this.socket, 'unexpected-response')) as [unknown, IncomingMessage];
    return { code: response.statusCode, json: JSON.parse(await text(response)) };
  }
}

describe('watch over a WebSocket', () => {
  let api: TestApi;
  let http: HttpClient;
  let opened: SocketWatch[] = [];
  before(async () => {
    api = await TestApi.start();
    http = new HttpClient(api);
  });
  after(async () => {
    http.close();
    await api.close();
  });
  afterEach(async () => {
    for (const { socket } of opened) socket.terminate();
    opened = [];
    await http.call('DELETE', PATH);
  });

  const watch = (query: string, dial?: Dial) => {
    const made = new SocketWatch(api, query.startsWith('/') ? query : `${PATH}?watch=true&${query}`, dial);
    opened.push(made);
    return made;
  };
  const create = (name: string, labels: object = {}) =>
    http.call('POST', PATH, { body: { metadata: { name, labels } } });
  const relabel = (name: string, labels: object) =>
    http.call('PATCH', `${PATH}/${name}`, {
      body: { metadata: { labels } },
      headers: { 'content-type': 'application/merge-patch+json' },
    });
  const typesOf = (events: readonly WatchLine[]) => events.map(({ type }) => type);

  it('sends each event that is selected as one message of text', async () => {
    await create('there', { on: 'yes' });
    await create('other');
    const watched = watch('labelSelector=on%3Dyes');
    await watched.take(1);
    watched.socket.send('what a client says is of no interest');
    await relabel('there', { a: 'b' });
    await relabel('there', { on: null });
    await relabel('other', { on: 'yes' });
    await http.call('DELETE', `${PATH}/other`);
    const events = await watched.take(5);
    assert.deepEqual(typesOf(events), ['ADDED', 'MODIFIED', 'DELETED', 'ADDED', 'DELETED']);
    assert.deepEqual(
      events.map(({ object }) => object.metadata?.name),
      ['there', 'there', 'there', 'other', 'other'],
    );
  });

  it('closes in good order at its timeout, with a bookmark for those who asked', async () => {
    await create('b');
    const marked = watch('timeoutSeconds=1&allowWatchBookmarks=true');
    assert.equal(await marked.closed, 1000);
    assert.deepEqual(typesOf(marked.events), ['ADDED', 'BOOKMARK']);
  });

  it('sends Tables, with columns in the first one only', async () => {
    await create('t1');
    await create('t2');
    const [first, second] = await watch('', { headers: TABLE }).take(2);
    assert.equal(first?.object.kind, 'Table');
    assert.ok(first?.object.columnDefinitions);
    assert.equal(second?.object.columnDefinitions, null);
  });

  it('serves the old paths, and names a subprotocol to those who want one', async () => {
    await create('mine');
    await create('other');
    const named = watch(`/api/v1/watch/namespaces/default/configmaps/mine`, { protocols: ['a.example', 'b.example'] });
    const [event] = await named.take(1);
    assert.equal(event?.object.metadata?.name, 'mine');
    assert.equal(named.socket.protocol, 'a.example');
  });

  it('says that a version is gone by an ERROR event, and closes', async () => {
    const { json } = await create('old');
    await create('new');
    await api.store.compact(api.store.revision);
    const watched = watch(`resourceVersion=${json.metadata?.resourceVersion}`);
    assert.equal(await watched.closed, 1000);
    assert.deepEqual(
      watched.events.map(({ type, object }) => [type, object.code]),
      [['ERROR', 410]],
    );
  });

  it('pauses for a client that does not read, and loses nothing', async () => {
    const blob = 'x'.repeat(100_000);
    const watched = watch(`resourceVersion=${api.store.revision}`);
    await once(watched.socket, 'open');
    watched.socket.pause();
    for (let n = 0; n < 120; n++)
      await http.call('POST', PATH, { body: { metadata: { name: `slow-${n}` }, data: { blob } } });
    watched.socket.resume();
    const events = await watched.take(120);
    assert.deepEqual(
      events.map(({ object }) => object.metadata?.name),
      Array.from({ length: 120 }, (_, n) => `slow-${n}`),
    );
  });

  it('answers what is wrong with a Status, before it is a WebSocket', async () => {
    const user = api.clientCertificate('nobody', '/CN=nobody');
    const cases: [string, Dial, number, string][] = [
      ['', { user }, 403, 'Forbidden'],
      ['labelSelector=%3D%3D', {}, 400, 'BadRequest'],
      ['sendInitialEvents=true', {}, 422, 'Invalid'],
      ['', { headers: { accept: 'text/html' } }, 406, 'NotAcceptable'],
      [PATH, {}, 400, 'BadRequest'],
      ['/api/v1/watch/namespaces/default/pods/web/exec?command=ls', {}, 400, 'BadRequest'],
    ];
    for (const [query, dial, code, reason] of cases) {
      const refused = await watch(query, dial).refusal();
      assert.deepEqual([refused.code, refused.json.reason], [code, reason], query);
    }
  });

  it('closes in good order when the server stops', async () => {
    const other = await TestApi.start();
    const watched = new SocketWatch(other, '/api/v1/namespaces?watch=true');
    await watched.take(4);
    await other.close();
    assert.equal(await watched.closed, 1000);
  });
});
