import type { ApiConnection } from '../../../scripts/lib/api-connection.ts';

/** One message: its channel (0 stdin, 1 stdout, 2 stderr, 3 error) and what it brings. */
export interface ChannelMessage {
  readonly channel: number;
  readonly data: Buffer;
}

/** All messages of a stream until the server closes it. @param protocols that the server may choose from */
export function receive(
  connection: ApiConnection,
  path: string,
  protocols: string[],
): Promise<{ protocol: string; messages: Buffer[] }> {
  return new Promise((resolve, reject) => {
    const socket = connection.webSocket(path, protocols);
    const messages: Buffer[] = [];
    socket.on('message', (data) => messages.push(Buffer.isBuffer(data) ? data : Buffer.from(String(data))));
    socket.once('error', reject);
    socket.once('close', () => resolve({ protocol: socket.protocol, messages }));
  });
}

/** The messages of a stream whose first byte is the channel. */
export async function receiveChannels(
  connection: ApiConnection,
  path: string,
  protocol: string,
): Promise<ChannelMessage[]> {
  const { messages } = await receive(connection, path, [protocol]);
  return messages.map((message) => ({ channel: message[0] ?? -1, data: message.subarray(1) }));
}

/** What a command prints to stdout and stderr. @throws Error when it fails */
export async function exec(connection: ApiConnection, path: string): Promise<string> {
  const messages = await receiveChannels(connection, path, 'v4.channel.k8s.io');
  const texts = (...channels: number[]) =>
    Buffer.concat(messages.filter(({ channel }) => channels.includes(channel)).map(({ data }) => data)).toString();
  const { status, message } = JSON.parse(texts(3) || '{}') as { status?: string; message?: string };
  if (status !== 'Success') throw new Error(`exec: ${message ?? 'ended without a status'}; it printed ${texts(1, 2)}`);
  return texts(1, 2);
}
