import type { Container } from '../../../api/types.ts';
import { KUBERNETES_VERSION } from '../../../api/version.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { runCommand } from '../run-command.ts';
import { probeGrpc } from './grpc.ts';
import { httpTarget, probeHttp } from './http-get.ts';
import { type ProbeOutcome, ProbeTimeout } from './outcome.ts';
import type { ProbeTarget } from './targets.ts';
import { probeTcp } from './tcp-socket.ts';

/** `1.36`, as user agents end. */
export const MINOR_VERSION = KUBERNETES_VERSION.slice(1).split('.').slice(0, 2).join('.');
const USER_AGENT = `kube-probe/${MINOR_VERSION}`;

/** A port by number, or by the name the container gives it. @throws RangeError when it gives that name to none */
export function portOf(port: number | string, container: Container): number {
  if (typeof port === 'number') return port;
  const named = (container.ports ?? []).find(({ name }) => name === port)?.containerPort;
  const found = named ?? (/^\d+$/.test(port) ? Number(port) : undefined);
  if (found === undefined) throw new RangeError(`couldn't find port: ${port} in container ${container.name}`);
  return found;
}

/**
 * Tries a probe once, within its own time.
 * @throws what kept it from saying anything (the engine's error, a port nobody declared), or the signal's reason
 */
export async function runProbe(
  target: ProbeTarget,
  { runtime, clock }: { readonly runtime: Runtime; readonly clock: Clock },
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const timeoutMs = (target.probe.timeoutSeconds ?? 1) * 1000;
  const time = new AbortController();
  const cancel = clock.after(timeoutMs, () => time.abort(new ProbeTimeout()));
  try {
    return await tryOnce(target, runtime, AbortSignal.any([signal, time.signal]));
  } finally {
    cancel();
  }
}

function tryOnce(target: ProbeTarget, runtime: Runtime, signal: AbortSignal): Promise<ProbeOutcome> {
  const { probe, container, podIp } = target;
  const { exec, httpGet, tcpSocket, grpc } = probe;
  if (exec) return probeCommand(target, exec.command ?? [], runtime, signal);
  if (httpGet) return probeHttp(httpTarget(httpGet, podIp, portOf(httpGet.port, container), USER_AGENT), signal);
  if (tcpSocket) return probeTcp(tcpSocket.host || podIp, portOf(tcpSocket.port, container), signal);
  if (!grpc) throw new RangeError(`missing probe handler for ${container.name}`);
  const timeoutSeconds = probe.timeoutSeconds ?? 1;
  const { port, service = '' } = grpc;
  return probeGrpc({ host: podIp, port, service, userAgent: USER_AGENT, timeoutSeconds }, signal);
}

async function probeCommand(
  { containerId }: ProbeTarget,
  command: readonly string[],
  runtime: Runtime,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  try {
    const { exitCode, output } = await runCommand(runtime, containerId, command, signal);
    return { result: exitCode === 0 ? 'success' : 'failure', output };
  } catch (error) {
    if (!(error instanceof ProbeTimeout)) throw error;
    return { result: 'failure', output: `command ${JSON.stringify(command.join(' '))} timed out` };
  }
}
