import { badRequest } from '../../api/meta/errors.ts';
import type { StreamFrame } from '../../rpc/messages.ts';

/** The channels of exec and attach (Kubernetes, remotecommand). */
export const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** A WebSocket subprotocol: messages that begin with a channel. */
export interface ChannelProtocol {
  /** '' for a client that names none. */
  readonly name: string;
  /** Channel and content as text: one digit, then Base64. */
  readonly isBase64: boolean;
  /** Whether the error channel carries a Status, or (the first version) text on failure only. */
  readonly hasStatus: boolean;
  /** Whether the client may end a channel: `255, channel`. */
  readonly hasClose: boolean;
}

const PROTOCOLS: readonly ChannelProtocol[] = [
  { name: 'v5.channel.k8s.io', isBase64: false, hasStatus: true, hasClose: true },
  { name: 'v4.channel.k8s.io', isBase64: false, hasStatus: true, hasClose: false },
  { name: 'v4.base64.channel.k8s.io', isBase64: true, hasStatus: true, hasClose: false },
  { name: 'channel.k8s.io', isBase64: false, hasStatus: false, hasClose: false },
  { name: 'base64.channel.k8s.io', isBase64: true, hasStatus: false, hasClose: false },
];
const UNNAMED: ChannelProtocol = { name: '', isBase64: false, hasStatus: false, hasClose: false };

/** The names in a Sec-WebSocket-Protocol or X-Stream-Protocol-Version header. */
export function offeredProtocols(header: string | readonly string[] | undefined): string[] {
  return [header ?? []]
    .flat()
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** The best protocol both sides know. @throws ApiError BadRequest when there is none. */
export function chooseChannelProtocol(offered: readonly string[]): ChannelProtocol {
  if (offered.length === 0) return UNNAMED;
  const chosen = PROTOCOLS.find(({ name }) => offered.includes(name));
  if (chosen) return chosen;
  const known = PROTOCOLS.map(({ name }) => name).join(' ');
  throw badRequest(`unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${known}]`);
}

/** One message to the client. @returns text for Base64 protocols. */
export function encodeMessage(protocol: ChannelProtocol, channel: number, bytes: Uint8Array): Buffer | string {
  if (protocol.isBase64) return `${channel}${Buffer.from(bytes).toString('base64')}`;
  return Buffer.concat([Buffer.of(channel), bytes]);
}

/** What a message of the client means; undefined for what means nothing here. */
export function decodeMessage(protocol: ChannelProtocol, message: Buffer): StreamFrame | undefined {
  const [first] = message;
  if (first === undefined) return undefined;
  const channel = protocol.isBase64 ? first - 0x30 : first;
  const content = message.subarray(1);
  if (channel === CHANNEL.close && protocol.hasClose)
    return content[0] === CHANNEL.stdin ? { end: { channel: CHANNEL.stdin } } : undefined;
  const data = protocol.isBase64 ? Buffer.from(content.toString('latin1'), 'base64') : content;
  if (channel === CHANNEL.stdin) return data.length > 0 ? { data: { channel, data } } : undefined;
  if (channel === CHANNEL.resize) return resizeFrame(data.toString());
  return undefined;
}

/** @param text `{"Width":80,"Height":24}` @returns undefined for anything else: a size is no reason to end a session. */
export function resizeFrame(text: string): StreamFrame | undefined {
  try {
    const { Width: width, Height: height } = JSON.parse(text) as { Width?: unknown; Height?: unknown };
    return isSize(width) && isSize(height) ? { resize: { width, height } } : undefined;
  } catch {
    return undefined;
  }
}

/** A terminal's size is a uint16 each way. */
function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff;
}
