import { gunzipSync } from 'node:zlib';
import { openApiV2 } from '../../../src/api/openapi/v2.ts';
import { openApiV3Document, openApiV3Index } from '../../../src/api/openapi/v3.ts';
import type { KindDefinition } from '../../../src/api/registry.ts';
import type { Answer, Recorded } from '../protobuf/recorder.ts';

/** Which of the documents a listener has. */
export interface Served {
  readonly v2: 'whole' | 'empty' | 'none';
  readonly v3: boolean;
}

/** `swagger: "2.0"` and an empty info: what keeps kubectl to the types it was built with. */
const EMPTY_V2 = Buffer.concat([Buffer.from([0x0a, 3]), Buffer.from('2.0'), Buffer.from([0x12, 0])]);

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** Discovery of `kinds` in its oldest form, and their OpenAPI documents. @returns undefined for every other path. */
export async function describeKinds(
  kinds: readonly KindDefinition[],
  { path }: Recorded,
  served: Served,
): Promise<Answer | undefined> {
  if (path === '/openapi/v2' && served.v2 !== 'none') {
    return {
      body: served.v2 === 'whole' ? openApiV2(kinds) : EMPTY_V2,
      headers: { 'Content-Type': 'application/octet-stream' },
    };
  }
  if (path === '/openapi/v3' && served.v3) return { body: openApiV3Index(kinds) };
  if (path.startsWith('/openapi/v3/') && served.v3) {
    const document = await openApiV3Document(kinds, path.slice('/openapi/v3/'.length));
    return (
      document && {
        body: gunzipSync(document.gzip),
        headers: { 'Content-Type': 'application/json', ETag: document.etag },
      }
    );
  }
  const body = discovery(kinds, path);
  return body && { body };
}

function groupVersionOf({ group, version }: KindDefinition): string {
  return group ? `${group}/${version}` : version;
}

function discovery(kinds: readonly KindDefinition[], path: string): object | undefined {
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups(kinds) };
  const groupVersion = /^\/(?:api|apis\/[^/]+)\/[^/]+$/.test(path) ? path.split('/').slice(2).join('/') : '';
  const own = kinds.filter((kind) => groupVersionOf(kind) === groupVersion);
  if (own.length === 0) return undefined;
  const resources = own.map(({ plural, singular, namespaced, kind }) => ({
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs: VERBS,
  }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

function groups(kinds: readonly KindDefinition[]): object[] {
  return [...new Set(kinds.filter(({ group }) => group).map(({ group }) => group))].map((name) => {
    const versions = [...new Set(kinds.filter(({ group }) => group === name).map(({ version }) => version))];
    const listed = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
    return { name, versions: listed, preferredVersion: listed[0] };
  });
}
