import { lazy } from '../schema/generated.ts';
import { type Message, type MessageField, MessageTable, parseMessage } from './protobuf-table.ts';
import { textOf, WireError, WireReader } from './wire-reader.ts';

type Members = Record<string, unknown>;

/** k8s\0: what tells Kubernetes' envelope. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00] as const;
const MAX_MESSAGE_DEPTH = 100;

export interface Envelope {
  /** Empty where the client left them out. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

/**
 * Opens `runtime.Unknown` with its four magic bytes.
 * @throws WireError
 */
export function readEnvelope(body: Uint8Array): Envelope {
  if (MAGIC.some((byte, index) => body[index] !== byte)) {
    throw new WireError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  let raw: Uint8Array = new Uint8Array();
  let typeMeta: Members = {};
  const reader = new WireReader(body.subarray(MAGIC.length));
  while (reader.hasMore) {
    const { field, wire } = reader.tag();
    if (field === 1 && wire === 2) typeMeta = decodeWith(TYPE_META, reader.bytes(), 0);
    else if (field === 2 && wire === 2) raw = reader.bytes();
    else reader.skip(wire);
  }
  return { apiVersion: String(typeMeta.apiVersion ?? ''), kind: String(typeMeta.kind ?? ''), raw };
}

const table = lazy(() => new MessageTable());

/** @param message `core.v1.Pod`. */
export function hasMessage(message: string): boolean {
  return table().has(message);
}

/**
 * Decodes one message into the JSON that Go would make of the same object. Fields that the table does not know are passed over.
 * Integers beyond 2^53 are BigInt.
 * @param message `core.v1.Pod`; hasMessage(message) must hold.
 * @throws WireError
 */
export function decodeMessage(message: string, raw: Uint8Array): Members {
  return decodeWith(table().message(message), raw, 0);
}

function decodeWith(message: Message, raw: Uint8Array, depth: number): Members {
  if (depth > MAX_MESSAGE_DEPTH) throw new WireError('proto: messages nest too deep');
  const members: Members = {};
  const reader = new WireReader(raw);
  while (reader.hasMore) {
    const { field: number, wire } = reader.tag();
    const field = message.get(number);
    if (field) readField(field, members, { reader, wire, depth });
    else reader.skip(wire);
  }
  return members;
}

interface Place {
  readonly reader: WireReader;
  readonly wire: number;
  readonly depth: number;
}

function readField(field: MessageField, members: Members, place: Place): void {
  if (field.shape === 'map') {
    const { key, value } = readMapEntry(field, place);
    const map = members[field.name];
    // A null prototype: a key may be `__proto__`.
    if (isMembers(map)) map[key] = value;
    else members[field.name] = Object.assign(Object.create(null), { [key]: value });
    return;
  }
  if (field.shape === 'list') {
    const list = members[field.name];
    const items = readItems(field, place);
    if (Array.isArray(list)) for (const item of items) list.push(item);
    else members[field.name] = items;
    return;
  }
  const value = readValue(field.type, place);
  if (field.name === '~') Object.assign(members, value);
  else if (!isAbsent(value, field)) members[field.name] = value;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

function isAbsent(value: unknown, field: MessageField): boolean {
  if (value === undefined) return true;
  return !field.keepsZero && (value === '' || value === 0 || value === false);
}

/** A list of integers may come packed. */
function readItems(field: MessageField, place: Place): unknown[] {
  if (field.type !== 'i' || place.wire !== 2) return [readValue(field.type, place)];
  const packed = new WireReader(place.reader.bytes());
  const items: unknown[] = [];
  while (packed.hasMore) items.push(packed.integer());
  return items;
}

function readMapEntry(field: MessageField, place: Place): { key: string; value: unknown } {
  const reader = new WireReader(place.reader.bytes());
  let key = '';
  let value: unknown = EMPTY[field.type] ?? {};
  while (reader.hasMore) {
    const { field: number, wire } = reader.tag();
    if (number === 1 && wire === 2) key = reader.text();
    else if (number === 2) value = readValue(field.type, { ...place, reader, wire });
    else reader.skip(wire);
  }
  return { key, value };
}

const EMPTY: Readonly<Record<string, unknown>> = { s: '', B: '', Q: '0', i: 0, b: false, L: [] };

function readValue(type: string, place: Place): unknown {
  const { reader, wire } = place;
  const expected = type === 'i' || type === 'b' ? 0 : type === 'd' ? 1 : 2;
  if (wire !== expected) throw new WireError(`proto: wrong wireType = ${wire}`);
  switch (type) {
    case 's':
      return reader.text();
    case 'i':
      return reader.integer();
    case 'b':
      return reader.integer() !== 0;
    case 'd':
      return reader.double();
    case 'B':
      return Buffer.from(reader.bytes()).toString('base64');
    default:
      return readNamed(type, reader.bytes(), place);
  }
}

/** The messages whose JSON is no object. */
function readNamed(type: string, raw: Uint8Array, { depth }: Place): unknown {
  switch (type) {
    case 'T':
    case 'U':
      return timeText(decodeWith(TIME, raw, depth), type === 'U');
    case 'Q':
      return decodeWith(QUANTITY, raw, depth).value ?? '0';
    case 'X': {
      const value = decodeWith(INT_OR_STRING, raw, depth);
      return value.type === 1 ? (value.text ?? '') : (value.number ?? 0);
    }
    case 'L':
      return decodeWith(ITEMS, raw, depth).items ?? [];
    case 'R':
    case 'F':
      return freeJson(decodeWith(RAW, raw, depth).raw);
    default:
      return decodeWith(table().message(type), raw, depth + 1);
  }
}

const TYPE_META = parseMessage('1apiVersion 2kind', '');
const TIME = parseMessage('1seconds:i 2nanos:i', '');
const QUANTITY = parseMessage('1value', '');
const INT_OR_STRING = parseMessage('1type:i 2number:i 3text', '');
const ITEMS = parseMessage('1items:s[]', '');
const RAW = parseMessage('1raw:B', '');

/** @returns undefined for the zero time, which JSON writes as null. */
function timeText({ seconds, nanos }: Members, isMicro: boolean): string | undefined {
  if (seconds === undefined && nanos === undefined) return undefined;
  const date = new Date(Number(seconds ?? 0) * 1000);
  if (Number.isNaN(date.getTime())) throw new WireError(`proto: time out of range: ${seconds} s`);
  const text = date.toISOString().slice(0, 19);
  const micros = String(Math.floor(Number(nanos ?? 0) / 1000)).padStart(6, '0');
  return isMicro ? `${text}.${micros}Z` : `${text}Z`;
}

function freeJson(base64: unknown): unknown {
  if (typeof base64 !== 'string') return undefined;
  try {
    return JSON.parse(textOf(Buffer.from(base64, 'base64')));
  } catch (err) {
    throw new WireError('an embedded object is not JSON', { cause: err });
  }
}
