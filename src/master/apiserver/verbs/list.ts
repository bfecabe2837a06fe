import { ApiError, badRequest, invalid, type StatusCause } from '../../../api/meta/errors.ts';
import { forbidden, notSupported } from '../../../api/meta/field-errors.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import { storagePrefix } from '../../store/keys.ts';
import type { KeyValue, ListResult } from '../../store/store.ts';
import { type ContinueToken, decodeContinue, ExpiredContinue, encodeContinue } from './continue-token.ts';
import type { EngineDeps } from './engine-deps.ts';
import { parseResourceVersion, waitForRevision } from './resource-version.ts';
import type { Selection } from './selection.ts';
import { objectFrom } from './stored.ts';

export interface ListRequest {
  /** `''` lists all namespaces. */
  readonly namespace: string;
  readonly selection: Selection;
  /** 0: no limit. */
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
}

export interface ObjectList {
  readonly items: KubeObject[];
  /** The revision that all pages show. */
  readonly revision: number;
  /** Absent on the last page. */
  readonly continue?: string;
  /** Known only without selectors. */
  readonly remaining?: number;
}

/** With selectors the store is read in pages of this many, until the client's page is full. */
const SCAN_PAGE = 1000;

/** @throws ApiError Expired (with a token to go on), Timeout for a revision not reached, BadRequest, Invalid. */
export async function listObjects(deps: EngineDeps, kind: KindDefinition, request: ListRequest): Promise<ObjectList> {
  const prefix = storagePrefix(kind, request.namespace || undefined);
  const limit = request.limit ?? 0;
  const start = await startOf(deps, request, prefix);
  const items: KubeObject[] = [];
  let { after, revision } = start;
  for (;;) {
    const page = await readPage(deps, prefix, { ...start, after, revision }, pageSize(request, limit, items.length));
    revision = page.revision;
    const taken = take(kind, page.items, request.selection, items, limit);
    const lastKey = page.items[taken - 1]?.key;
    const left = page.remaining + page.items.length - taken;
    if (left === 0 || lastKey === undefined) return { items, revision };
    if (limit > 0 && items.length >= limit) {
      const token = encodeContinue({ revision, after: lastKey.slice(prefix.length) });
      return { items, revision, continue: token, ...(request.selection.isEverything ? { remaining: left } : {}) };
    }
    after = lastKey;
  }
}

interface Start {
  readonly after: string | undefined;
  readonly revision: number | undefined;
  /** The revision came with a continue token, and so does the answer when it is gone. */
  readonly isContinued: boolean;
}

async function startOf(deps: EngineDeps, request: ListRequest, prefix: string): Promise<Start> {
  const { resourceVersion = '', resourceVersionMatch = '', limit = 0 } = request;
  const token: ContinueToken | undefined = request.continue ? decodeContinue(request.continue) : undefined;
  const causes = versionMatchCauses(resourceVersion, resourceVersionMatch, token !== undefined);
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', causes);
  if (token) {
    if (resourceVersion && resourceVersion !== '0') {
      throw badRequest('specifying resource version is not allowed when using continue');
    }
    const revision = token.revision === -1 ? undefined : token.revision;
    return { after: prefix + token.after, revision, isContinued: true };
  }
  await waitForRevision(deps, resourceVersion);
  const wanted = parseResourceVersion(resourceVersion);
  // A limit beside a version has always meant exactly that version, so that pages fit together.
  const isExact = resourceVersionMatch === 'Exact' || (limit > 0 && wanted > 0 && !resourceVersionMatch);
  return { after: undefined, revision: isExact ? wanted : undefined, isContinued: false };
}

const MATCHES = ['Exact', 'NotOlderThan'];

/** apimachinery's rules for the two parameters together (internalversion validation, ValidateListOptions). */
export function versionMatchCauses(version: string, match: string, isContinued: boolean): StatusCause[] {
  const field = 'resourceVersionMatch';
  if (!match) return [];
  if (isContinued) return [forbidden(field, `${field} is forbidden when continue is provided`)];
  if (!version) return [forbidden(field, `${field} is forbidden unless resourceVersion is provided`)];
  if (!MATCHES.includes(match)) return [notSupported(field, match, MATCHES)];
  if (match === 'Exact' && version === '0')
    return [forbidden(field, `${field} "exact" is forbidden for resourceVersion "0"`)];
  return [];
}

function pageSize({ selection }: ListRequest, limit: number, have: number): number | undefined {
  if (selection.isEverything) return limit > 0 ? limit - have : undefined;
  return limit > 0 ? SCAN_PAGE : undefined;
}

async function readPage(
  deps: EngineDeps,
  prefix: string,
  start: Start,
  limit: number | undefined,
): Promise<ListResult> {
  try {
    return await deps.store.list(prefix, {
      ...(limit === undefined ? {} : { limit }),
      ...(start.after === undefined ? {} : { after: start.after }),
      ...(start.revision === undefined ? {} : { revision: start.revision }),
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'Expired') throw error;
    if (start.isContinued && start.after !== undefined) {
      throw new ExpiredContinue(start.after.slice(prefix.length), { cause: error });
    }
    throw new ApiError('Expired', `The resourceVersion for the provided list is too old.`, {}, { cause: error });
  }
}

/** Decodes and selects until `limit` is reached. @returns how many of `page` were looked at. */
function take(
  kind: KindDefinition,
  page: readonly KeyValue[],
  selection: Selection,
  into: KubeObject[],
  limit: number,
): number {
  let looked = 0;
  for (const kv of page) {
    if (limit > 0 && into.length >= limit) break;
    const object = objectFrom(kind, kv);
    if (selection.matches(object)) into.push(object);
    looked++;
  }
  return looked;
}
