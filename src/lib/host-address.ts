import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * The address this machine uses towards a host: connecting a UDP socket asks the kernel's routing and sends nothing.
 * @returns undefined when there is no route, or no such host.
 */
export function sourceAddressTo(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
    const finish = (address: string | undefined) => {
      socket.close();
      resolve(address);
    };
    // No route and unknown names say the same here: this way is not the one.
    socket.once('error', () => finish(undefined));
    socket.once('connect', () => finish(socket.address().address));
    socket.connect(port, host);
  });
}

export function isLoopbackAddress(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function firstExternal(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find((address) => !address.internal && address.family === 'IPv4')?.address;
}

/** Any public address will do to ask for the default route: nothing is sent. Documentation range of RFC 5737. */
export const SOMEWHERE = { host: '192.0.2.1', port: 9 };

/**
 * The address others reach this machine at: the one it uses towards `target`, or, where that is this very machine, the one of the default
 * route, or else the first there is.
 */
export async function findHostAddress(target: { host: string; port: number } | undefined): Promise<string> {
  for (const peer of [target, SOMEWHERE]) {
    const address = peer && (await sourceAddressTo(peer.host, peer.port));
    if (address && !isLoopbackAddress(address)) return address;
  }
  return firstExternal() ?? '127.0.0.1';
}
