import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { createInterface } from 'node:readline';
import { CONFIG_MAP } from '../../../src/api/kinds/config-map.ts';
import { TestApi } from './harness.ts';

const PATH = '/api/v1/namespaces/default/configmaps';
const BLOB = 'x'.repeat(100_000);

describe('HTTP/2', () => {
  let api: TestApi;
  let session: ClientHttp2Session;
  before(async () => {
    api = await TestApi.start();
    const { cert, key } = api.admin;
    session = connect(`https://127.0.0.1:${api.server.port}`, { ca: api.pki.caPem, cert, key });
  });
  after(async () => {
    session.destroy();
    await api.close();
  });

  const get = (path: string): ClientHttp2Stream => session.request({ ':path': path }).end();
  const fill = async (prefix: string, count: number) => {
    for (let n = 0; n < count; n++) {
      const metadata = { name: `${prefix}-${n}`, namespace: 'default' };
      await api.client.create(CONFIG_MAP, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { BLOB } });
    }
  };

  it('carries many requests and watches on one connection', async () => {
    const watches = Array.from({ length: 50 }, () => get(`${PATH}?watch=true`));
    await Promise.all(watches.map((watch) => once(watch, 'response')));
    const answers = Array.from({ length: 50 }, () => get('/version').resume());
    for (const answer of answers) await once(answer, 'end');
    for (const watch of watches) watch.close();
  });

  it('pauses for a watcher that does not read, and loses nothing', async () => {
    const watch = get(`${PATH}?watch=true&resourceVersion=${api.store.revision}`);
    await once(watch, 'response');
    await fill('slow', 60);
    const names: string[] = [];
    for await (const line of createInterface({ input: watch })) {
      names.push(JSON.parse(line).object.metadata.name);
      if (names.length === 60) break;
    }
    assert.deepEqual(
      names,
      Array.from({ length: 60 }, (_, n) => `slow-${n}`),
    );
    watch.close();
  });

  it('survives watchers that break off in the middle', async () => {
    const watches = Array.from({ length: 20 }, () => get(`${PATH}?watch=true&resourceVersion=${api.store.revision}`));
    await Promise.all(watches.map((watch) => once(watch, 'response')));
    const filling = fill('broken', 20);
    for (const watch of watches) watch.on('error', () => undefined).destroy(new Error('gone'));
    await filling;
    const [headers] = await once(get('/readyz').resume(), 'response');
    assert.equal(headers[':status'], 200);
  });
});
