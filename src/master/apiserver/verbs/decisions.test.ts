import assert from 'node:assert/strict';
import { CONFIG_MAP } from '../../../api/kinds/config-map.ts';
import { EVENT } from '../../../api/kinds/event.ts';
import { JOB } from '../../../api/kinds/job.ts';
import { NAMESPACE } from '../../../api/kinds/namespace.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { ApiError } from '../../../api/meta/errors.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import { decodeContinue, ExpiredContinue, encodeContinue } from './continue-token.ts';
import { planDeletion } from './delete.ts';
import { parseFieldValidation, reportUnknownFields } from './field-validation.ts';
import { versionMatchCauses } from './list.ts';
import { generateName } from './names.ts';
import { parseResourceVersion } from './resource-version.ts';
import { parseSelection } from './selection.ts';
import { isFinished } from './update.ts';
import { transition } from './watch.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function object(metadata: object = {}, rest: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', ...metadata }, ...rest };
}

function pod(metadata: object = {}): KubeObject {
  const spec = { nodeName: 'n', terminationGracePeriodSeconds: 30, containers: [] };
  return { ...object(metadata), kind: 'Pod', spec } as KubeObject;
}

describe('planDeletion', () => {
  it('removes what nothing holds', () => {
    assert.deepEqual(planDeletion(CONFIG_MAP, object(), {}, NOW), { do: 'remove' });
  });

  it('marks what a finalizer holds, with generation and without grace', () => {
    const plan = planDeletion(CONFIG_MAP, object({ finalizers: ['a/b'], generation: 3 }), {}, NOW);
    assert.ok(plan.do === 'mark');
    const { deletionTimestamp, deletionGracePeriodSeconds, generation } = plan.object.metadata;
    assert.deepEqual([deletionTimestamp, deletionGracePeriodSeconds, generation], ['2026-01-01T00:00:00Z', 0, 4]);
  });

  it('gives a pod on a node its grace', () => {
    const plan = planDeletion(POD, pod(), {}, NOW);
    assert.ok(plan.do === 'mark');
    assert.equal(plan.object.metadata.deletionTimestamp, '2026-01-01T00:00:30Z');
  });

  it('shortens a grace from when it began, and never lengthens one', () => {
    const dying = pod({ deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 });
    assert.equal(planDeletion(POD, dying, { gracePeriodSeconds: 60 }, NOW + 10_000).do, 'keep');
    const plan = planDeletion(POD, dying, { gracePeriodSeconds: 15 }, NOW + 10_000);
    assert.ok(plan.do === 'mark');
    assert.equal(plan.object.metadata.deletionTimestamp, '2026-01-01T00:00:15Z');
    assert.equal(planDeletion(POD, dying, { gracePeriodSeconds: 0 }, NOW).do, 'remove');
  });

  for (const seconds of [260_000_000_000, 8_640_000_000_000, Number.MAX_SAFE_INTEGER]) {
    it(`ends a grace of ${seconds} s in the last year that RFC 3339 writes, and may shorten it still`, () => {
      const plan = planDeletion(POD, pod(), { gracePeriodSeconds: seconds }, NOW);
      assert.ok(plan.do === 'mark');
      assert.equal(plan.object.metadata.deletionTimestamp, '9999-12-31T23:59:59Z');
      assert.equal(planDeletion(POD, plan.object, { gracePeriodSeconds: seconds }, NOW).do, 'keep');
      const shortened = planDeletion(POD, plan.object, { gracePeriodSeconds: 60 }, NOW + 10_000);
      assert.ok(shortened.do === 'mark');
      assert.equal(shortened.object.metadata.deletionTimestamp, '2026-01-01T00:01:00Z');
    });
  }

  const finalizersOf = (
    given: string[] | undefined,
    policy?: 'Background' | 'Foreground' | 'Orphan',
    kind: KindDefinition = CONFIG_MAP,
  ) => {
    const plan = planDeletion(kind, object({ finalizers: given }), { propagationPolicy: policy }, NOW);
    return plan.do === 'mark' ? plan.object.metadata.finalizers : plan.do;
  };

  it('writes into finalizers what becomes of dependents', () => {
    assert.deepEqual(finalizersOf(undefined, 'Foreground'), ['foregroundDeletion']);
    assert.deepEqual(finalizersOf(['a/b'], 'Orphan'), ['a/b', 'orphan']);
    assert.deepEqual(finalizersOf(['orphan', 'a/b']), ['orphan', 'a/b']);
    assert.deepEqual(finalizersOf(['orphan'], 'Foreground'), ['foregroundDeletion']);
    assert.equal(finalizersOf(['orphan'], 'Background'), 'remove');
  });

  it('asks the kind where nobody says', () => {
    assert.deepEqual(finalizersOf(undefined, undefined, JOB), ['orphan']);
    assert.equal(finalizersOf(undefined, 'Background', JOB), 'remove');
    assert.equal(finalizersOf(undefined, 'Foreground', EVENT), 'remove');
  });

  it('lets a later delete change its mind about dependents, and leaves the rest', () => {
    const begun = { deletionTimestamp: '2025-12-31T23:59:00Z', deletionGracePeriodSeconds: 0, generation: 2 };
    const waiting = object({ ...begun, finalizers: ['foregroundDeletion'] });
    assert.equal(planDeletion(CONFIG_MAP, waiting, {}, NOW).do, 'keep');
    assert.equal(planDeletion(CONFIG_MAP, waiting, { propagationPolicy: 'Background' }, NOW).do, 'remove');
    const plan = planDeletion(CONFIG_MAP, waiting, { propagationPolicy: 'Orphan' }, NOW);
    assert.ok(plan.do === 'mark');
    assert.deepEqual(plan.object.metadata, { name: 'x', ...begun, finalizers: ['orphan'] });
  });

  it('does not change its mind about a pod that has its grace', () => {
    const dying = pod({ deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 });
    assert.equal(planDeletion(POD, dying, { propagationPolicy: 'Foreground' }, NOW).do, 'keep');
  });

  it('turns a namespace to Terminating while its spec has finalizers', () => {
    const namespace = { ...object({}, { spec: { finalizers: ['kubernetes'] } }), kind: 'Namespace' };
    const plan = planDeletion(NAMESPACE, namespace, {}, NOW);
    assert.ok(plan.do === 'mark' && 'status' in plan.object);
    assert.deepEqual(plan.object.status, { phase: 'Terminating' });
  });
});

