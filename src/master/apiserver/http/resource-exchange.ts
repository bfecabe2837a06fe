import { ApiError, notFound } from '../../../api/meta/errors.ts';
import type { KindDefinition, ObjectKey } from '../../../api/registry.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Authorizer } from '../auth/authorizer.ts';
import type { ConnectHandlers } from '../connect.ts';
import type { KindTable } from '../kind-table.ts';
import type { ResourceEngine } from '../resource-engine.ts';
import type { Exchange } from './handler.ts';

export interface ResourceRouteOptions {
  readonly engine: ResourceEngine;
  readonly kinds: KindTable;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly connect?: ConnectHandlers;
}

/** A resource request with its kind found. */
export interface ResourceExchange extends Exchange {
  readonly kind: KindDefinition;
  readonly key: ObjectKey;
}

export function methodNotAllowed(): ApiError {
  return new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

export function setWarnings({ response, warnings }: Exchange): void {
  const { headers } = warnings;
  if (headers.length > 0) response.setHeader('Warning', headers);
}

/** The pod kind, for what names pods without being under their path. @throws ApiError NotFound when pods are not served. */
export function podKind(kinds: KindTable): KindDefinition {
  const kind = kinds.find('', 'v1', 'pods');
  if (!kind) throw notFound({ group: '', plural: 'pods' }, '');
  return kind;
}
