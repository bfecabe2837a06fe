/** What a request is about, as authorization and routing see it (apiserver, request.RequestInfo). */
export interface RequestInfo {
  readonly isResource: boolean;
  /** `get list watch create update patch delete deletecollection`; of non-resource paths the method in small letters. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  /** Plural, as in the path. */
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** Without the query, as it was sent. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const SINGLE_VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
/** Behind `/namespaces/x/` these are parts of the Namespace itself, not resources in it. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** @param url as in the request line: path and query. @returns undefined when a path segment is no valid percent-encoding. */
export function parseRequest(method: string, url: string): RequestInfo | undefined {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const query = new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
  const segments = decodeSegments(path);
  if (!segments) return undefined;
  const nothing = { group: '', version: '', namespace: '', resource: '', subresource: '', name: '' };
  const root = resourceRoot(segments);
  const base = { ...nothing, isResource: false, verb: method.toLowerCase(), path, query };
  if (!root) return base;
  const place = parsePlace(root.rest);
  const isWatchPath = root.isWatch;
  return {
    ...base,
    isResource: true,
    group: root.group,
    version: root.version,
    ...place,
    verb: verbOf(method, place.name, query, isWatchPath),
  };
}

/** Decoded one by one after splitting: an encoded slash stays inside its segment. */
function decodeSegments(path: string): string[] | undefined {
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    // decodeURIComponent's only complaint; the caller answers 404.
    return undefined;
  }
}

interface Root {
  readonly group: string;
  readonly version: string;
  readonly rest: readonly string[];
  readonly isWatch: boolean;
}

/** `/api/v1/x...` and `/apis/g/v/x...`; an old `watch` segment before the resource is taken off. */
function resourceRoot(segments: readonly string[]): Root | undefined {
  const [root, first = '', second = ''] = segments;
  const isCore = root === 'api';
  if (!isCore && root !== 'apis') return undefined;
  let rest = segments.slice(isCore ? 2 : 3);
  if (rest.length === 0) return undefined;
  const isWatch = rest[0] === 'watch' && rest.length > 1;
  if (isWatch) rest = rest.slice(1);
  return { group: isCore ? '' : first, version: isCore ? first : second, rest, isWatch };
}

function parsePlace(rest: readonly string[]): Pick<RequestInfo, 'namespace' | 'resource' | 'name' | 'subresource'> {
  const [first = '', second = '', third = ''] = rest;
  if (first === 'namespaces' && rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(third)) {
    return { namespace: second, resource: third, name: rest[3] ?? '', subresource: subresourceOf(rest.slice(4)) };
  }
  // A Namespace counts as in itself: so it is what its own admins may touch.
  const namespace = first === 'namespaces' ? second : '';
  return { namespace, resource: first, name: second, subresource: subresourceOf(rest.slice(2)) };
}

/** Behind `proxy` is another server's path. */
function subresourceOf(parts: readonly string[]): string {
  return parts[0] === 'proxy' ? 'proxy' : parts.join('/');
}

function verbOf(method: string, name: string, query: URLSearchParams, isWatchPath: boolean): string {
  const single = SINGLE_VERBS[method] ?? method.toLowerCase();
  if (single === 'delete' && !name) return 'deletecollection';
  if (single !== 'get') return single;
  if (isWatchPath) return 'watch';
  if (name) return 'get';
  return isTrue(query.get('watch')) ? 'watch' : 'list';
}

/**
 * A boolean parameter: false when it is absent, `0`, or `false` in whatever case; true for all else, nothing included
 * (apimachinery, runtime.Convert_Slice_string_To_bool). The official Python client sends `False`.
 */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
}