describe('isFinished', () => {
  const cases: [string, KubeObject, boolean][] = [
    ['a living object', object(), false],
    ['a deleted one without finalizers', object({ deletionTimestamp: 't' }), true],
    ['a deleted one with a finalizer', object({ deletionTimestamp: 't', finalizers: ['a/b'] }), false],
    ['a pod within its grace', object({ deletionTimestamp: 't', deletionGracePeriodSeconds: 30 }), false],
  ];
  for (const [title, given, expected] of cases)
    it(`says ${expected} of ${title}`, () => assert.equal(isFinished(given), expected));
});

describe('transition', () => {
  const cases: [boolean, boolean, string | undefined][] = [
    [false, true, 'ADDED'],
    [true, true, 'MODIFIED'],
    [true, false, 'DELETED'],
    [false, false, undefined],
  ];
  for (const [was, is, expected] of cases)
    it(`is ${expected} from ${was} to ${is}`, () => assert.equal(transition(was, is), expected));
});

describe('generateName', () => {
  it('adds five characters that make no words', () => {
    assert.match(generateName('web-'), /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    assert.equal(
      generateName('web-', () => 0),
      'web-bbbbb',
    );
  });

  it('leaves room for them', () => {
    assert.equal(generateName('x'.repeat(80)).length, 63);
  });
});

describe('continue tokens', () => {
  it('come back as they went', () => {
    const token = { revision: 12, after: 'default/ü' };
    assert.deepEqual(decodeContinue(encodeContinue(token)), token);
    assert.match(encodeContinue(token), /^[\w-]+$/);
  });

  for (const text of ['x', '', 'e30', Buffer.from('{"v":"other","rv":1,"start":"a"}').toString('base64url')]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => decodeContinue(text),
        (error) => error instanceof ApiError && error.reason === 'BadRequest',
      );
    });
  }

  it('are renewed by the error that says they are too old', () => {
    const { metadata, reason, code } = new ExpiredContinue('default/b').toStatus();
    assert.deepEqual([reason, code], ['Expired', 410]);
    assert.deepEqual(decodeContinue(metadata.continue ?? ''), { revision: -1, after: 'default/b' });
  });
});

