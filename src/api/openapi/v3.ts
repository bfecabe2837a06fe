import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { KindDefinition } from '../registry.ts';
import { schemas } from '../schema/schema.ts';
import { groupVersionPath, type Operation, type Path } from './paths.ts';
import { type Dialect, type Json, SchemaWriter } from './schema-json.ts';
import {
  API_VERSION,
  allPaths,
  definitionId,
  hashOf,
  OPTIONS_ID,
  PATCH_ID,
  readDescriptions,
  STATUS_ID,
} from './source.ts';

const compress = promisify(gzip);

const V3: Dialect = {
  refPrefix: '#/components/schemas/',
  wrapsRefs: true,
  scalars: {
    q: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    x: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
    t: { type: 'string', format: 'date-time' },
    u: { type: 'string', format: 'date-time' },
    '*': { type: 'object' },
  },
};

const OBJECT_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

/** Bumped when this file makes other documents of the same data. */
const FORM = 'v3.1';

export interface OpenApiV3Index {
  readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>;
}

export interface OpenApiDocument {
  /** With its quotes; equal to the hash of the index's URL, and as immutable. */
  readonly etag: string;
  /** JSON, compressed. */
  readonly gzip: Buffer;
}

/** `GET /openapi/v3`: one document per group version, each under a URL that changes with its content. */
export function openApiV3Index(kinds: readonly KindDefinition[]): OpenApiV3Index {
  const groupVersions = [...new Set(kinds.map(groupVersionPath))];
  const entries = groupVersions.map((groupVersion) => {
    const hash = hashOf(pathsIn(kinds, groupVersion), FORM);
    return [groupVersion, { serverRelativeURL: `/openapi/v3/${groupVersion}?hash=${hash}` }] as const;
  });
  return { paths: Object.fromEntries(entries) };
}

/**
 * `GET /openapi/v3/<groupVersion>`: made anew each time; nothing of it stays in memory.
 * @param groupVersion as in the index: `api/v1`, `apis/apps/v1`.
 * @returns undefined for a group version that no kind is in.
 */
export async function openApiV3Document(
  kinds: readonly KindDefinition[],
  groupVersion: string,
): Promise<OpenApiDocument | undefined> {
  const paths = pathsIn(kinds, groupVersion);
  if (paths.length === 0) return undefined;
  const document = JSON.stringify(writeDocument(paths));
  return { etag: `"${hashOf(paths, FORM)}"`, gzip: await compress(document) };
}

function pathsIn(kinds: readonly KindDefinition[], groupVersion: string): Path[] {
  return allPaths(kinds.filter((kind) => groupVersionPath(kind) === groupVersion));
}

function writeDocument(paths: readonly Path[]): Json {
  const writer = new SchemaWriter(schemas(), readDescriptions(), V3);
  const items = paths.map((path) => [path.path, writePath(path, writer)] as const);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: API_VERSION },
    paths: Object.fromEntries(items),
    components: { schemas: writer.all() },
  };
}

function writePath(path: Path, writer: SchemaWriter): Json {
  const operations = path.operations.map((operation) => [operation.method, writeOperation(operation, writer)] as const);
  const parameters = path.parameters.map(({ name, description }) => ({
    name,
    in: 'path',
    description,
    required: true,
    schema: { type: 'string', uniqueItems: true },
  }));
  return { ...Object.fromEntries(operations), ...(parameters.length > 0 ? { parameters } : {}) };
}

function writeOperation(operation: Operation, writer: SchemaWriter): Json {
  const { description, query, action, gvk } = operation;
  return {
    description,
    parameters: query.map(({ name, description: text, type }) => ({
      name,
      in: 'query',
      description: text,
      schema: { type, uniqueItems: true },
    })),
    ...requestBody(operation, writer),
    responses: { '200': { description: 'OK', ...content(answerId(operation), OBJECT_TYPES, writer) } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: gvk.group, version: gvk.version, kind: gvk.kind },
  };
}

function requestBody({ body, gvk }: Operation, writer: SchemaWriter): Json {
  if (body === 'none') return {};
  const id = { object: definitionId(gvk), patch: PATCH_ID, options: OPTIONS_ID }[body];
  const types = body === 'patch' ? PATCH_TYPES : OBJECT_TYPES;
  return { requestBody: { ...content(id, types, writer), ...(body === 'options' ? {} : { required: true }) } };
}

function answerId({ answer, gvk }: Operation): string | undefined {
  return answer === 'status' ? STATUS_ID : definitionId(gvk, answer === 'list');
}

function content(id: string | undefined, types: readonly string[], writer: SchemaWriter): Json {
  const schema = id === undefined ? { type: 'object' } : (writer.refTo(id) ?? { type: 'object' });
  return { content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}
