import assert from 'node:assert/strict';
import { ApiError } from '../meta/errors.ts';
import { type FieldType, schemas } from '../schema/schema.ts';
import { decodeLoose, decodeObject } from './decode.ts';
import { PROTOBUF_FIELDS } from './protobuf-fields.ts';
import { MessageTable } from './protobuf-table.ts';

const TYPE = 'application/vnd.kubernetes.protobuf';

function varint(value: bigint): number[] {
  const rest = BigInt.asUintN(64, value);
  return rest < 128n ? [Number(rest)] : [Number(rest & 127n) | 128, ...varint(rest >> 7n)];
}

/** One field: a number as a varint, text or bytes with their length. */
function field(number: number, value: number | bigint | string | Buffer): Buffer {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return Buffer.from([...varint(BigInt(number * 8)), ...varint(BigInt(value))]);
  }
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([...varint(BigInt(number * 8 + 2)), ...varint(BigInt(bytes.length))]), bytes]);
}

const message = (...fields: Buffer[]) => Buffer.concat(fields);

function envelope(apiVersion: string, kind: string, raw: Buffer): Buffer {
  const typeMeta = message(field(1, apiVersion), field(2, kind));
  return Buffer.concat([Buffer.from('k8s\0'), field(1, typeMeta), field(2, raw), field(3, ''), field(4, '')]);
}

describe('decoding a protobuf body', () => {
  it('reads scalars, maps, lists, inlined members, times and quantities', () => {
    const container = message(
      field(1, 'c'),
      field(5, ''),
      field(6, message(field(1, ''), field(2, 0), field(3, 80), field(4, ''), field(5, ''))),
      field(8, message(field(1, message(field(1, 'cpu'), field(2, message(field(1, '1000m'))))))),
      field(
        10,
        message(
          field(
            1,
            message(field(2, message(field(1, '/'), field(2, message(field(1, 1), field(2, 0), field(3, 'web')))))),
          ),
          field(2, 0),
        ),
      ),
      field(16, 0),
    );
    const volume = message(field(1, 'v'), field(2, message(field(2, message(field(1, ''))))));
    const meta = message(
      field(1, 'p'),
      field(2, ''),
      field(7, 0),
      field(8, ''),
      field(11, message(field(1, 'a'), field(2, 'b'))),
      field(11, message(field(1, '__proto__'), field(2, 'x'))),
      field(14, 'f/1'),
      field(14, 'f/2'),
    );
    const spec = message(
      field(1, volume),
      field(2, container),
      field(4, 0),
      field(25, -5n),
      field(99, 'from the future'),
    );
    const pod = message(field(1, meta), field(2, spec), field(3, message(field(1, ''))));
    const { object, strictErrors } = decodeObject(envelope('v1', 'Pod', pod), TYPE, {
      group: '',
      version: 'v1',
      kind: 'Pod',
    });
    assert.deepEqual(strictErrors, []);
    assert.equal(
      JSON.stringify(object),
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p', labels: JSON.parse('{"a":"b","__proto__":"x"}'), finalizers: ['f/1', 'f/2'] },
        spec: {
          volumes: [{ name: 'v', emptyDir: {} }],
          containers: [
            {
              name: 'c',
              ports: [{ containerPort: 80 }],
              resources: { limits: { cpu: '1' } },
              livenessProbe: { httpGet: { path: '/', port: 'web' } },
            },
          ],
          terminationGracePeriodSeconds: 0,
          priority: -5,
        },
        status: {},
      }),
    );
  });

  it('reads bytes as base64 and keeps empty values of maps', () => {
    const entry = (key: string, value: string) => field(2, message(field(1, key), field(2, value)));
    const secret = message(entry('a', 'hello'), entry('empty', ''), field(3, 'Opaque'));
    const { object } = decodeObject(envelope('v1', 'Secret', secret), TYPE, {
      group: '',
      version: 'v1',
      kind: 'Secret',
    });
    assert.deepEqual(object, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {},
      data: { a: 'aGVsbG8=', empty: '' },
      type: 'Opaque',
    });
  });

  it('reads options', () => {
    const options = message(field(1, 0), field(2, message(field(1, 'u'))), field(4, 'Foreground'), field(5, 'All'));
    assert.deepEqual(decodeLoose(envelope('v1', 'DeleteOptions', options), TYPE), {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: 0,
      preconditions: { uid: 'u' },
      propagationPolicy: 'Foreground',
      dryRun: ['All'],
    });
  });

  const broken: readonly (readonly [string, Buffer])[] = [
    ['no magic bytes', Buffer.from('{}')],
    ['a length beyond the end', Buffer.concat([Buffer.from('k8s\0'), Buffer.from([0x12, 0x7f, 1])])],
    ['a wrong wire type', envelope('v1', 'Pod', field(1, 7))],
    ['an endless integer', envelope('v1', 'Pod', Buffer.alloc(20, 0xff))],
    ['another kind', envelope('v1', 'Service', Buffer.alloc(0))],
  ];
  for (const [what, body] of broken) {
    it(`refuses ${what} with BadRequest`, () => {
      const decode = () => decodeObject(body, TYPE, { group: '', version: 'v1', kind: 'Pod' });
      assert.throws(decode, (err) => err instanceof ApiError && err.reason === 'BadRequest');
    });
  }

  it('refuses kinds it has no numbers for as an unsupported media type', () => {
    const decode = () =>
      decodeObject(envelope('a/v1', 'B', Buffer.alloc(0)), TYPE, { group: 'a', version: 'v1', kind: 'B' });
    assert.throws(decode, (err) => err instanceof ApiError && err.code === 415);
  });
});

describe('the table of wire numbers', () => {
  const table = new MessageTable();
  /** Definitions by the table's names; `~` members are those of another message of the table. */
  const schemaOf = (name: string) =>
    ['io.k8s.api.', 'io.k8s.apimachinery.pkg.apis.'].map((prefix) => schemas().ofId(prefix + name)).find(Boolean);

  it('names only messages that it holds, and no number twice', () => {
    for (const [name, line] of Object.entries(PROTOBUF_FIELDS)) {
      const message = table.message(name);
      assert.equal(message.size, line.split(' ').filter(Boolean).length, name);
      for (const { type } of message.values()) assert(type.length === 1 || table.has(type), `${name} uses ${type}`);
    }
  });

  it('names only fields that are published, each with a type that fits', () => {
    const shapes = {
      i: /^(int32|int64)$/,
      b: /^boolean$/,
      B: /^byte$/,
      Q: /^quantity$/,
      X: /^int-or-string$/,
      T: /^date-time$/,
      U: /^micro-time$/,
    };
    for (const name of Object.keys(PROTOBUF_FIELDS)) {
      const fields = schemaOf(name)?.fields();
      if (!fields) continue; // a part that JSON has no name for, or options of a query
      for (const field of table.message(name).values()) {
        if (field.name === '~') continue;
        const type: FieldType | undefined = fields.get(field.name)?.type;
        assert(type, `${name}.${field.name} is not published`);
        assert.equal(type.is, field.shape === 'one' ? type.is : field.shape, `${name}.${field.name}`);
        const of = type.is === 'list' ? type.items : type.is === 'map' ? type.values : type;
        const shape = (shapes as Record<string, RegExp>)[field.type];
        if (shape) assert.match(of.is, shape, `${name}.${field.name}`);
      }
    }
  });
});
