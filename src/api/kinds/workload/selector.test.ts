import assert from 'node:assert/strict';
import { labelsText, selectorText } from './selector.ts';

describe('selectorText', () => {
  it('sorts by key, and is what kubectl get -l takes', () => {
    const selector = {
      matchLabels: { tier: 'web', app: 'shop' },
      matchExpressions: [
        { key: 'env', operator: 'In', values: ['test', 'prod'] },
        { key: 'zone', operator: 'NotIn', values: ['b', 'a'] },
        { key: 'canary', operator: 'DoesNotExist' },
        { key: 'built', operator: 'Exists' },
      ],
    };
    assert.equal(selectorText(selector), 'app=shop,built,!canary,env in (prod,test),tier=web,zone notin (a,b)');
  });

  it('is empty for what selects everything or nothing', () => {
    assert.equal(selectorText({}), '');
    assert.equal(selectorText(undefined), '');
    assert.equal(labelsText(undefined), '');
  });

  it('shows plain labels', () => {
    assert.equal(labelsText({ b: '2', a: '' }), 'a=,b=2');
  });
});
