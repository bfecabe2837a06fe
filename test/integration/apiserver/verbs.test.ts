import assert from 'node:assert/strict';
import { TestApi } from './harness.ts';
import { HttpClient, type Json } from './http-client.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';
const MERGE = { 'content-type': 'application/merge-patch+json' };

function configMap(name: string, data: Record<string, string> = {}, metadata: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data };
}

function pod(name: string, metadata: object = {}): object {
  const containers = [{ name: 'c', image: 'busybox:1.36' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec: { containers } };
}

function names(list: Json): string[] {
  return list.items?.map((item) => String(item.metadata?.name)) ?? [];
}

describe('verbs over HTTPS', () => {
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

  describe('create', () => {
    it('sets what only the server sets, whatever the client put there', async () => {
      const sent = configMap(
        'created',
        { a: 'b' },
        { uid: 'mine', creationTimestamp: '2001-01-01T00:00:00Z', generation: 7 },
      );
      const { code, json } = await http.call('POST', CONFIG_MAPS, { body: sent });
      assert.equal(code, 201);
      assert.match(String(json.metadata?.uid), /^[0-9a-f-]{36}$/);
      assert.notEqual(json.metadata?.creationTimestamp, '2001-01-01T00:00:00Z');
      assert.equal(json.metadata?.namespace, 'default');
      assert.ok(Number(json.metadata?.resourceVersion) > 0);
    });

    it('refuses a name that is taken', async () => {
      await http.call('POST', CONFIG_MAPS, { body: configMap('twice') });
      const { code, json } = await http.call('POST', CONFIG_MAPS, { body: configMap('twice') });
      assert.equal(code, 409);
      assert.equal(json.reason, 'AlreadyExists');
      assert.equal(json.message, 'configmaps "twice" already exists');
    });

    it('asks for a name or generateName', async () => {
      const { code, json } = await http.call('POST', CONFIG_MAPS, { body: { metadata: {} } });
      assert.equal(code, 422);
      assert.equal(json.details?.causes?.[0]?.message, 'Required value: name or generateName is required');
    });

    it('makes names from generateName', async () => {
      const { json } = await http.call('POST', CONFIG_MAPS, { body: { metadata: { generateName: 'gen-' } } });
      assert.match(String(json.metadata?.name), /^gen-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    });

    it('refuses a namespace in the body that is not the path', async () => {
      const { code, json } = await http.call('POST', CONFIG_MAPS, { body: configMap('x', {}, { namespace: 'other' }) });
      assert.equal(code, 400);
      assert.equal(
        json.message,
        'the namespace of the provided object does not match the namespace sent on the request',
      );
    });

    it('needs the namespace to be there', async () => {
      const { code, json } = await http.call('POST', '/api/v1/namespaces/nope/configmaps', { body: configMap('x') });
      assert.equal(code, 404);
      assert.equal(json.message, 'namespaces "nope" not found');
    });

    it('runs the whole chain on a dry run and stores nothing', async () => {
      const { code, json } = await http.call('POST', `${PODS}?dryRun=All`, { body: pod('dry') });
      assert.equal(code, 201);
      assert.equal(json.spec?.restartPolicy, 'Always');
      assert.equal((await http.call('GET', `${PODS}/dry`)).code, 404);
      const wrong = await http.call('POST', `${PODS}?dryRun=Some`, { body: pod('dry') });
      assert.equal(wrong.code, 422);
    });

    it('refuses unknown fields when asked to be strict, warns when not asked, keeps silent when asked to', async () => {
      const body = { ...configMap('strict'), bogus: 1 };
      const strict = await http.call('POST', `${CONFIG_MAPS}?fieldValidation=Strict`, { body });
      assert.equal(strict.code, 400);
      assert.equal(
        strict.json.message,
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "bogus"',
      );
      const warned = await http.call('POST', CONFIG_MAPS, { body });
      assert.equal(warned.code, 201);
      assert.equal(warned.headers.warning, '299 - "unknown field \\"bogus\\""');
      const silent = await http.call('POST', `${CONFIG_MAPS}?fieldValidation=Ignore`, {
        body: { ...configMap('s2'), bogus: 1 },
      });
      assert.equal(silent.headers.warning, undefined);
    });

    it('answers a body that is too large, broken, or of no known type', async () => {
      const large = await http.call('POST', CONFIG_MAPS, { body: 'x'.repeat(3 * 1024 * 1024 + 1) });
      assert.equal(large.code, 413);
      assert.equal(large.json.message, 'Request entity too large: limit is 3145728');
      assert.equal((await http.call('POST', CONFIG_MAPS, { body: '{' })).json.reason, 'BadRequest');
      const headers = { 'content-type': 'text/csv' };
      assert.equal((await http.call('POST', CONFIG_MAPS, { body: 'a,b', headers })).code, 415);
    });
  });

  describe('update', () => {
    it('refuses a stale resourceVersion and takes one that is left out', async () => {
      const { json: first } = await http.call('POST', CONFIG_MAPS, { body: configMap('locked', { n: '1' }) });
      const version = first.metadata?.resourceVersion;
      const second = configMap('locked', { n: '2' }, { resourceVersion: version });
      assert.equal((await http.call('PUT', `${CONFIG_MAPS}/locked`, { body: second })).code, 200);
      const stale = await http.call('PUT', `${CONFIG_MAPS}/locked`, { body: second });
      assert.equal(stale.code, 409);
      assert.match(
        String(stale.json.message),
        /^Operation cannot be fulfilled on configmaps "locked": the object has been modified/,
      );
      assert.equal(
        (await http.call('PUT', `${CONFIG_MAPS}/locked`, { body: configMap('locked', { n: '3' }) })).code,
        200,
      );
    });

    it('writes nothing when nothing changes', async () => {
      const { json: created } = await http.call('POST', CONFIG_MAPS, { body: configMap('same', { a: 'b' }) });
      const { json: updated } = await http.call('PUT', `${CONFIG_MAPS}/same`, { body: configMap('same', { a: 'b' }) });
      assert.equal(updated.metadata?.resourceVersion, created.metadata?.resourceVersion);
    });

    it('refuses another name than the path, another uid, and an object that is not there', async () => {
      const { code, json } = await http.call('PUT', `${CONFIG_MAPS}/same`, { body: configMap('else') });
      assert.equal(code, 400);
      assert.equal(json.message, 'the name of the object (else) does not match the name on the URL (same)');
      const other = await http.call('PUT', `${CONFIG_MAPS}/same`, { body: configMap('same', {}, { uid: 'other' }) });
      assert.equal(other.code, 409);
      assert.equal((await http.call('PUT', `${CONFIG_MAPS}/same`, { body: {} })).code, 400);
      assert.equal((await http.call('PUT', `${CONFIG_MAPS}/absent`, { body: configMap('absent') })).code, 404);
    });

    it('keeps status and spec apart', async () => {
      const { json: created } = await http.call('POST', PODS, { body: pod('parts') });
      const phase = { ...created, status: { ...created.status, phase: 'Running' } };
      const main = await http.call('PUT', `${PODS}/parts`, { body: phase });
      assert.equal(main.json.status?.phase, 'Pending');
      const status = await http.call('PUT', `${PODS}/parts/status`, { body: { ...phase, spec: { containers: [] } } });
      assert.equal(status.code, 200, status.text);
      assert.equal(status.json.status?.phase, 'Running');
      assert.equal(status.json.spec?.containers?.length, 1);
      assert.equal((await http.call('GET', `${PODS}/parts/status`)).json.status?.phase, 'Running');
    });

    it('raises generation with the spec only', async () => {
      const patch = (body: object) => http.call('PATCH', `${PODS}/parts`, { body, headers: MERGE });
      const labelled = await patch({ metadata: { labels: { a: 'b' } } });
      assert.equal(labelled.json.metadata?.generation, 1);
      const changed = await patch({ spec: { activeDeadlineSeconds: 3600 } });
      assert.equal(changed.json.metadata?.generation, 2, changed.text);
    });
  });

  describe('patch', () => {
    it('applies merge, JSON and strategic patches', async () => {
      await http.call('POST', CONFIG_MAPS, { body: configMap('patched', { a: '1', b: '2' }) });
      const path = `${CONFIG_MAPS}/patched`;
      const merged = await http.call('PATCH', path, { body: { data: { a: null, c: '3' } }, headers: MERGE });
      assert.deepEqual(merged.json.data, { b: '2', c: '3' });
      const json = { 'content-type': 'application/json-patch+json' };
      const replaced = await http.call('PATCH', path, {
        body: [{ op: 'replace', path: '/data/b', value: '4' }],
        headers: json,
      });
      assert.equal(replaced.json.data?.b, '4');
      const strategic = { 'content-type': 'application/strategic-merge-patch+json' };
      const put = await http.call('PATCH', path, { body: { data: { d: '5' } }, headers: strategic });
      assert.deepEqual(put.json.data, { b: '4', c: '3', d: '5' });
    });

    it('survives a race unless it names a resourceVersion', async () => {
      await http.call('POST', CONFIG_MAPS, { body: configMap('raced') });
      const path = `${CONFIG_MAPS}/raced`;
      const patches = Array.from({ length: 20 }, (_, n) =>
        http.call('PATCH', path, { body: { data: { [`k${n}`]: 'v' } }, headers: MERGE }),
      );
      for (const { code, text } of await Promise.all(patches)) assert.equal(code, 200, text);
      assert.equal(Object.keys((await http.call('GET', path)).json.data ?? {}).length, 20);
      const stale = await http.call('PATCH', path, { body: { metadata: { resourceVersion: '1' } }, headers: MERGE });
      assert.equal(stale.code, 409);
    });

    it('refuses a type of patch it does not know', async () => {
      const headers = { 'content-type': 'application/x' };
      assert.equal((await http.call('PATCH', `${CONFIG_MAPS}/patched`, { body: '{}', headers })).code, 415);
      const apply = { 'content-type': 'application/apply-patch+yaml' };
      assert.equal((await http.call('PATCH', `${CONFIG_MAPS}/absent`, { body: '{}', headers: apply })).code, 415);
    });
  });

  describe('delete', () => {
    it('answers with a Status that has the uid', async () => {
      const { json: created } = await http.call('POST', CONFIG_MAPS, { body: configMap('gone') });
      const { code, json } = await http.call('DELETE', `${CONFIG_MAPS}/gone`, {
        body: { propagationPolicy: 'Background' },
      });
      assert.equal(code, 200);
      assert.equal(json.status, 'Success');
      assert.equal(json.details?.uid, created.metadata?.uid);
      assert.equal((await http.call('DELETE', `${CONFIG_MAPS}/gone`)).code, 404);
    });

    it('honours preconditions', async () => {
      await http.call('POST', CONFIG_MAPS, { body: configMap('guarded') });
      const body = { preconditions: { uid: 'other' } };
      const { code, json } = await http.call('DELETE', `${CONFIG_MAPS}/guarded`, { body });
      assert.equal(code, 409);
      assert.match(String(json.message), /Precondition failed: UID in precondition: other, UID in object meta: /);
    });

    it('waits for finalizers and goes with the last one', async () => {
      const path = `${CONFIG_MAPS}/held`;
      await http.call('POST', CONFIG_MAPS, { body: configMap('held', {}, { finalizers: ['example.com/hold'] }) });
      const { json } = await http.call('DELETE', path);
      assert.ok(json.metadata?.deletionTimestamp);
      assert.equal((await http.call('GET', path)).code, 200);
      const freed = await http.call('PATCH', path, { body: { metadata: { finalizers: null } }, headers: MERGE });
      assert.equal(freed.code, 200);
      assert.equal((await http.call('GET', path)).code, 404);
    });

    it('gives a bound pod its grace, which a second deletion can only shorten', async () => {
      await http.call('POST', PODS, { body: pod('graceful') });
      await api.client.bind({ namespace: 'default', name: 'graceful' }, '', 'node-1');
      const path = `${PODS}/graceful`;
      const first = await http.call('DELETE', path);
      assert.equal(first.json.metadata?.deletionGracePeriodSeconds, 30);
      assert.equal(first.json.metadata?.generation, 2);
      const longer = await http.call('DELETE', path, { body: { gracePeriodSeconds: 60 } });
      assert.equal(longer.json.metadata?.deletionGracePeriodSeconds, 30);
      const shorter = await http.call('DELETE', path, { body: { gracePeriodSeconds: 5 } });
      assert.equal(shorter.json.metadata?.deletionGracePeriodSeconds, 5);
      assert.equal((await http.call('DELETE', path, { body: { gracePeriodSeconds: 0 } })).code, 200);
      assert.equal((await http.call('GET', path)).code, 404);
    });

    it('keeps a namespace until it is finalized', async () => {
      await http.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'doomed' } } });
      const { json } = await http.call('DELETE', '/api/v1/namespaces/doomed');
      assert.equal(json.status?.phase, 'Terminating');
      const late = await http.call('POST', '/api/v1/namespaces/doomed/configmaps', { body: configMap('late') });
      assert.equal(late.code, 403);
      assert.equal(late.json.details?.causes?.[0]?.reason, 'NamespaceTerminating');
      const body = { ...json, spec: { finalizers: [] } };
      assert.equal((await http.call('PUT', '/api/v1/namespaces/doomed/finalize', { body })).code, 200);
      assert.equal((await http.call('GET', '/api/v1/namespaces/doomed')).code, 404);
    });

    it('deletes what a selector selects', async () => {
      for (const name of ['c1', 'c2'])
        await http.call('POST', CONFIG_MAPS, { body: configMap(name, {}, { labels: { sweep: 'yes' } }) });
      const { code, json } = await http.call('DELETE', `${CONFIG_MAPS}?labelSelector=sweep%3Dyes`);
      assert.equal(code, 200);
      assert.deepEqual(names(json), ['c1', 'c2']);
      assert.equal((await http.call('GET', `${CONFIG_MAPS}/c1`)).code, 404);
    });
  });

  describe('representation', () => {
    it('answers Tables, metadata alone, YAML and JSON as accepted', async () => {
      const table = await http.call('GET', CONFIG_MAPS, {
        headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
      });
      assert.equal(table.json.kind, 'Table');
      assert.equal(table.json.rows?.[0]?.object?.kind, 'PartialObjectMetadata');
      const partial = await http.call('GET', CONFIG_MAPS, {
        headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' },
      });
      assert.equal(partial.json.kind, 'PartialObjectMetadataList');
      const yaml = await http.call('GET', `${CONFIG_MAPS}/patched`, { headers: { accept: 'application/yaml' } });
      assert.match(yaml.text, /^kind: ConfigMap$/m);
      assert.equal((await http.call('GET', CONFIG_MAPS, { headers: { accept: 'text/html' } })).code, 406);
    });

    it('compresses large answers for those who take it', async () => {
      const body = configMap('large', { blob: 'x'.repeat(200_000) });
      await http.call('POST', CONFIG_MAPS, { body });
      const { headers } = await http.call('GET', `${CONFIG_MAPS}/large`, { headers: { 'accept-encoding': 'gzip' } });
      assert.equal(headers['content-encoding'], 'gzip');
      assert.equal((await http.call('GET', `${CONFIG_MAPS}/large`)).headers['content-encoding'], undefined);
    });

    it('answers 405 and 404 where there is nothing to do', async () => {
      assert.equal((await http.call('PUT', CONFIG_MAPS, { body: {} })).code, 405);
      const unknown = await http.call('GET', '/api/v1/gadgets');
      assert.equal(unknown.code, 404);
      assert.equal(unknown.text, '404 page not found\n');
    });
  });

  describe('pods', () => {
    const target = { apiVersion: 'v1', kind: 'Node', name: 'node-1' };

    it('binds a pod once', async () => {
      await http.call('POST', PODS, { body: pod('bound') });
      const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'bound' }, target };
      assert.equal((await http.call('POST', `${PODS}/bound/binding`, { body })).code, 201);
      const { json } = await http.call('GET', `${PODS}/bound`);
      assert.equal(json.spec?.nodeName, 'node-1');
      assert.equal(json.status?.conditions?.find(({ type }) => String(type) === 'PodScheduled')?.status, 'True');
      const again = await http.call('POST', '/api/v1/namespaces/default/bindings', { body });
      assert.equal(again.code, 409);
      assert.match(String(again.json.message), /pod bound is already assigned to node "node-1"/);
    });

    it('evicts', async () => {
      const body = {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'bound' },
        deleteOptions: { gracePeriodSeconds: 0 },
      };
      assert.equal((await http.call('POST', `${PODS}/bound/eviction`, { body })).code, 201);
      assert.equal((await http.call('GET', `${PODS}/bound`)).code, 404);
    });
  });

  describe('service addresses', () => {
    const services = '/api/v1/namespaces/default/services';
    const service = (name: string, spec: object) => ({ metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } });

    it('are given once each, also to those who come at the same time', async () => {
      const creations = Array.from({ length: 20 }, (_, n) =>
        http.call('POST', services, { body: service(`s${n}`, { type: 'NodePort' }) }),
      );
      const created = await Promise.all(creations);
      for (const { code, text } of created) assert.equal(code, 201, text);
      assert.equal(new Set(created.map(({ json }) => json.spec?.clusterIP)).size, 20);
      assert.equal(new Set(created.map(({ json }) => json.spec?.ports?.[0]?.nodePort)).size, 20);
    });

    it('are refused when taken or out of range', async () => {
      const mine = await http.call('POST', services, { body: service('static', { clusterIP: '10.43.0.10' }) });
      assert.equal(mine.json.spec?.clusterIP, '10.43.0.10');
      const taken = await http.call('POST', services, { body: service('second', { clusterIP: '10.43.0.10' }) });
      assert.equal(taken.code, 422);
      assert.match(String(taken.json.message), /provided IP is already allocated/);
      const outside = await http.call('POST', services, { body: service('third', { clusterIP: '10.99.0.1' }) });
      assert.match(String(outside.json.message), /the provided network does not match the current range/);
      const port = { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] };
      assert.match((await http.call('POST', services, { body: service('fourth', port) })).text, /30000-32767/);
    });

    it('stay through an update that leaves them out', async () => {
      const updated = await http.call('PUT', `${services}/static`, { body: service('static', { type: 'NodePort' }) });
      assert.equal(updated.code, 200, updated.text);
      assert.equal(updated.json.spec?.clusterIP, '10.43.0.10');
      assert.ok(Number(updated.json.spec?.ports?.[0]?.nodePort) >= 30000);
    });
  });
});
