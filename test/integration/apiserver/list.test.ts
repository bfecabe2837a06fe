import assert from 'node:assert/strict';
import { TestApi } from './harness.ts';
import { HttpClient, type Json } from './http-client.ts';

function configMap(name: string, labels: Record<string, string> = {}): object {
  return { metadata: { name, labels } };
}

function names(list: Json): string[] {
  return list.items?.map((item) => String(item.metadata?.name)) ?? [];
}

describe('lists over HTTPS', () => {
  const path = '/api/v1/namespaces/pages/configmaps';
  let api: TestApi;
  let http: HttpClient;
  before(async () => {
    api = await TestApi.start();
    http = new HttpClient(api);
    await http.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'pages' } } });
    for (let n = 0; n < 7; n++) {
      await http.call('POST', path, { body: configMap(`p${n}`, { odd: String(n % 2) }) });
    }
  });

  after(async () => {
    http.close();
    await api.close();
  });

  it('gives pages at one revision, with what remains', async () => {
    const first = await http.call('GET', `${path}?limit=3`);
    assert.deepEqual(names(first.json), ['p0', 'p1', 'p2']);
    assert.equal(first.json.metadata?.remainingItemCount, 4);
    await http.call('POST', path, { body: configMap('p3a') });
    const rest = await http.call('GET', `${path}?limit=10&continue=${first.json.metadata?.continue}`);
    assert.deepEqual(names(rest.json), ['p3', 'p4', 'p5', 'p6']);
    assert.equal(rest.json.metadata?.resourceVersion, first.json.metadata?.resourceVersion);
    assert.equal(rest.json.metadata?.continue, undefined);
    await http.call('DELETE', `${path}/p3a`);
  });

  it('fills pages that a selector thins out', async () => {
    const first = await http.call('GET', `${path}?limit=2&labelSelector=odd%3D1`);
    assert.deepEqual(names(first.json), ['p1', 'p3']);
    assert.equal(first.json.metadata?.remainingItemCount, undefined);
    const rest = await http.call(
      'GET',
      `${path}?limit=2&labelSelector=odd%3D1&continue=${first.json.metadata?.continue}`,
    );
    assert.deepEqual(names(rest.json), ['p5']);
  });

  it('selects by name', async () => {
    assert.deepEqual(names((await http.call('GET', `${path}?fieldSelector=metadata.name%3Dp4`)).json), ['p4']);
  });

  it('shows an older revision exactly', async () => {
    const { json } = await http.call('GET', path);
    const version = json.metadata?.resourceVersion;
    await http.call('POST', path, { body: configMap('later') });
    const exact = await http.call('GET', `${path}?resourceVersion=${version}&resourceVersionMatch=Exact`);
    assert.ok(!names(exact.json).includes('later'));
    const newer = await http.call('GET', `${path}?resourceVersion=${version}&resourceVersionMatch=NotOlderThan`);
    assert.ok(names(newer.json).includes('later'));
  });

  it('refuses versions from the future and parameters that do not fit', async () => {
    const future = await http.call('GET', `${path}?resourceVersion=99999999`);
    assert.equal(future.code, 504);
    assert.equal(future.json.details?.causes?.[0]?.reason, 'ResourceVersionTooLarge');
    assert.equal(future.headers['retry-after'], '1');
    assert.equal((await http.call('GET', `${path}?resourceVersionMatch=Exact`)).code, 422);
    assert.equal((await http.call('GET', `${path}?resourceVersion=abc`)).code, 400);
    assert.equal((await http.call('GET', `${path}?continue=abc`)).code, 400);
  });

  it('offers an inconsistent way on when the revision of a page is compacted', async () => {
    const first = await http.call('GET', `${path}?limit=3`);
    await http.call('POST', path, { body: configMap('p9') });
    await api.store.compact(api.store.revision);
    const gone = await http.call('GET', `${path}?limit=3&continue=${first.json.metadata?.continue}`);
    assert.equal(gone.code, 410);
    assert.equal(gone.json.reason, 'Expired');
    const rest = await http.call('GET', `${path}?continue=${gone.json.metadata?.continue}`);
    assert.ok(names(rest.json).includes('p9'));
    assert.ok(!names(rest.json).includes('p0'));
  });
});
