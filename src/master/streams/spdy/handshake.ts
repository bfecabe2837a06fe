import type { Duplex } from 'node:stream';
import { ApiError } from '../../../api/meta/errors.ts';
import type { UpgradeContext } from '../../apiserver/connect.ts';
import { offeredProtocols } from '../channel-protocol.ts';

const VERSION_HEADER = 'x-stream-protocol-version';

/** The first of ours that the client offers. @throws ApiError Forbidden, as kubelet answers (httpstream.Handshake). */
export function chooseSpdyProtocol({ request }: UpgradeContext, ours: readonly string[]): string {
  const offered = offeredProtocols(request.headers[VERSION_HEADER]);
  const chosen = ours.find((name) => offered.includes(name));
  if (chosen) return chosen;
  throw new ApiError(
    'Forbidden',
    `unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${ours.join(' ')}]`,
  );
}

/** Answers 101. @returns the connection, on which SPDY begins with the next byte. */
export function acceptSpdy({ socket, head }: UpgradeContext, protocol: string): Duplex {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    `X-Stream-Protocol-Version: ${protocol}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (head.length > 0) socket.unshift(head);
  return socket;
}
