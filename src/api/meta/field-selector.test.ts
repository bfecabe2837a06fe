import assert from 'node:assert/strict';
import { ApiError } from './errors.ts';
import { assertSelectable, parseFieldSelector } from './field-selector.ts';

const FIELDS = { 'metadata.name': 'web', 'spec.nodeName': '', 'status.phase': 'Running', odd: 'a,b=c\\d' };

function isBadRequest(message: string): (err: unknown) => boolean {
  return (err) => err instanceof ApiError && err.reason === 'BadRequest' && err.message === message;
}

describe('parseFieldSelector', () => {
  const cases: [selector: string, matches: boolean][] = [
    ['', true],
    ['metadata.name=web', true],
    ['metadata.name==web', true],
    ['metadata.name=db', false],
    ['metadata.name!=db', true],
    ['spec.nodeName=', true],
    ['spec.nodeName!=', false],
    ['status.phase!=Failed,status.phase!=Succeeded,spec.nodeName=', true],
    ['status.phase!=Failed,status.phase!=Running', false],
    [',metadata.name=web,', true],
    ['odd=a\\,b\\=c\\\\d', true],
    ['absent=', true],
  ];
  for (const [selector, matches] of cases) {
    it(`${matches ? 'matches' : 'does not match'} with '${selector}'`, () => {
      assert.equal(parseFieldSelector(selector).matches(FIELDS), matches);
    });
  }

  it('tells which value a field has to have', () => {
    const selector = parseFieldSelector('a!=x,metadata.name=web');
    assert.equal(selector.requiredValue('metadata.name'), 'web');
    assert.equal(selector.requiredValue('a'), undefined);
  });

  const errors: [selector: string, message: string][] = [
    ['a', "invalid selector: 'a'; can't understand 'a'"],
    ['a=b,c', "invalid selector: 'a=b,c'; can't understand 'c'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    ['a=\\b', 'invalid field selector: invalid escape sequence: \\b'],
    ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
  ];
  for (const [selector, message] of errors) {
    it(`refuses '${selector}' as Kubernetes does`, () => {
      assert.throws(() => parseFieldSelector(selector), isBadRequest(message));
    });
  }
});

describe('assertSelectable', () => {
  it('lets name and namespace pass for every kind', () => {
    assertSelectable(parseFieldSelector('metadata.name=a,metadata.namespace!=b'), []);
  });

  it('names the field that a kind is not selected by', () => {
    const selector = parseFieldSelector('spec.x=a');
    assert.throws(() => assertSelectable(selector, ['spec.y']), isBadRequest('field label not supported: spec.x'));
  });

  it('says which fields there are when there are only those of metadata', () => {
    const message = '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"';
    assert.throws(() => assertSelectable(parseFieldSelector('spec.x=a'), []), isBadRequest(message));
  });
});
