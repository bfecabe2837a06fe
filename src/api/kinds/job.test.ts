import assert from 'node:assert/strict';
import type { StatusCause } from '../meta/errors.ts';
import type { Job, JobSpec, JobStatus, PodSpec } from '../types.ts';
import { JOB } from './job.ts';

const { strategy } = JOB;
const POD: PodSpec = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1' }] };

function given(spec: Partial<JobSpec> = {}, pod: Partial<PodSpec> = {}): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'pi', namespace: 'default', uid: 'u-1' },
    spec: { template: { spec: { ...POD, ...pod } }, ...spec },
  };
}

/** As it is stored. */
function created(spec: Partial<JobSpec> = {}, pod: Partial<PodSpec> = {}): Job {
  const job = given(spec, pod);
  strategy.setDefaults?.(job);
  strategy.prepareForCreate?.(job);
  return job;
}

function texts(causes: readonly StatusCause[] | undefined): string[] {
  return (causes ?? []).map(({ field, message }) => `${field}: ${message}`);
}

describe('a Job', () => {
  it('runs one pod to its end unless it says otherwise, and is selected by its uid', () => {
    const { metadata, spec, status } = created();
    const labels = {
      'batch.kubernetes.io/controller-uid': 'u-1',
      'batch.kubernetes.io/job-name': 'pi',
      'controller-uid': 'u-1',
      'job-name': 'pi',
    };
    const { template, ...rest } = spec;
    assert.deepEqual(rest, {
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u-1' } },
      completions: 1,
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      manualSelector: false,
    });
    assert.deepEqual(template.metadata?.labels, labels);
    assert.deepEqual(metadata.labels, labels);
    assert.deepEqual(status, {});
  });

  it('leaves completions open when only parallelism is given, and the limit to each index where there is one', () => {
    assert.equal(created({ parallelism: 3 }).spec.completions, undefined);
    assert.equal(created({ backoffLimitPerIndex: 1 }).spec.backoffLimit, 2147483647);
    const policy = { rules: [{ action: 'Count', onPodConditions: [{ type: 'DisruptionTarget' }] }] };
    const withPolicy = created({ podFailurePolicy: policy as JobSpec['podFailurePolicy'] });
    assert.equal(withPolicy.spec.podReplacementPolicy, 'Failed');
    assert.equal(withPolicy.spec.podFailurePolicy?.rules[0]?.onPodConditions?.[0]?.status, 'True');
  });

  it('keeps its own labels and its own selector', () => {
    const own = given({ manualSelector: true, selector: { matchLabels: { a: 'b' } } });
    own.metadata.labels = { mine: 'yes' };
    own.spec.template.metadata = { labels: { a: 'b' } };
    strategy.setDefaults?.(own);
    strategy.prepareForCreate?.(own);
    assert.deepEqual(own.metadata.labels, { mine: 'yes' });
    assert.deepEqual(own.spec.selector, { matchLabels: { a: 'b' } });
    assert.deepEqual(strategy.validate(own), []);
  });

  const exitCodes = (values: number[], operator: 'In' | 'NotIn' = 'In') => ({
    podFailurePolicy: { rules: [{ action: 'FailJob' as const, onExitCodes: { operator, values } }] },
  });
  const indexed = { completionMode: 'Indexed', completions: 10 } as const;
  const rule = 'spec.podFailurePolicy.rules[0]';
  const cases: [spec: Partial<JobSpec>, pod: Partial<PodSpec>, causes: string[]][] = [
    [{}, {}, []],
    [indexed, {}, []],
    [{ parallelism: -1 }, {}, ['spec.parallelism: Invalid value: -1: must be greater than or equal to 0']],
    [
      {},
      { restartPolicy: 'Always' },
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      exitCodes([1]),
      { restartPolicy: 'OnFailure' },
      [
        'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
      ],
    ],
    [exitCodes([0, 3]), {}, [`${rule}.onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator`]],
    [
      exitCodes([3, 2, 3], 'NotIn'),
      {},
      [
        `${rule}.onExitCodes.values[2]: Duplicate value: 3`,
        `${rule}.onExitCodes.values: Invalid value: [3,2,3]: must be ordered`,
      ],
    ],
    [
      { podFailurePolicy: { rules: [{ action: 'FailIndex' }] } },
      {},
      [
        `${rule}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`,
        `${rule}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`,
      ],
    ],
    [
      { completionMode: 'Indexed', parallelism: 1 },
      {},
      ['spec.completions: Required value: when completion mode is Indexed'],
    ],
    [
      { ...indexed, backoffLimitPerIndex: 1, maxFailedIndexes: 11 },
      {},
      ['spec.maxFailedIndexes: Invalid value: 11: must be less than or equal to completions'],
    ],
    [
      { maxFailedIndexes: 1 },
      {},
      [
        'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
        'spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode',
      ],
    ],
    [
      { ...indexed, successPolicy: { rules: [{ succeededIndexes: '0-3,2' }] } },
      {},
      [
        'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0-3,2": error parsing succeededIndexes: non-increasing order, previous: 3, current: 2',
      ],
    ],
    [
      { ...indexed, successPolicy: { rules: [{ succeededIndexes: '0-1', succeededCount: 3 }] } },
      {},
      [
        'spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)',
      ],
    ],
    [
      { managedBy: 'acme' },
      {},
      ['spec.managedBy: Invalid value: "acme": must be a domain-prefixed path (such as "acme.io/foo")'],
    ],
    [{ managedBy: 'acme.io/foo' }, {}, []],
    [
      { podReplacementPolicy: 'TerminatingOrFailed', ...exitCodes([1]) },
      {},
      ['spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"'],
    ],
  ];
  for (const [spec, pod, causes] of cases) {
    it(`${causes.length > 0 ? 'refuses' : 'accepts'} ${JSON.stringify({ ...spec, ...pod })}`, () => {
      assert.deepEqual(texts(strategy.validate(created(spec, pod))), causes);
    });
  }

  it('refuses labels and a selector that are not the ones it would make', () => {
    const job = created();
    job.spec.template.metadata = { labels: { ...job.spec.template.metadata?.labels, 'job-name': 'other' } };
    job.spec.selector = { matchLabels: { 'controller-uid': 'u-2' } };
    const found = texts(strategy.validate(job));
    assert.match(String(found[0]), /^spec\.template\.metadata\.labels\[job-name\]: Invalid value: .*: must be 'pi'$/);
    assert.match(String(found[1]), /^spec\.selector: Invalid value: .*: `selector` not auto-generated$/);
  });

  it('is named so that the pods of all its indexes can have hostnames', () => {
    const job = created({ ...indexed });
    job.metadata.name = 'x'.repeat(62);
    const found = texts(strategy.validate(job)).at(-1);
    assert.match(String(found), /will not able to create pod with invalid DNS label: x+-9$/);
  });
});

