import type { StatusCause } from '../../../meta/errors.ts';
import { forbidden, invalid, invalidEach, ofEach, required } from '../../../meta/field-errors.ts';
import { checkHttpHeaderName, checkNonNegative, checkPortName, checkPortNumber } from '../../../meta/validation.ts';
import type { Probe } from '../../../types.ts';
import type { HttpGetAction, Lifecycle, LifecycleHandler } from '../parts.ts';
import { notEmpty, oneOf } from './values.ts';

type Handler = Probe & LifecycleHandler;
const KINDS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;
const COUNTS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

export function probeCauses(
  probe: Probe | undefined,
  field: string,
  purpose: 'liveness' | 'readiness' | 'startup',
): StatusCause[] {
  if (!probe) return [];
  const grace = probe.terminationGracePeriodSeconds;
  return [
    ...handlerCauses(probe, field),
    ...COUNTS.flatMap((key) => invalidEach(`${field}.${key}`, probe[key], checkNonNegative(probe[key] ?? 0))),
    ...(grace !== undefined && grace <= 0
      ? [invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than 0')]
      : []),
    ...(grace !== undefined && purpose === 'readiness'
      ? [invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes')]
      : []),
    ...(purpose !== 'readiness' && probe.successThreshold !== 1
      ? [invalid(`${field}.successThreshold`, probe.successThreshold, 'must be 1')]
      : []),
  ];
}

/** @param graceSeconds of the pod: what a hook may take of it */
export function lifecycleCauses(
  lifecycle: Lifecycle | undefined,
  field: string,
  graceSeconds: number | undefined,
): StatusCause[] {
  if (!lifecycle) return [];
  const { postStart, preStop } = lifecycle;
  return [
    ...(postStart ? handlerCauses(postStart, `${field}.postStart`, graceSeconds) : []),
    ...(preStop ? handlerCauses(preStop, `${field}.preStop`, graceSeconds) : []),
  ];
}

/** Exactly one way to act; what follows the first is refused without a look. */
function handlerCauses(handler: Handler, field: string, graceSeconds?: number): StatusCause[] {
  const [first, ...more] = KINDS.filter((kind) => handler[kind]);
  if (!first) return [required(field, 'must specify a handler type')];
  return [
    ...actionCauses(handler, first, `${field}.${first}`, graceSeconds),
    ...more.map((kind) => forbidden(`${field}.${kind}`, 'may not specify more than 1 handler type')),
  ];
}

function actionCauses(
  { exec, httpGet, tcpSocket, grpc, sleep }: Handler,
  kind: (typeof KINDS)[number],
  field: string,
  graceSeconds?: number,
): StatusCause[] {
  switch (kind) {
    case 'exec':
      return exec?.command?.length ? [] : [required(`${field}.command`)];
    case 'httpGet':
      return httpGet ? httpCauses(httpGet, field) : [];
    case 'tcpSocket':
      return portCauses(tcpSocket?.port, `${field}.port`);
    case 'grpc':
      return portCauses(grpc?.port, `${field}.port`);
    case 'sleep': {
      const seconds = sleep?.seconds ?? 0;
      if (graceSeconds === undefined || (seconds >= 0 && seconds <= graceSeconds)) return [];
      const text = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
      return [invalid(field, seconds, text)];
    }
  }
}

function httpCauses(httpGet: HttpGetAction, field: string): StatusCause[] {
  return [
    ...notEmpty(httpGet.path, `${field}.path`),
    ...portCauses(httpGet.port, `${field}.port`),
    ...oneOf(httpGet.scheme, `${field}.scheme`, ['HTTP', 'HTTPS']),
    ...ofEach(httpGet.httpHeaders, '', ({ name }) =>
      invalidEach(`${field}.httpHeaders`, name, checkHttpHeaderName(name)),
    ),
  ];
}

/** A port of the container, by number or by name. */
function portCauses(port: number | string | undefined, field: string): StatusCause[] {
  if (typeof port === 'string') return invalidEach(field, port, checkPortName(port));
  return invalidEach(field, port ?? 0, checkPortNumber(port ?? 0));
}