describe('parseResourceVersion', () => {
  it('reads numbers, and nothing as 0', () => {
    assert.deepEqual(['', '0', '17'].map(parseResourceVersion), [0, 0, 17]);
  });
  for (const text of ['-1', 'x', '1.5', '99999999999999999999']) {
    it(`refuses ${text}`, () => assert.throws(() => parseResourceVersion(text), /invalid resource version/));
  }
});

describe('versionMatchCauses', () => {
  const cases: [string, string, boolean, string | undefined][] = [
    ['', '', false, undefined],
    ['5', 'Exact', false, undefined],
    ['0', 'NotOlderThan', false, undefined],
    ['', 'Exact', false, 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided'],
    ['0', 'Exact', false, 'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"'],
    ['5', 'Exact', true, 'Forbidden: resourceVersionMatch is forbidden when continue is provided'],
    ['5', 'Newest', false, 'Unsupported value: "Newest": supported values: "Exact", "NotOlderThan"'],
  ];
  for (const [version, match, isContinued, expected] of cases) {
    it(`says ${expected ?? 'nothing'} of ${version} ${match}${isContinued ? ' with continue' : ''}`, () => {
      assert.equal(versionMatchCauses(version, match, isContinued)[0]?.message, expected);
    });
  }
});

describe('field validation', () => {
  it('warns when nothing is said', () => assert.equal(parseFieldValidation(''), 'Warn'));
  it('refuses other words', () => assert.throws(() => parseFieldValidation('strict'), /"Ignore", "Strict", "Warn"/));

  it('does with unknown fields what was asked', () => {
    const warned: string[] = [];
    const context = { warn: (text: string) => void warned.push(text) };
    const refuse = (text: string) => new ApiError('BadRequest', text);
    const errors = ['unknown field "a"', 'unknown field "b"'];
    reportUnknownFields(errors, 'Ignore', context, refuse);
    assert.deepEqual(warned, []);
    reportUnknownFields(errors, 'Warn', context, refuse);
    assert.deepEqual(warned, errors);
    assert.throws(() => reportUnknownFields(errors, 'Strict', context, refuse), {
      message: 'strict decoding error: unknown field "a", unknown field "b"',
    });
  });
});

describe('parseSelection', () => {
  it('selects by labels, by metadata and by the fields of the kind', () => {
    assert.ok(parseSelection(POD, '', '').isEverything);
    const running = { ...pod({ namespace: 'n', labels: { a: 'b' } }), status: { phase: 'Running' } };
    const is = (labels: string, fields: string) => parseSelection(POD, labels, fields).matches(running);
    assert.ok(is('a=b', 'metadata.namespace=n,spec.nodeName=n,status.phase!=Failed'));
    assert.ok(!is('a=c', ''));
    assert.ok(!is('', 'status.phase=Failed'));
    assert.equal(parseSelection(POD, '', 'metadata.name=x').name, 'x');
  });

  it('refuses fields that the kind does not have', () => {
    assert.throws(() => parseSelection(POD, '', 'spec.image=x'), /field label not supported: spec\.image/);
    assert.throws(() => parseSelection(CONFIG_MAP, '', 'data.x=y'), /"data\.x" is not a known field selector/);
  });
});