describe('an update of a Job', () => {
  const update = (old: Job, change: (job: Job) => void) => {
    const job = structuredClone(old);
    change(job);
    return texts(strategy.validateUpdate?.(job, old)).map((text) => text.replace(/Invalid value: .*: /, ''));
  };
  const newImage = ({ spec }: Job) => {
    spec.template.spec.containers = [{ name: 'main', image: 'busybox:2' }];
  };
  const place = ({ spec }: Job) => {
    spec.template.spec.nodeSelector = { disk: 'ssd' };
    spec.template.spec.affinity = { nodeAffinity: {} };
  };

  it('changes parallelism and suspend, and neither template nor selector', () => {
    const job = created();
    assert.deepEqual(
      update(job, ({ spec }) => Object.assign(spec, { parallelism: 2, suspend: true })),
      [],
    );
    assert.deepEqual(update(job, newImage), ['spec.template: field is immutable']);
    assert.deepEqual(update(job, place), ['spec.template: field is immutable']);
    assert.deepEqual(
      update(job, ({ spec }) => Object.assign(spec, { completions: 2 })),
      ['spec.completions: field is immutable'],
    );
  });

  it('may say where its pods run while it is suspended', () => {
    const job = created({ suspend: true });
    assert.deepEqual(update(job, place), []);
    assert.deepEqual(update(job, newImage), ['spec.template: field is immutable']);
    const begun = { ...job, status: { startTime: '2026-01-01T00:00:00Z' } };
    assert.deepEqual(update(begun, place), ['spec.template: field is immutable']);
    const stopped: JobStatus = { ...begun.status, conditions: [{ type: 'Suspended', status: 'True' }] };
    assert.deepEqual(update({ ...job, status: stopped }, place), []);
  });

  it('resizes an Indexed Job together with its parallelism', () => {
    const job = created({ completionMode: 'Indexed', completions: 3, parallelism: 3 });
    assert.deepEqual(
      update(job, ({ spec }) => Object.assign(spec, { completions: 5, parallelism: 5 })),
      [],
    );
    assert.deepEqual(
      update(job, ({ spec }) => Object.assign(spec, { completions: 5 })),
      ['spec.completions: can only be modified in tandem with spec.parallelism'],
    );
  });
});

