import assert from 'node:assert/strict';
import { DEPLOYMENT } from './deployment.ts';
import { aTemplate, aWorkload, wrongIn, wrongInStatus, wrongInUpdate } from './workload/test-workload.ts';

const PERCENT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

describe('a Deployment', () => {
  it('gets every default', () => {
    const { template: _template, selector: _selector, ...rest } = aWorkload(DEPLOYMENT).spec;
    assert.deepEqual(rest, {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    });
    assert.equal(aWorkload(DEPLOYMENT).spec.template.spec.restartPolicy, 'Always');
    // Only pods themselves get these.
    assert.equal(aWorkload(DEPLOYMENT).spec.template.spec.enableServiceLinks, undefined);
  });

  it('keeps what it was given, and zero', () => {
    const spec = { replicas: 0, revisionHistoryLimit: 0, strategy: { type: 'Recreate' } };
    const { replicas, revisionHistoryLimit, strategy } = aWorkload(DEPLOYMENT, spec).spec;
    assert.deepEqual({ replicas, revisionHistoryLimit, strategy }, spec);
  });

  const rows: [what: string, spec: object, wrong: string[]][] = [
    ['nothing', {}, []],
    [
      'no selector',
      { selector: undefined },
      [
        'spec.selector: Required value',
        'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'an empty selector',
      { selector: {} },
      ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    ],
    [
      'a selector of other pods',
      { selector: { matchLabels: { app: 'db' } } },
      ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
    ],
    [
      'a selector that is none',
      { selector: { matchExpressions: [{ key: 'app', operator: 'Like', values: ['w'] }] } },
      ['spec.selector.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator'],
    ],
    [
      'fewer than no replicas',
      { replicas: -1 },
      ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'no movement at all',
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '0%' } } },
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
    ],
    [
      'more than all unavailable, and a surge in words',
      { strategy: { rollingUpdate: { maxUnavailable: '101%', maxSurge: 'some' } } },
      [
        `spec.strategy.rollingUpdate.maxSurge: Invalid value: "some": ${PERCENT}`,
        'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
      ],
    ],
    ['a surge over all', { strategy: { rollingUpdate: { maxSurge: '200%' } } }, []],
    [
      'Recreate in steps',
      { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
      ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ],
    [
      'a strategy nobody knows',
      { strategy: { type: 'Canary' } },
      ['spec.strategy: Unsupported value: {"type":"Canary"}: supported values: "Recreate", "RollingUpdate"'],
    ],
    [
      'a deadline that no pod can meet',
      { progressDeadlineSeconds: 10, minReadySeconds: 10 },
      ['spec.progressDeadlineSeconds: Invalid value: 10: must be greater than minReadySeconds'],
    ],
    [
      'pods that end',
      { template: { ...aTemplate(), spec: { ...aTemplate().spec, restartPolicy: 'Never', activeDeadlineSeconds: 5 } } },
      [
        'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
      ],
    ],
    [
      'no template',
      { template: undefined },
      [
        'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
        'spec.template.spec.containers: Required value',
      ],
    ],
    [
      'labels that are none',
      { template: aTemplate({ app: 'web', '-': 'x' }) },
      [
        `spec.template.labels: Invalid value: "-": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      ],
    ],
  ];
  for (const [what, spec, wrong] of rows) {
    it(`with ${what} is ${wrong.length === 0 ? 'right' : 'refused'}`, () =>
      assert.deepEqual(wrongIn(DEPLOYMENT, spec), wrong));
  }

  it('keeps its selector for life', () => {
    const selector = { matchLabels: { app: 'db' } };
    assert.deepEqual(wrongInUpdate(DEPLOYMENT, { selector }), [
      'spec.selector: Invalid value: {"matchLabels":{"app":"db"}}: field is immutable',
    ]);
    assert.deepEqual(wrongInUpdate(DEPLOYMENT, { replicas: 4, minReadySeconds: 5 }), []);
  });

  it('counts a change of its annotations as one of what it wants', () => {
    const old = aWorkload(DEPLOYMENT);
    old.metadata.generation = 3;
    const changed = structuredClone(old);
    changed.metadata.annotations = { a: 'b' };
    DEPLOYMENT.strategy.prepareForUpdate?.(changed, old);
    assert.equal(changed.metadata.generation, 4);
    const labelled = structuredClone(old);
    labelled.metadata.labels = { a: 'b' };
    DEPLOYMENT.strategy.prepareForUpdate?.(labelled, old);
    assert.equal(labelled.metadata.generation, 3);
  });

  it('has a status that adds up', () => {
    assert.deepEqual(wrongInStatus(DEPLOYMENT, { replicas: 2, readyReplicas: 2, availableReplicas: 1 }), []);
    assert.deepEqual(wrongInStatus(DEPLOYMENT, { replicas: 1, updatedReplicas: 2, availableReplicas: 1 }), [
      'status.updatedReplicas: Invalid value: 2: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas',
    ]);
    assert.deepEqual(wrongInStatus(DEPLOYMENT, { unavailableReplicas: -1 }, { collisionCount: 1 }), [
      'status.unavailableReplicas: Invalid value: -1: must be greater than or equal to 0',
      'status.collisionCount: Invalid value: 0: cannot be decremented',
    ]);
  });

  it('warns of a name that makes odd hostnames, and of what nothing acts on', () => {
    const object = aWorkload(DEPLOYMENT, {
      template: { ...aTemplate(), spec: { ...aTemplate().spec, runtimeClassName: 'x' } },
    });
    object.metadata.name = 'my.web';
    assert.deepEqual(DEPLOYMENT.strategy.warnings?.(object), [
      'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]',
      'spec.template.spec.runtimeClassName: is accepted but not acted on by this version of Bramble',
    ]);
  });
});
