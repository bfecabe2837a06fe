import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { WireReader } from '../codec/wire-reader.ts';
import type { KindDefinition } from '../registry.ts';
import { openApiV2 } from './v2.ts';
import { openApiV3Document, openApiV3Index } from './v3.ts';

const aKind = (group: string, kind: string, over: Partial<KindDefinition> = {}): KindDefinition => ({
  group,
  version: 'v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  namespaced: true,
  hasStatus: true,
  hasGeneration: true,
  columns: [],
  strategy: { validate: () => [] },
  ...over,
});

const POD = aKind('', 'Pod', { subresources: [{ name: 'binding', kind: 'Binding', verbs: ['create'] }] });
const NODE = aKind('', 'Node', { namespaced: false });
const DEPLOYMENT = aKind('apps', 'Deployment');
const KINDS = [POD, NODE, DEPLOYMENT];

interface Document {
  readonly paths: Record<string, Record<string, { parameters?: { name: string }[]; [member: string]: unknown }>>;
  readonly components: { readonly schemas: Record<string, Record<string, unknown>> };
}

async function documentOf(kinds: readonly KindDefinition[], groupVersion: string): Promise<Document> {
  const document = await openApiV3Document(kinds, groupVersion);
  assert(document);
  return JSON.parse(gunzipSync(document.gzip).toString());
}

describe('OpenAPI v3', () => {
  it('has one document a group version, under the hash that is its ETag', async () => {
    const { paths } = openApiV3Index(KINDS);
    assert.deepEqual(Object.keys(paths), ['api/v1', 'apis/apps/v1']);
    for (const [groupVersion, { serverRelativeURL }] of Object.entries(paths)) {
      const document = await openApiV3Document(KINDS, groupVersion);
      assert.equal(serverRelativeURL, `/openapi/v3/${groupVersion}?hash=${document?.etag.slice(1, -1)}`);
    }
    assert.equal(await openApiV3Document(KINDS, 'apis/batch/v1'), undefined);
  });

  it('changes a hash only with the kinds of its group version', () => {
    const before = openApiV3Index(KINDS).paths;
    const after = openApiV3Index([...KINDS, aKind('', 'Service')]).paths;
    assert.notDeepEqual(after['api/v1'], before['api/v1']);
    assert.deepEqual(after['apis/apps/v1'], before['apis/apps/v1']);
    assert.deepEqual(openApiV3Index(KINDS).paths, before);
  });

  it('gives each kind its paths by scope, subresources and verbs', async () => {
    const { paths } = await documentOf([POD, NODE], 'api/v1');
    const methods = (path: string) => Object.keys(paths[path] ?? {}).filter((name) => name !== 'parameters');
    assert.deepEqual(methods('/api/v1/namespaces/{namespace}/pods'), ['get', 'post', 'delete']);
    assert.deepEqual(methods('/api/v1/namespaces/{namespace}/pods/{name}'), ['get', 'put', 'delete', 'patch']);
    assert.deepEqual(methods('/api/v1/namespaces/{namespace}/pods/{name}/status'), ['get', 'put', 'patch']);
    assert.deepEqual(methods('/api/v1/namespaces/{namespace}/pods/{name}/binding'), ['post']);
    assert.deepEqual(methods('/api/v1/pods'), ['get']);
    assert.deepEqual(methods('/api/v1/nodes/{name}'), ['get', 'put', 'delete', 'patch']);
    const readOnly = await documentOf([aKind('', 'Pod', { verbs: ['get', 'list'], hasStatus: false })], 'api/v1');
    assert.deepEqual(Object.keys(readOnly.paths['/api/v1/namespaces/{namespace}/pods/{name}'] ?? {}), [
      'get',
      'parameters',
    ]);
  });

  it('tells clients that patches are validated by the server, and which patches there are', async () => {
    const { paths } = await documentOf(KINDS, 'apis/apps/v1');
    const patch = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']?.patch;
    assert(patch?.parameters?.some(({ name }) => name === 'fieldValidation'));
    assert(patch?.parameters?.some(({ name }) => name === 'dryRun'));
    assert.deepEqual(patch?.['x-kubernetes-group-version-kind'], { group: 'apps', version: 'v1', kind: 'Deployment' });
    const body = patch?.requestBody as { content: object } | undefined;
    assert(Object.keys(body?.content ?? {}).includes('application/strategic-merge-patch+json'));
  });

  it('holds every schema that it refers to, with keys, enums and what is required', async () => {
    const { components } = await documentOf(KINDS, 'apis/apps/v1');
    const refs = JSON.stringify(components).matchAll(/"#\/components\/schemas\/([^"]+)"/g);
    for (const [, id = ''] of refs) assert(components.schemas[id], id);
    const spec = components.schemas['io.k8s.api.core.v1.PodSpec'] as {
      required: string[];
      properties: Record<string, Record<string, unknown>>;
    };
    assert.deepEqual(spec.required, ['containers']);
    assert.equal(spec.properties.volumes?.['x-kubernetes-patch-strategy'], 'merge,retainKeys');
    assert.equal(spec.properties.volumes?.['x-kubernetes-patch-merge-key'], 'name');
    assert.deepEqual(spec.properties.restartPolicy?.enum, ['Always', 'Never', 'OnFailure']);
    assert.match(String(spec.properties.hostNetwork?.description), /host network/i);
    assert.deepEqual(components.schemas['io.k8s.api.apps.v1.Deployment']?.['x-kubernetes-group-version-kind'], [
      { group: 'apps', kind: 'Deployment', version: 'v1' },
    ]);
  });
});

describe('OpenAPI v2', () => {
  it('is a protobuf document with the paths and definitions of the kinds', () => {
    const reader = new WireReader(openApiV2(KINDS));
    const names = { paths: [] as string[], definitions: [] as string[] };
    while (reader.hasMore) {
      const { field, wire } = reader.tag();
      if (field === 8) names.paths = namesIn(reader.bytes(), 2);
      else if (field === 9) names.definitions = namesIn(reader.bytes(), 1);
      else reader.skip(wire);
    }
    assert(names.paths.includes('/api/v1/namespaces/{namespace}/pods/{name}'));
    assert(names.definitions.includes('io.k8s.api.apps.v1.DeploymentSpec'));
    assert(names.definitions.includes('io.k8s.api.core.v1.PodList'));
  });
});

/** The names of a list of (name, value) messages. */
function namesIn(bytes: Uint8Array, listField: number): string[] {
  const reader = new WireReader(bytes);
  const names: string[] = [];
  while (reader.hasMore) {
    assert.deepEqual(reader.tag(), { field: listField, wire: 2 });
    const entry = new WireReader(reader.bytes());
    assert.deepEqual(entry.tag(), { field: 1, wire: 2 });
    names.push(entry.text());
  }
  return names;
}
