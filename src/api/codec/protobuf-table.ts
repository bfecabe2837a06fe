import { PROTOBUF_FIELDS } from './protobuf-fields.ts';

export interface MessageField {
  /** `~`: members of the message belong to the parent. */
  readonly name: string;
  /** As protobuf-fields.ts writes it, a message with its package. */
  readonly type: string;
  readonly shape: 'one' | 'list' | 'map';
  readonly keepsZero: boolean;
}

/** Fields by their number on the wire. */
export type Message = ReadonlyMap<number, MessageField>;

const FIELD = /^(\d+)([^:?]+)(?::([\w.]+))?(\[\]|\{\})?(\?)?$/;

/** The messages of protobuf-fields.ts, each parsed when it is first met. */
export class MessageTable {
  readonly #messages = new Map<string, Message>();

  has(name: string): boolean {
    return Object.hasOwn(PROTOBUF_FIELDS, name);
  }

  /** @param name `core.v1.Pod`. */
  message(name: string): Message {
    let message = this.#messages.get(name);
    if (!message) {
      message = parseMessage(PROTOBUF_FIELDS[name] ?? '', name.slice(0, name.lastIndexOf('.')));
      this.#messages.set(name, message);
    }
    return message;
  }
}

/**
 * @param line as protobuf-fields.ts writes it.
 * @param pkg where its bare message names are looked for first.
 */
export function parseMessage(line: string, pkg: string): Message {
  const words = line.split(' ').filter((word) => word !== '');
  return new Map(words.map((word) => parseField(word, pkg)));
}

function parseField(word: string, pkg: string): [number, MessageField] {
  const [, number, name = '', type = 's', shape = '', zero] = FIELD.exec(word) ?? [];
  return [
    Number(number),
    {
      name,
      type: qualified(type, pkg),
      shape: shape === '[]' ? 'list' : shape === '{}' ? 'map' : 'one',
      keepsZero: zero === '?',
    },
  ];
}

function qualified(type: string, pkg: string): string {
  if (type.length === 1 || type.includes('.')) return type;
  const own = `${pkg}.${type}`;
  return Object.hasOwn(PROTOBUF_FIELDS, own) ? own : `meta.v1.${type}`;
}
