import { decodeLoose, decodeObject } from '../../../api/codec/decode.ts';
import { badRequest, invalid } from '../../../api/meta/errors.ts';
import { invalid as invalidField, notSupported } from '../../../api/meta/field-errors.ts';
import type { KubeObject } from '../../../api/types.ts';
import type { DeleteOptions } from '../../resource-client.ts';
import type { WriteContext } from '../verbs/engine-deps.ts';
import {
  cannotBeHandled,
  type FieldValidation,
  parseFieldValidation,
  reportUnknownFields,
} from '../verbs/field-validation.ts';
import { readBody } from './body.ts';
import type { Exchange } from './handler.ts';
import { isTrue } from './request-info.ts';

const POLICIES = ['Background', 'Foreground', 'Orphan'] as const;

export interface QueryWriteOptions extends WriteContext {
  readonly fieldValidation: FieldValidation;
}

/** The options that every write takes from its query. @throws ApiError Invalid. */
export function readWriteOptions({ info, user, warnings }: Exchange): QueryWriteOptions {
  return {
    user,
    dryRun: isDryRun(info.query.getAll('dryRun')),
    fieldValidation: parseFieldValidation(info.query.get('fieldValidation') ?? ''),
    warn: (text) => warnings.add(text),
  };
}

/**
 * Reads the body as an object of the given kind; unknown fields are treated as the client asked.
 * @param translate an older version of the kind into this one.
 */
export async function readObject(
  exchange: Exchange & { readonly kind: { group: string; version: string; kind: string } },
  fieldValidation: FieldValidation,
  translate: (body: Buffer) => Buffer = (body) => body,
): Promise<KubeObject> {
  const { kind, request, warnings } = exchange;
  const body = translate(await readBody(request));
  const { object, strictErrors } = decodeObject(body, request.headers['content-type'], kind);
  const warn = (text: string) => warnings.add(text);
  reportUnknownFields(strictErrors, fieldValidation, { warn }, (text) => cannotBeHandled(kind, text));
  return object;
}

/** DeleteOptions of a body and of the query together; the body wins. @throws ApiError BadRequest, Invalid. */
export async function readDeleteOptions(exchange: Exchange): Promise<{ options: DeleteOptions; dryRun: boolean }> {
  const { request, info } = exchange;
  const body = await readBody(request);
  const fromBody = body.length > 0 ? decodeLoose(body, request.headers['content-type']) : {};
  return deleteOptionsOf(fromBody, info.query);
}

/** @param body an object's members, of no type yet. */
export function deleteOptionsOf(
  body: Readonly<Record<string, unknown>>,
  query: URLSearchParams,
): { options: DeleteOptions; dryRun: boolean } {
  const grace = body.gracePeriodSeconds ?? numberOf(query.get('gracePeriodSeconds'));
  if (grace !== undefined && grace !== null && !Number.isSafeInteger(grace)) {
    throw badRequest('gracePeriodSeconds: must be an integer');
  }
  const policy = policyOf(body, query);
  const preconditions = isRecord(body.preconditions) ? body.preconditions : {};
  const { uid, resourceVersion } = preconditions;
  const dryRun = Array.isArray(body.dryRun) ? body.dryRun.map(String) : query.getAll('dryRun');
  return {
    options: {
      ...(typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}),
      ...(policy ? { propagationPolicy: policy } : {}),
      preconditions: {
        ...(typeof uid === 'string' ? { uid } : {}),
        ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
      },
    },
    dryRun: isDryRun(dryRun),
  };
}

function policyOf(body: Readonly<Record<string, unknown>>, query: URLSearchParams): DeleteOptions['propagationPolicy'] {
  const orphan =
    body.orphanDependents ?? (query.has('orphanDependents') ? isTrue(query.get('orphanDependents')) : undefined);
  const text = body.propagationPolicy ?? query.get('propagationPolicy') ?? undefined;
  // As clients of old say it.
  if (text === undefined) return typeof orphan === 'boolean' ? (orphan ? 'Orphan' : 'Background') : undefined;
  const policy = POLICIES.find((one) => one === text);
  const cause =
    typeof orphan === 'boolean'
      ? invalidField('propagationPolicy', text, 'orphanDependents and deletionPropagation cannot be both set')
      : notSupported('propagationPolicy', text, POLICIES);
  if (policy && typeof orphan !== 'boolean') return policy;
  throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [cause]);
}

/** @throws ApiError Invalid for anything but All. */
function isDryRun(values: readonly string[]): boolean {
  const wrong = values.find((value) => value !== 'All' && value !== '');
  if (wrong !== undefined) {
    throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [notSupported('dryRun', wrong, ['All'])]);
  }
  return values.includes('All');
}

function numberOf(text: string | null): number | undefined {
  return text === null ? undefined : Number(text);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
