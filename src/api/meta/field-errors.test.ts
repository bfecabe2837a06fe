import assert from 'node:assert/strict';
import type { StatusCause } from './errors.ts';
import * as field from './field-errors.ts';

describe('field errors', () => {
  const cases: [StatusCause, string, string][] = [
    [field.required('spec.a'), 'FieldValueRequired', 'Required value'],
    [field.required('spec.a', 'must be given'), 'FieldValueRequired', 'Required value: must be given'],
    [field.invalid('a', 'x"y', 'no'), 'FieldValueInvalid', 'Invalid value: "x\\"y": no'],
    [field.invalid('a', 7, 'no'), 'FieldValueInvalid', 'Invalid value: 7: no'],
    [field.invalid('a', true, 'no'), 'FieldValueInvalid', 'Invalid value: true: no'],
    [field.invalid('a', undefined, 'no'), 'FieldValueInvalid', 'Invalid value: null: no'],
    [field.invalid('a', { b: 1 }, 'no'), 'FieldValueInvalid', 'Invalid value: {"b":1}: no'],
    [field.typeInvalid('a', 'x', 'no'), 'FieldValueTypeInvalid', 'Invalid value: "x": no'],
    [
      field.notSupported('a', 'x', ['b', 'c']),
      'FieldValueNotSupported',
      'Unsupported value: "x": supported values: "b", "c"',
    ],
    [field.notSupported('a', 'x', []), 'FieldValueNotSupported', 'Unsupported value: "x"'],
    [field.forbidden('a', 'may not'), 'FieldValueForbidden', 'Forbidden: may not'],
    [field.duplicate('a', 'x'), 'FieldValueDuplicate', 'Duplicate value: "x"'],
    [field.notFoundValue('a', 'x'), 'FieldValueNotFound', 'Not found: "x"'],
    [field.tooLong('a', 63), 'FieldValueTooLong', 'Too long: may not be more than 63 bytes'],
    [field.tooLong('a', 1), 'FieldValueTooLong', 'Too long: may not be more than 1 byte'],
    [field.tooMany('a', 4, 3), 'FieldValueTooMany', 'Too many: 4: must have at most 3 items'],
    [field.immutable('a', 'x'), 'FieldValueInvalid', 'Invalid value: "x": field is immutable'],
  ];
  for (const [cause, reason, message] of cases) {
    it(`says ${message}`, () => {
      assert.equal(cause.reason, reason);
      assert.equal(cause.message, message);
    });
  }

  it('makes one cause of each message', () => {
    assert.deepEqual(
      field.invalidEach('a', 'x', ['one', 'two']).map((cause) => cause.message),
      ['Invalid value: "x": one', 'Invalid value: "x": two'],
    );
  });

  it('drops a cause that repeats another word for word', () => {
    const causes = [field.required('a'), field.required('b'), field.required('a')];
    assert.deepEqual(
      field.withoutRepeats(causes).map((cause) => cause.field),
      ['a', 'b'],
    );
  });
});
