import assert from 'node:assert/strict';
import { TestApi } from './harness.ts';
import { HttpClient, type Json, take } from './http-client.ts';

const PATH = '/api/v1/namespaces/default/configmaps';
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

function configMap(name: string, labels: Record<string, string> = {}): object {
  return { metadata: { name, labels }, data: {} };
}

describe('watch over HTTPS', () => {
  let api: TestApi;
  let http: HttpClient;
  before(async () => {
    api = await TestApi.start();
    http = new HttpClient(api);
  });
  after(async () => {
    http.close();
    await api.close();
  });
  afterEach(async () => {
    await http.call('DELETE', PATH);
  });

  const create = (name: string, labels?: Record<string, string>) =>
    http.call('POST', PATH, { body: configMap(name, labels) });
  const relabel = (name: string, labels: Record<string, string | null>) =>
    http.call('PATCH', `${PATH}/${name}`, {
      body: { metadata: { labels } },
      headers: { 'content-type': 'application/merge-patch+json' },
    });
  const versionOf = (json: Json) => json.metadata?.resourceVersion ?? '';

  it('begins with what is there when no version is named', async () => {
    await create('one');
    await create('two');
    const watch = http.watch(`${PATH}?watch=true`);
    const first = await take(watch, 2);
    await http.call('DELETE', `${PATH}/one`);
    const [last] = await take(watch, 1);
    await watch.return(undefined);
    assert.deepEqual(
      first.map(({ type, object }) => [type, object.metadata?.name]),
      [
        ['ADDED', 'one'],
        ['ADDED', 'two'],
      ],
    );
    assert.equal(last?.type, 'DELETED');
    assert.ok(Number(last?.object.metadata?.resourceVersion) > Number(first[1]?.object.metadata?.resourceVersion));
  });

  it('replays from a version', async () => {
    const { json } = await create('replayed');
    await relabel('replayed', { a: 'b' });
    await http.call('DELETE', `${PATH}/replayed`);
    const watch = http.watch(`${PATH}?watch=true&resourceVersion=${versionOf(json)}`);
    const events = await take(watch, 2);
    await watch.return(undefined);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['MODIFIED', 'DELETED'],
    );
  });

  it('shows an object that stops matching as deleted, and one that begins to as added', async () => {
    const { json } = await http.call('GET', PATH);
    const watch = http.watch(`${PATH}?watch=true&labelSelector=on%3Dyes&resourceVersion=${versionOf(json)}`);
    const events = take(watch, 4);
    await create('moving', { on: 'no' });
    await relabel('moving', { on: 'yes' });
    await relabel('moving', { x: 'y' });
    const left = await relabel('moving', { on: null });
    await relabel('moving', { z: 'z' });
    await relabel('moving', { on: 'yes' });
    const seen = await events;
    await watch.return(undefined);
    assert.deepEqual(
      seen.map(({ type }) => type),
      ['ADDED', 'MODIFIED', 'DELETED', 'ADDED'],
    );
    assert.equal(versionOf(seen[2]?.object ?? {}), versionOf(left.json));
    assert.deepEqual(seen[2]?.object.metadata?.labels, { on: 'yes', x: 'y' });
  });

  it('follows one object by name', async () => {
    const watch = http.watch(`${PATH}?watch=true&fieldSelector=metadata.name%3Dmine&resourceVersion=0`);
    const event = take(watch, 1);
    await create('not-mine');
    await create('mine');
    assert.equal((await event)[0]?.object.metadata?.name, 'mine');
    await watch.return(undefined);
  });

  it('ends at its timeout, with a bookmark for those who asked', async () => {
    await create('b');
    const plain = await take(http.watch(`${PATH}?watch=true&timeoutSeconds=1`), 10);
    assert.deepEqual(
      plain.map(({ type }) => type),
      ['ADDED'],
    );
    const marked = await take(http.watch(`${PATH}?watch=true&timeoutSeconds=1&allowWatchBookmarks=true`), 10);
    assert.deepEqual(
      marked.map(({ type }) => type),
      ['ADDED', 'BOOKMARK'],
    );
    assert.ok(Number(versionOf(marked[1]?.object ?? {})) > 0);
  });

  it('tells by bookmarks how far it is, also when nothing of its own changes', async () => {
    const watch = http.watch(
      `${PATH}?watch=true&timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion=${api.store.revision}`,
    );
    const events = take(watch, 10);
    const { json } = await http.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'elsewhere' } } });
    const [mark] = await events;
    assert.equal(mark?.type, 'BOOKMARK');
    assert.ok(Number(versionOf(mark?.object ?? {})) >= Number(versionOf(json)));
  });

  it('streams a list when initial events are asked for', async () => {
    await create('listed');
    const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = http.watch(`${PATH}?${query}`);
    const [added, mark] = await take(watch, 2);
    await watch.return(undefined);
    assert.equal(added?.type, 'ADDED');
    assert.equal(mark?.object.metadata?.annotations?.['k8s.io/initial-events-end'], 'true');
    assert.equal((await http.call('GET', `${PATH}?watch=true&sendInitialEvents=true`)).code, 422);
  });

  it('says that a version is gone by an ERROR event', async () => {
    const { json } = await create('old');
    await create('new');
    await api.store.compact(api.store.revision);
    const watch = http.watch(`${PATH}?watch=true&resourceVersion=${versionOf(json)}`);
    const [event] = await take(watch, 2);
    assert.equal(event?.type, 'ERROR');
    assert.equal(event?.object.code, 410);
    assert.equal(event?.object.reason, 'Expired');
  });

  it('sends Tables, with columns in the first one only', async () => {
    const watch = http.watch(`${PATH}?watch=true`, TABLE);
    const events = take(watch, 2);
    await create('t1');
    await create('t2');
    const [first, second] = await events;
    await watch.return(undefined);
    assert.equal(first?.object.kind, 'Table');
    assert.equal(first?.object.columnDefinitions?.length, first?.object.rows?.[0]?.cells.length);
    assert.equal(second?.object.columnDefinitions, null);
    assert.equal(second?.object.rows?.[0]?.object.metadata?.name, 't2');
  });

  it('pauses for a client that does not read, and loses nothing', async () => {
    const blob = 'x'.repeat(100_000);
    const { json } = await http.call('GET', PATH);
    const watch = http.watch(`${PATH}?watch=true&resourceVersion=${versionOf(json)}`);
    const first = watch.next();
    for (let n = 0; n < 120; n++)
      await http.call('POST', PATH, { body: { metadata: { name: `slow-${n}` }, data: { blob } } });
    const rest = await take(watch, 119);
    const names = [(await first).value, ...rest].map(({ object }) => object.metadata?.name);
    await watch.return(undefined);
    assert.deepEqual(
      names,
      Array.from({ length: 120 }, (_, n) => `slow-${n}`),
    );
  });

  it('ends cleanly when the server stops', async () => {
    const other = await TestApi.start();
    const client = new HttpClient(other);
    const watch = client.watch('/api/v1/namespaces?watch=true');
    await take(watch, 4);
    const end = watch.next();
    await other.close();
    assert.equal((await end).done, true);
    client.close();
  });
});
