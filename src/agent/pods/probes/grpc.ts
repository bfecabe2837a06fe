import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { hostAndPort } from './http-get.ts';
import { type ProbeOutcome, ProbeTimeout } from './outcome.ts';

export interface GrpcTarget {
  readonly host: string;
  readonly port: number;
  /** '' asks for the server as a whole. */
  readonly service: string;
  readonly userAgent: string;
  /** For the words of a time-out. */
  readonly timeoutSeconds: number;
}

const CHECK = '/grpc.health.v1.Health/Check';
/** ServingStatus of grpc.health.v1, by number. */
const SERVING_STATUS = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
const SERVING = 1;

/** Well when the gRPC health protocol says SERVING, without TLS. Source of rule and words: kubelet, pkg/probe/grpc. */
export async function probeGrpc(target: GrpcTarget, signal: AbortSignal): Promise<ProbeOutcome> {
  const address = hostAndPort(target.host, target.port);
  const options = {
    'grpc.primary_user_agent': target.userAgent,
    'grpc.enable_http_proxy': 0,
    'grpc.use_local_subchannel_pool': 1,
  };
  const client = new Client(address, credentials.createInsecure(), options);
  let isConnected = false;
  try {
    await connected(client, signal);
    isConnected = true;
    const serving = await check(client, target.service, signal);
    if (serving === SERVING) return { result: 'success', output: 'service healthy' };
    return { result: 'failure', output: `service unhealthy (responded with "${SERVING_STATUS[serving] ?? serving}")` };
  } catch (error) {
    if (signal.aborted && !(signal.reason instanceof ProbeTimeout)) throw signal.reason;
    return { result: 'failure', output: failureOf(error, { ...target, address, isConnected }) };
  } finally {
    client.close();
  }
}

/** The connection is tried again and again until the signal: kubelet gives a refused one the same time. */
function connected(client: Client, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const letGo = () => reject(signal.reason);
    if (signal.aborted) return letGo();
    signal.addEventListener('abort', letGo, { once: true });
    client.waitForReady(Number.POSITIVE_INFINITY, (error) => {
      signal.removeEventListener('abort', letGo);
      if (error) reject(error);
      else resolve();
    });
  });
}

function check(client: Client, service: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = client.makeUnaryRequest(CHECK, encodeRequest, decodeStatus, service, (error, serving) => {
      signal.removeEventListener('abort', letGo);
      if (error) reject(signal.aborted ? signal.reason : error);
      else resolve(serving ?? 0);
    });
    const letGo = () => call.cancel();
    if (signal.aborted) letGo();
    else signal.addEventListener('abort', letGo, { once: true });
  });
}

function failureOf(
  error: unknown,
  { address, isConnected, timeoutSeconds }: GrpcTarget & { address: string; isConnected: boolean },
): string {
  if (error instanceof ProbeTimeout) {
    return isConnected
      ? `timeout: health rpc did not complete within ${timeoutSeconds}s`
      : `timeout: failed to connect service "${address}" within ${timeoutSeconds}s: context deadline exceeded`;
  }
  if (isServiceError(error) && error.code === status.UNIMPLEMENTED) {
    return `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${error.details}`;
  }
  const why = isServiceError(error)
    ? `rpc error: code = ${goCode(error.code)} desc = ${error.details}`
    : error instanceof Error
      ? error.message
      : String(error);
  return isConnected
    ? `error: health rpc probe failed: ${why}`
    : `error: failed to connect service at "${address}": ${why}`;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error;
}

/** `NOT_FOUND` is Go's `NotFound`. */
function goCode(code: number): string {
  const words = (status[code] ?? 'UNKNOWN').toLowerCase().split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** HealthCheckRequest: field 1 is the service's name, left out when empty. */
function encodeRequest(service: string): Buffer {
  const name = Buffer.from(service);
  return name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name]);
}

/** HealthCheckResponse: field 1 is the status; one that is not there is 0. */
function decodeStatus(bytes: Buffer): number {
  return bytes[0] === 0x08 ? (bytes[1] ?? 0) : 0;
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
