import assert from 'node:assert/strict';
import { TypeReader } from './type-text.ts';

const BODY = `{
    /**
     * First line.
     *
     *  - \`"a"\` is one.
     */
    "mode"?: "a" | "b";
    "count": number;
    "lists": Array<Array<string>>;
    "map"?: {
        [key: string]: IQuantity;
    };
    "claims"?: Array<{
        /**
         * Deep.
         */
        "spec"?: IClaimSpec;
    }>;
}`;

describe('reading a declaration', () => {
  it('knows comments, enums, lists, maps, references and objects in place', () => {
    assert.deepEqual(new TypeReader(BODY).fields(), [
      {
        name: 'mode',
        type: { is: 'enum', values: ['a', 'b'] },
        required: false,
        description: 'First line.\n\n - `"a"` is one.',
      },
      { name: 'count', type: { is: 'number' }, required: true, description: '' },
      {
        name: 'lists',
        type: { is: 'array', items: { is: 'array', items: { is: 'string' } } },
        required: true,
        description: '',
      },
      {
        name: 'map',
        type: { is: 'map', values: { is: 'ref', name: 'IQuantity' } },
        required: false,
        description: '',
      },
      {
        name: 'claims',
        type: {
          is: 'array',
          items: {
            is: 'object',
            fields: [{ name: 'spec', type: { is: 'ref', name: 'IClaimSpec' }, required: false, description: 'Deep.' }],
          },
        },
        required: false,
        description: '',
      },
    ]);
  });

  it('stops at what it does not know', () => {
    assert.throws(() => new TypeReader('{ "a": string | number; }').fields(), /no enum/);
    assert.throws(() => new TypeReader('{ "a" string }').fields(), /no :/);
  });
});
