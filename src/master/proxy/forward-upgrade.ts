import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { ApiError } from '../../api/meta/errors.ts';
import type { UpgradeExchange } from '../apiserver/http/handler.ts';
import { answerTo, ask, type Forwarding, forwardedRequest, pathOf } from './forward.ts';
import { upgradeHeaders } from './headers.ts';
import { unreachable } from './unreachable.ts';

interface Upgraded {
  readonly answer: IncomingMessage;
  readonly head: Buffer;
}

/**
 * Hands a request for another protocol (a WebSocket, SPDY) to a server, and when that agrees all bytes both ways until one side ends.
 * @throws ApiError before anything is answered.
 */
export async function forwardUpgrade(
  exchange: UpgradeExchange,
  { place, connection }: Omit<Forwarding, 'target'>,
): Promise<void> {
  const { request, socket, head } = exchange;
  const headers = upgradeHeaders(forwardedRequest(exchange, place));
  const asked = ask(connection, { request, path: pathOf(request, place), headers });
  const upgraded = upgradeOf(asked);
  asked.end();
  const { answer, head: first } = await Promise.race([
    upgraded,
    answerTo(asked).then((answer) => ({ answer, head: undefined })),
  ]).catch((error: unknown) => {
    throw unreachable(error);
  });
  if (first === undefined) return refuse(socket, answer);
  socket.write(rawHead(answer, []));
  if (first.length > 0) socket.write(first);
  if (head.length > 0) connection.write(head);
  socket.pipe(connection);
  connection.pipe(socket);
  // When one side has said all, the other still gets what was said, and then it is over for both.
  const last = await Promise.race([said(socket).then(() => connection), said(connection).then(() => socket)]);
  await finished(last, { readable: false });
}

function said(stream: Duplex): Promise<void> {
  return finished(stream, { writable: false });
}

function upgradeOf(asked: ClientRequest): Promise<Upgraded> {
  return new Promise((resolve) => {
    asked.once('upgrade', (answer, _socket, head) => resolve({ answer, head }));
  });
}

/** A server that does not agree says why: its answer goes on as it is. @throws ApiError for one that makes no sense */
async function refuse(socket: Duplex, answer: IncomingMessage): Promise<void> {
  const { statusCode = 0 } = answer;
  if (statusCode < 400) throw new ApiError('InternalError', `invalid upgrade response: status code ${statusCode}`);
  socket.write(rawHead(answer, ['connection', 'transfer-encoding', 'keep-alive']));
  await pipeline(answer, socket);
}

/** @param without names of headers to leave out; a connection that ends with the answer is said so then. */
function rawHead({ statusCode, statusMessage, rawHeaders }: IncomingMessage, without: readonly string[]): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (!without.includes(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[at + 1]}`);
  }
  if (without.length > 0) lines.push('Connection: close');
  return `${lines.join('\r\n')}\r\n\r\n`;
}
