import { randomInt } from 'node:crypto';
import { badRequest } from '../../../api/meta/errors.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { ListRequest } from '../verbs/list.ts';
import { parseSelection } from '../verbs/selection.ts';
import type { WatchRequest } from '../verbs/watch.ts';
import { isTrue, type RequestInfo } from './request-info.ts';

/** Kubernetes' bounds of a watch without timeoutSeconds: random, so that clients do not all come back at once. */
const MIN_WATCH_SECONDS = 1800;
const MAX_WATCH_SECONDS = 3600;

/** @throws ApiError BadRequest for selectors and numbers that cannot be read. */
export function listRequest(kind: KindDefinition, info: RequestInfo): ListRequest {
  const { query } = info;
  const { resourceVersion, ...place } = common(kind, info);
  return { ...place, resourceVersion, limit: integer(query, 'limit') ?? 0, continue: query.get('continue') ?? '' };
}

/** @throws ApiError BadRequest for selectors and numbers that cannot be read. */
export function watchRequest(kind: KindDefinition, info: RequestInfo): WatchRequest {
  const { query } = info;
  const seconds = integer(query, 'timeoutSeconds') || randomInt(MIN_WATCH_SECONDS, MAX_WATCH_SECONDS + 1);
  const initial = query.get('sendInitialEvents');
  return {
    ...common(kind, info),
    allowBookmarks: isTrue(query.get('allowWatchBookmarks')),
    ...(initial === null ? {} : { sendInitialEvents: isTrue(initial) }),
    timeoutMs: seconds * 1000,
  };
}

function common(kind: KindDefinition, { namespace, name, query, verb }: RequestInfo) {
  // The old /watch/ paths name one object in the path.
  const nameTerm = verb === 'watch' && name ? `metadata.name=${name}` : '';
  const fields = [nameTerm, query.get('fieldSelector') ?? ''].filter(Boolean).join(',');
  return {
    namespace: kind.namespaced ? namespace : '',
    selection: parseSelection(kind, query.get('labelSelector') ?? '', fields),
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
  };
}

function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw badRequest(`${name}: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return Math.max(0, value);
}
