import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseJson } from './json.ts';
import { JsonParser } from './json-parser.ts';

const wrong: readonly (readonly [string, string])[] = [
  ['', 'unexpected end of JSON input'],
  ['{', 'unexpected end of JSON input'],
  ['{"a":1', 'unexpected end of JSON input'],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
  ['[1,]', "invalid character ']' looking for beginning of value"],
  ['[1 2]', "invalid character '2' after array element"],
  ['{} x', "invalid character 'x' after top-level value"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\\u12G4"', "invalid character 'G' in \\u hexadecimal character escape"],
  ['tru', 'unexpected end of JSON input'],
  ['trux', "invalid character 'x' in literal true (expecting 'e')"],
  ['-x', "invalid character 'x' in numeric literal"],
  ["'a'", "invalid character '\\'' looking for beginning of value"],
];

describe('the exact JSON parser', () => {
  for (const [text, message] of wrong) {
    it(`says of ${JSON.stringify(text)} what Go says`, () => {
      assert.throws(() => new JsonParser(text).parse(), { name: 'JsonSyntaxError', message });
    });
  }

  it('reads all that JSON.parse reads, to the same values', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 2), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent);
        assert.deepEqual(
          JSON.stringify(new JsonParser(text).parse(), bigintAsNumber),
          JSON.stringify(JSON.parse(text)),
        );
      }),
    );
  });

  it('keeps integers that a double cannot hold', () => {
    assert.deepEqual(parseJson(Buffer.from('[9007199254740993,9007199254740991,1e20,1.5]')).value, [
      9007199254740993n,
      9007199254740991,
      1e20,
      1.5,
    ]);
  });
});

describe('parsing a body', () => {
  it('finds duplicate members whatever is written in texts', () => {
    const { value, duplicates } = parseJson(Buffer.from('{"a\\":":1,"b":{"c":"::","c":[":"]}}'));
    assert.deepEqual(value, { 'a":': 1, b: { c: [':'] } });
    assert.deepEqual([...duplicates.values()], [['c']]);
  });

  it('finds none where there are none', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const text = JSON.stringify(JSON.parse(json));
        assert.equal(parseJson(Buffer.from(text)).duplicates.size, 0);
      }),
    );
  });
});

function bigintAsNumber(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
