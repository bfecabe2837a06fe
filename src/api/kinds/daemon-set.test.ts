import assert from 'node:assert/strict';
import { templateGenerationOf } from './daemon-set/template-generation.ts';
import { DAEMON_SET } from './daemon-set.ts';
import { aTemplate, aWorkload, wrongIn, wrongInStatus, wrongInUpdate } from './workload/test-workload.ts';

function rolling(rollingUpdate: object): object {
  return { updateStrategy: { type: 'RollingUpdate', rollingUpdate } };
}

describe('a DaemonSet', () => {
  it('gets every default', () => {
    const { revisionHistoryLimit, updateStrategy } = aWorkload(DAEMON_SET).spec;
    assert.equal(revisionHistoryLimit, 10);
    assert.deepEqual(updateStrategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } });
  });

  const rows: [what: string, spec: object, wrong: string[]][] = [
    ['nothing', {}, []],
    [
      'no selector',
      { selector: undefined },
      ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
    ],
    [
      'an empty selector',
      { selector: {} },
      ['spec.selector: Invalid value: {}: empty selector is invalid for daemonset'],
    ],
    ['a surge instead of a gap', rolling({ maxUnavailable: 0, maxSurge: '10%' }), []],
    [
      'a surge and a gap',
      rolling({ maxUnavailable: 1, maxSurge: 1 }),
      ['spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero'],
    ],
    [
      'neither',
      rolling({ maxUnavailable: 0 }),
      ['spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0'],
    ],
    [
      'a surge over all',
      rolling({ maxUnavailable: 0, maxSurge: '101%' }),
      ['spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: "101%": must not be greater than 100%'],
    ],
    ['OnDelete', { updateStrategy: { type: 'OnDelete' } }, []],
    [
      'a strategy nobody knows',
      { updateStrategy: { type: 'Surge' } },
      ['spec.updateStrategy: Unsupported value: {"type":"Surge"}: supported values: "RollingUpdate", "OnDelete"'],
    ],
  ];
  for (const [what, spec, wrong] of rows) {
    it(`with ${what} is ${wrong.length === 0 ? 'right' : 'refused'}`, () =>
      assert.deepEqual(wrongIn(DAEMON_SET, spec), wrong));
  }

  it('counts its templates, whatever the client says', () => {
    const old = aWorkload(DAEMON_SET);
    DAEMON_SET.strategy.prepareForCreate?.(old);
    assert.equal(templateGenerationOf(old), 1);
    const changed = aWorkload(DAEMON_SET, { template: aTemplate({ app: 'web', a: 'b' }) });
    DAEMON_SET.strategy.prepareForUpdate?.(changed, old);
    assert.equal(templateGenerationOf(changed), 2);
    const same = aWorkload(DAEMON_SET, { minReadySeconds: 3 });
    DAEMON_SET.strategy.prepareForUpdate?.(same, changed);
    assert.equal(templateGenerationOf(same), 3);
    const again = structuredClone(same);
    delete again.metadata.annotations;
    DAEMON_SET.strategy.prepareForUpdate?.(again, same);
    assert.equal(templateGenerationOf(again), 3);
  });

  it('keeps its selector, and a status of no less than nothing', () => {
    assert.equal(wrongInUpdate(DAEMON_SET, { selector: { matchLabels: { a: 'b' } } }).length, 1);
    assert.deepEqual(wrongInStatus(DAEMON_SET, { numberReady: -1 }), [
      'status.numberReady: Invalid value: -1: must be greater than or equal to 0',
    ]);
  });
});
