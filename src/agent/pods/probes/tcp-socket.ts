import { connect } from 'node:net';
import { hostAndPort } from './http-get.ts';
import { dialFailure, type ProbeOutcome, ProbeTimeout } from './outcome.ts';

/** Well when the port takes a connection. Source: kubelet, pkg/probe/tcp. @throws the signal's reason when called off */
export async function probeTcp(host: string, port: number, signal: AbortSignal): Promise<ProbeOutcome> {
  const address = hostAndPort(host, port);
  try {
    await dial(host, port, signal);
    return { result: 'success', output: '' };
  } catch (error) {
    if (error instanceof ProbeTimeout) return { result: 'failure', output: `dial tcp ${address}: i/o timeout` };
    if (signal.aborted) throw signal.reason;
    return { result: 'failure', output: dialFailure(error, address) };
  }
}

function dial(host: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const letGo = () => {
      reject(signal.reason);
      socket.destroy();
    };
    socket.on('error', reject);
    socket.on('close', () => signal.removeEventListener('abort', letGo));
    socket.on('connect', () => {
      resolve();
      socket.destroy();
    });
    if (signal.aborted) letGo();
    else signal.addEventListener('abort', letGo, { once: true });
  });
}
