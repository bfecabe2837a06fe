import { allocatesNodePorts, needsHealthCheckNodePort, needsNodePorts } from '../../../api/kinds/service/traits.ts';
import { ApiError, type StatusCause } from '../../../api/meta/errors.ts';
import { invalid } from '../../../api/meta/field-errors.ts';
import type { Service, ServicePort } from '../../../api/types.ts';
import { pickFree } from './address-pool.ts';

export interface NodePortPool {
  /** First and last: `[30000, 32767]`. */
  readonly range: readonly [number, number];
  /** What other Services hold. */
  readonly taken: ReadonlySet<number>;
}

export interface NodePortChoice {
  /** A random integer below its argument. */
  readonly pick: (below: number) => number;
  /** The Service is being made: its ports of one number share a node port. */
  readonly isNew: boolean;
}

/** All that a Service has on every node: of its ports, and the one that tells of its health. */
function nodePortsOf({ ports = [], healthCheckNodePort }: Service['spec']): number[] {
  return [...ports.map(({ nodePort }) => nodePort), healthCheckNodePort].filter((port): port is number =>
    Boolean(port),
  );
}

/** Whether a write can touch node ports at all: most of Services do not. */
export function concernsNodePorts(spec: Service['spec'], old: Service['spec'] | undefined): boolean {
  if (!needsNodePorts(spec) && !needsHealthCheckNodePort(spec)) return false;
  const isComplete = !allocatesNodePorts(spec) || (spec.ports ?? []).every(({ nodePort }) => nodePort);
  const isHealthComplete = !needsHealthCheckNodePort(spec) || Boolean(spec.healthCheckNodePort);
  return !isComplete || !isHealthComplete || !old || String(nodePortsOf(spec)) !== String(nodePortsOf(old));
}

/**
 * Fills in what is missing, unless it is not wanted, and checks what was asked for; changes `spec` in place.
 * Source: core, registry/service (alloc.go, initNodePorts and updateNodePorts).
 * @returns all that cannot be had
 * @throws ApiError InternalError when the range is exhausted
 */
export function allocateNodePorts(
  spec: Service['spec'],
  { range: [first, last], taken }: NodePortPool,
  { pick, isNew }: NodePortChoice,
): StatusCause[] {
  const causes: StatusCause[] = [];
  // One number may serve TCP and UDP of one Service.
  const own = new Set(nodePortsOf(spec));
  const check = (port: number, field: string): void => {
    if (port < first || port > last) {
      const why = `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
      causes.push(invalid(field, port, why));
    } else if (taken.has(port)) causes.push(invalid(field, port, 'provided port is already allocated'));
  };
  const take = (): number => {
    const isTaken = (candidate: number) => taken.has(candidate) || own.has(candidate);
    const free = pickFree({ first, middle: first, last }, isTaken, pick);
    if (free === undefined) throw exhausted('failed to allocate a nodePort: range is full');
    own.add(free);
    return free;
  };
  const ports = needsNodePorts(spec) ? (spec.ports ?? []) : [];
  for (const [index, port] of ports.entries()) {
    if (port.nodePort) check(port.nodePort, `spec.ports[${index}].nodePort`);
    else if (allocatesNodePorts(spec)) port.nodePort = (isNew ? sharedNodePort(port, ports) : undefined) ?? take();
  }
  if (needsHealthCheckNodePort(spec)) {
    if (spec.healthCheckNodePort) check(spec.healthCheckNodePort, 'spec.healthCheckNodePort');
    else spec.healthCheckNodePort = take();
  }
  return causes;
}

/** The node port of another port of the same number, as DNS over TCP has it beside UDP, unless this protocol has it already. */
function sharedNodePort({ port, protocol = 'TCP' }: ServicePort, all: readonly ServicePort[]): number | undefined {
  const isUsed = (nodePort: number) =>
    all.some((other) => other.nodePort === nodePort && (other.protocol ?? 'TCP') === protocol);
  return all.find((other) => other.port === port && other.nodePort && !isUsed(other.nodePort))?.nodePort;
}

/** Nothing is left to give. */
export function exhausted(why: string): ApiError {
  return new ApiError('InternalError', `Internal error occurred: ${why}`);
}