describe('the status of a Job', () => {
  const START = '2026-01-01T00:00:00Z';
  const END = '2026-01-01T00:01:30Z';
  const conditions = (...types: string[]) => types.map((type) => ({ type, status: 'True' as const }));
  const complete: JobStatus = {
    startTime: START,
    completionTime: END,
    succeeded: 1,
    conditions: conditions('SuccessCriteriaMet', 'Complete'),
  };
  const judge = (status: JobStatus, before: JobStatus = {}, spec: Partial<JobSpec> = {}) =>
    texts(strategy.validateStatusUpdate?.({ ...created(spec), status }, { ...created(spec), status: before }));

  it('accepts a Job that runs, completes, and fails', () => {
    assert.deepEqual(judge({ active: 1, ready: 1, startTime: START }), []);
    assert.deepEqual(judge(complete, { active: 1, startTime: START }), []);
    assert.deepEqual(judge({ startTime: START, failed: 7, conditions: conditions('FailureTarget', 'Failed') }), []);
  });

  it('begins anew when it is resumed, and only then', () => {
    const suspended = (status: 'True' | 'False') => [{ type: 'Suspended', status }];
    const resumed: JobStatus = { startTime: END, conditions: suspended('False') };
    assert.deepEqual(judge(resumed, { startTime: START, conditions: suspended('True') }), []);
    assert.deepEqual(judge(resumed, { startTime: START, conditions: suspended('False') }), [
      'status.startTime: Required value: startTime cannot be removed for unsuspended job',
    ]);
  });

  const cases: [title: string, status: JobStatus, before: JobStatus, causes: string[]][] = [
    [
      'more ready than active',
      { active: 1, ready: 2 },
      {},
      ['status.ready: Invalid value: 2: cannot set more ready pods than active'],
    ],
    [
      'complete without its criteria',
      { ...complete, conditions: conditions('Complete') },
      {},
      [
        'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
      ],
    ],
    [
      'undone',
      { startTime: START },
      { ...complete, succeeded: 0 },
      [
        'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
        'status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition',
      ],
    ],
    [
      'counted down',
      { failed: 1 },
      { failed: 2 },
      ['status.failed: Invalid value: 1: cannot decrease the failed counter'],
    ],
    [
      'complete and active',
      { ...complete, active: 1 },
      {},
      ['status.active: Invalid value: 1: active>0 is invalid for finished job'],
    ],
    [
      'with one pod counted twice',
      { uncountedTerminatedPods: { succeeded: ['a'], failed: ['a'] } },
      {},
      ['status.uncountedTerminatedPods.failed[0]: Duplicate value: "a"'],
    ],
  ];
  for (const [title, status, before, causes] of cases) {
    it(`is not ${title}`, () => assert.deepEqual(judge(status, before), causes));
  }

  it('lists an index as done or as failed, not as both', () => {
    const spec = { completionMode: 'Indexed', completions: 5, backoffLimitPerIndex: 0 } as const;
    assert.deepEqual(judge({ completedIndexes: '0-2', failedIndexes: '2,4' }, {}, spec), [
      'status.failedIndexes: Invalid value: "2,4": failedIndexes and completedIndexes overlap at index: 2',
    ]);
    assert.deepEqual(judge({ completedIndexes: '0-2', failedIndexes: '3,4' }, {}, spec), []);
  });

  const row = (spec: Partial<JobSpec>, status: JobStatus) =>
    JOB.columns
      .filter(({ name }) => ['Status', 'Completions', 'Duration', 'Selector'].includes(name))
      .map((column) => column.cell({ ...created(spec), status }, Date.parse(START) + 30_000));

  it('is shown in columns', () => {
    const selector = 'batch.kubernetes.io/controller-uid=u-1';
    assert.deepEqual(row({}, { active: 1, startTime: START }), ['Running', '0/1', '30s', selector]);
    assert.deepEqual(row({}, complete), ['Complete', '1/1', '90s', selector]);
    assert.deepEqual(row({ parallelism: 2 }, {}), ['Running', '0/1 of 2', '', selector]);
    assert.deepEqual(row({}, { conditions: conditions('Suspended') }), ['Suspended', '0/1', '', selector]);
  });
});
