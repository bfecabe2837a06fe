/** One field's bytes, or nothing: empty text, false and 0 are proto3's defaults and are left out. */
export type Field = readonly Uint8Array[];

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

function sized(number: number, bytes: Uint8Array): Field {
  return [Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes];
}

export function text(number: number, value: string | undefined): Field {
  return value ? sized(number, Buffer.from(value)) : [];
}

export function texts(number: number, values: readonly string[]): Field {
  return values.flatMap((value) => sized(number, Buffer.from(value)));
}

export function flag(number: number, value: boolean): Field {
  return value ? [Uint8Array.from([...varint(number * 8), 1])] : [];
}

/** A message in a field; written even when it is empty. */
export function nested(number: number, ...fields: readonly Field[]): Field {
  return sized(number, message(...fields));
}

export function message(...fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.flat());
}
