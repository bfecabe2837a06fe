import { SCALE_SUBRESOURCE } from '../kinds/scale.ts';
import type { KindDefinition, Subresource, Verb } from '../registry.ts';
import type { GroupVersionKind } from '../schema/schema.ts';

/** One operation, before a version of OpenAPI gives it its form. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** x-kubernetes-action. */
  readonly action: string;
  readonly gvk: GroupVersionKind;
  /** What the body holds: an object of `gvk`, a patch, options, nothing. */
  readonly body: 'object' | 'patch' | 'options' | 'none';
  readonly answer: 'object' | 'list' | 'status';
  readonly isNamespaced: boolean;
  readonly description: string;
  readonly query: readonly QueryParameter[];
}

export interface QueryParameter {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'integer';
  readonly description: string;
}

export interface Path {
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly description: string }[];
  readonly operations: readonly Operation[];
}

/** `api/v1`, `apis/apps/v1`: what the index of version 3 calls a document. */
export function groupVersionPath({ group, version }: { readonly group: string; readonly version: string }): string {
  return group ? `apis/${group}/${version}` : `api/${version}`;
}

const query = (name: string, type: QueryParameter['type'], description: string): QueryParameter => ({
  name,
  type,
  description,
});

const PRETTY = query('pretty', 'string', 'If set, the output is indented for a reader.');
const DRY_RUN = query('dryRun', 'string', 'All: the request goes through every stage, and nothing is stored.');
const FIELD_MANAGER = query('fieldManager', 'string', 'Name of the program or person that makes the change.');
const FIELD_VALIDATION = query(
  'fieldValidation',
  'string',
  'How unknown and duplicate fields are treated: Ignore drops them, Warn (the default) also answers with a warning for each, Strict refuses the request and names them.',
);
const WRITE = [PRETTY, DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION];
const PATCH = [...WRITE, query('force', 'boolean', 'Of an apply patch: take over fields that another manager owns.')];
const LIST = [
  PRETTY,
  query('allowWatchBookmarks', 'boolean', 'Of a watch: send events of type BOOKMARK.'),
  query('continue', 'string', 'The token of the page before: ask for the next one.'),
  query('fieldSelector', 'string', 'Only objects whose fields match.'),
  query('labelSelector', 'string', 'Only objects whose labels match.'),
  query('limit', 'integer', 'The most objects that one page holds.'),
  query('resourceVersion', 'string', 'The version of the data that the request needs.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion is meant in a list.'),
  query('sendInitialEvents', 'boolean', 'Of a watch: begin with what is there, then a bookmark.'),
  query('timeoutSeconds', 'integer', 'How long the request may last.'),
  query('watch', 'boolean', 'Follow changes instead of listing.'),
];
const DELETE = [
  PRETTY,
  DRY_RUN,
  query('gracePeriodSeconds', 'integer', 'How long the object may take to end; 0 is at once.'),
  query('orphanDependents', 'boolean', 'Deprecated: use propagationPolicy.'),
  query('propagationPolicy', 'string', 'What becomes of dependents: Orphan, Background or Foreground.'),
];

type Template = Omit<Operation, 'gvk' | 'isNamespaced' | 'description'> & {
  readonly verb: Verb;
  readonly does: string;
};

const ITEM: readonly Template[] = [
  {
    verb: 'get',
    method: 'get',
    action: 'get',
    body: 'none',
    answer: 'object',
    query: [PRETTY],
    does: 'read the specified',
  },
  {
    verb: 'update',
    method: 'put',
    action: 'put',
    body: 'object',
    answer: 'object',
    query: WRITE,
    does: 'replace the specified',
  },
  {
    verb: 'delete',
    method: 'delete',
    action: 'delete',
    body: 'options',
    answer: 'status',
    query: DELETE,
    does: 'delete a',
  },
  {
    verb: 'patch',
    method: 'patch',
    action: 'patch',
    body: 'patch',
    answer: 'object',
    query: PATCH,
    does: 'partially update the specified',
  },
];
const COLLECTION: readonly Template[] = [
  {
    verb: 'list',
    method: 'get',
    action: 'list',
    body: 'none',
    answer: 'list',
    query: LIST,
    does: 'list or watch objects of kind',
  },
  { verb: 'create', method: 'post', action: 'post', body: 'object', answer: 'object', query: WRITE, does: 'create a' },
  {
    verb: 'deletecollection',
    method: 'delete',
    action: 'deletecollection',
    body: 'options',
    answer: 'status',
    query: [...LIST, ...DELETE.slice(1)],
    does: 'delete collection of',
  },
];

const ALL: readonly Verb[] = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const NAME = { name: 'name', description: 'name of the object' };
const NAMESPACE = { name: 'namespace', description: 'object name and auth scope, such as for teams and projects' };

/** Every path of one kind, with its subresources. */
export function pathsOf(kind: KindDefinition): Path[] {
  const root = `/${groupVersionPath(kind)}`;
  const scoped = kind.namespaced ? `${root}/namespaces/{namespace}/${kind.plural}` : `${root}/${kind.plural}`;
  const scope = kind.namespaced ? [NAMESPACE] : [];
  const verbs = kind.verbs ?? ALL;
  const operations = (templates: readonly Template[]) => fill(templates, verbs, kind, kind);
  const item = `${scoped}/{name}`;
  const paths = [
    { path: scoped, parameters: scope, operations: operations(COLLECTION) },
    { path: item, parameters: [NAME, ...scope], operations: operations(ITEM) },
    ...subresourcesOf(kind).map((subresource) => ({
      path: `${item}/${subresource.name}`,
      parameters: [NAME, ...scope],
      operations: subresourceOperations(kind, subresource),
    })),
    ...(kind.namespaced
      ? [{ path: `${root}/${kind.plural}`, parameters: [], operations: operations(COLLECTION.slice(0, 1)) }]
      : []),
  ];
  return paths.filter((path) => path.operations.length > 0);
}

function subresourcesOf(kind: KindDefinition): readonly Subresource[] {
  const status: Subresource = { name: 'status', kind: kind.kind, verbs: ['get', 'update', 'patch'] };
  return [
    ...(kind.hasStatus ? [status] : []),
    ...(kind.scale ? [SCALE_SUBRESOURCE] : []),
    ...(kind.subresources ?? []),
  ];
}

function subresourceOperations(kind: KindDefinition, { verbs, ...own }: Subresource): Operation[] {
  const gvk = { group: own.group ?? kind.group, version: own.version ?? kind.version, kind: own.kind };
  const templates = [...ITEM, ...COLLECTION.filter(({ verb }) => verb === 'create')];
  return fill(templates, verbs as readonly Verb[], gvk, kind);
}

function fill(
  templates: readonly Template[],
  verbs: readonly Verb[],
  { group, version, kind }: GroupVersionKind,
  owner: KindDefinition,
): Operation[] {
  const matching = templates.filter(({ verb }) => verbs.includes(verb));
  return matching.map(({ verb: _, does, ...template }) => ({
    ...template,
    gvk: { group, version, kind },
    isNamespaced: owner.namespaced,
    description: `${does} ${kind}`,
  }));
}
