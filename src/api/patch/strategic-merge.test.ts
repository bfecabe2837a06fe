import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Members } from '../codec/check.ts';
import { type FieldType, schemaOf } from '../schema/schema.ts';
import { PatchFormatError, strategicMerge } from './strategic-merge.ts';

function typeOf(group: string, kind: string): FieldType {
  const object = schemaOf({ group, version: 'v1', kind });
  assert(object);
  return { is: 'object', object };
}

const POD = typeOf('', 'Pod');
const DEPLOYMENT = typeOf('apps', 'Deployment');
const SERVICE = typeOf('', 'Service');

const containers = (...list: unknown[]) => ({ spec: { containers: list } });
const env = (...names: string[]) => containers({ name: 'c', env: names.map((name) => ({ name, value: name })) });
const envPatch = (order: string[], ...items: unknown[]) =>
  containers({
    name: 'c',
    '$setElementOrder/env': order.map((name) => ({ name })),
    ...(items.length > 0 ? { env: items } : {}),
  });

const ports = (...list: unknown[]) => ({ spec: { ports: list } });

interface Case {
  readonly title: string;
  readonly live: Members;
  readonly patch: Members;
  readonly want: Members;
  readonly type?: FieldType;
}

const cases: readonly Case[] = [
  {
    title: 'merges lists by their key and appends what is new',
    live: containers({ name: 'a', image: 'x', tty: true }, { name: 'b', image: 'y' }),
    patch: containers({ name: 'b', image: 'z' }, { name: 'c', image: 'w' }),
    want: containers({ name: 'a', image: 'x', tty: true }, { name: 'b', image: 'z' }, { name: 'c', image: 'w' }),
  },
  {
    title: 'removes members with null, also deep in keyed lists',
    live: containers({ name: 'a', image: 'x', args: ['1'], resources: { limits: { cpu: '1', memory: '1Gi' } } }),
    patch: containers({ name: 'a', args: null, resources: { limits: { cpu: null } } }),
    want: containers({ name: 'a', image: 'x', resources: { limits: { memory: '1Gi' } } }),
  },
  {
    title: 'replaces lists that have no merge strategy',
    live: { spec: { tolerations: [{ key: 'a' }], containers: [{ name: 'a', args: ['1', '2'] }] } },
    patch: { spec: { tolerations: [{ key: 'b' }], containers: [{ name: 'a', args: ['3'] }] } },
    want: { spec: { tolerations: [{ key: 'b' }], containers: [{ name: 'a', args: ['3'] }] } },
  },
  {
    title: 'deletes an item with $patch: delete',
    live: env('A', 'B', 'C'),
    patch: containers({ name: 'c', env: [{ $patch: 'delete', name: 'B' }] }),
    want: env('A', 'C'),
  },
  {
    title: 'replaces a list with $patch: replace among its items',
    live: env('A', 'B'),
    patch: containers({ name: 'c', env: [{ name: 'C', value: 'C' }, { $patch: 'replace' }] }),
    want: env('C'),
  },
  {
    title: 'replaces an object with $patch: replace inside it',
    live: { metadata: { labels: { a: '1', b: '2' } } },
    patch: { metadata: { labels: { $patch: 'replace', c: '3', d: null } } },
    want: { metadata: { labels: { c: '3' } } },
  },
  {
    title: 'empties an object with $patch: delete inside it',
    live: { spec: { securityContext: { runAsUser: 1 }, nodeName: 'n' } },
    patch: { spec: { securityContext: { $patch: 'delete' } } },
    want: { spec: { securityContext: {}, nodeName: 'n' } },
  },
  {
    title: 'orders by $setElementOrder and keeps items of the server where they stood',
    live: env('A', 'S', 'B'),
    patch: envPatch(['B', 'C', 'A'], { name: 'C', value: 'C' }),
    want: env('S', 'B', 'C', 'A'),
  },
  {
    title: 'puts the items of the server between those that it stood between',
    live: env('A', 'S', 'B'),
    patch: envPatch(['A', 'B', 'C'], { name: 'C', value: 'C' }),
    want: env('A', 'S', 'B', 'C'),
  },
  {
    title: 'orders a list that the patch does not change otherwise',
    live: env('A', 'B'),
    patch: envPatch(['B', 'A']),
    want: env('B', 'A'),
  },
  {
    title: 'changes the first of two ports with one number, and adds a third',
    live: ports({ port: 53, name: 'dns', protocol: 'UDP' }, { port: 53, name: 'dns-tcp', protocol: 'TCP' }),
    patch: {
      spec: {
        '$setElementOrder/ports': [{ port: 53 }, { port: 53 }, { port: 80 }],
        ports: [{ port: 53, targetPort: 5353 }, { port: 80 }],
      },
    },
    want: ports(
      { port: 53, name: 'dns', protocol: 'UDP', targetPort: 5353 },
      { port: 53, name: 'dns-tcp', protocol: 'TCP' },
      { port: 80 },
    ),
    type: SERVICE,
  },
  {
    title: 'takes an order of nothing for no order',
    live: env('A'),
    patch: envPatch([], { name: 'B', value: 'B' }),
    want: env('A', 'B'),
  },
  {
    title: 'merges finalizers, and deletes with $deleteFromPrimitiveList',
    live: { metadata: { finalizers: ['a', 'b'] } },
    patch: {
      metadata: {
        '$deleteFromPrimitiveList/finalizers': ['a'],
        '$setElementOrder/finalizers': ['c', 'b'],
        finalizers: ['c'],
      },
    },
    want: { metadata: { finalizers: ['c', 'b'] } },
  },
  {
    title: 'clears what $retainKeys does not list',
    live: { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } },
    patch: { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
    want: { spec: { strategy: { type: 'Recreate' } } },
    type: DEPLOYMENT,
  },
  {
    title: 'does what kubectl sends for a changed strategy, port and volume',
    live: {
      spec: {
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
        template: {
          spec: {
            containers: [{ name: 'c', args: ['y'], ports: [{ containerPort: 80 }, { containerPort: 81, name: 'm' }] }],
            imagePullSecrets: [{ name: 's' }],
            volumes: [{ name: 'v', emptyDir: {} }],
          },
        },
      },
    },
    patch: {
      spec: {
        strategy: { $retainKeys: ['type'], rollingUpdate: null, type: 'Recreate' },
        template: {
          spec: {
            '$setElementOrder/containers': [{ name: 'c' }, { name: 'd' }],
            containers: [
              {
                '$setElementOrder/ports': [{ containerPort: 81 }, { containerPort: 82 }],
                args: ['x'],
                name: 'c',
                ports: [{ containerPort: 82 }, { $patch: 'delete', containerPort: 80 }],
              },
              { image: 'j:1', name: 'd' },
            ],
            imagePullSecrets: null,
            tolerations: null,
            volumes: [{ $retainKeys: ['configMap', 'name'], configMap: { name: 'cm' }, emptyDir: null, name: 'v' }],
          },
        },
      },
    },
    want: {
      spec: {
        strategy: { type: 'Recreate' },
        template: {
          spec: {
            containers: [
              { name: 'c', args: ['x'], ports: [{ containerPort: 81, name: 'm' }, { containerPort: 82 }] },
              { name: 'd', image: 'j:1' },
            ],
            volumes: [{ name: 'v', configMap: { name: 'cm' } }],
          },
        },
      },
    },
    type: DEPLOYMENT,
  },
  {
    title: 'leaves no directives and nulls in parts that meet nothing to merge with',
    live: {},
    patch: {
      spec: {
        '$setElementOrder/containers': [{ name: 'a' }],
        containers: [{ name: 'a', image: null, env: [{ name: 'X', $patch: 'delete' }, { name: 'Y' }] }],
        volumes: [{ name: 'v', $retainKeys: ['name'] }],
      },
    },
    want: { spec: { containers: [{ name: 'a', env: [{ name: 'Y' }] }], volumes: [{ name: 'v' }] } },
  },
  {
    title: 'replaces a selector of a PodDisruptionBudget whole',
    live: { spec: { selector: { matchLabels: { a: '1' } } } },
    patch: { spec: { selector: { matchLabels: { b: '2' } } } },
    want: { spec: { selector: { matchLabels: { b: '2' } } } },
    type: typeOf('policy', 'PodDisruptionBudget'),
  },
];

describe('a strategic merge patch', () => {
  for (const { title, live, patch, want, type } of cases) {
    it(title, () => {
      const before = structuredClone({ live, patch });
      assert.deepEqual(strategicMerge(live, patch, type ?? POD), want);
      assert.deepEqual({ live, patch }, before);
    });
  }

  const wrong: readonly (readonly [string, Members, RegExp])[] = [
    ['an item without its key', containers({ image: 'x' }), /does not contain declared merge key: name/],
    ['an unknown directive', { spec: { $patch: 'explode' } }, /unknown patch type \[explode\]/],
    ['an order that contradicts the list', envPatch(['A', 'B'], { name: 'B' }, { name: 'A' }), /doesn't match/],
    ['more changes of one key than the order has', envPatch(['A'], { name: 'A' }, { name: 'A' }), /doesn't match/],
    ['a change that the order leaves out', envPatch(['A'], { name: 'B' }), /doesn't match/],
    ['$retainKeys that is no list', { spec: { $retainKeys: 'x' } }, /retainKeys/],
    ['a member that $retainKeys leaves out', { spec: { $retainKeys: ['a'], nodeName: 'x' } }, /retainKeys/],
  ];
  for (const [what, patch, message] of wrong) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => strategicMerge(env('A', 'B'), patch, POD),
        (err) => err instanceof PatchFormatError && message.test(err.message),
      );
    });
  }

  const names = fc.uniqueArray(fc.constantFrom<string[]>('A', 'B', 'C', 'D', 'E', 'F'));

  it('has the items in the order that the patch names, whatever the server had', () => {
    fc.assert(
      fc.property(names, names, (live, wanted) => {
        const items = wanted.map((name) => ({ name, value: name }));
        const result = strategicMerge(env(...live), envPatch(wanted, ...items), POD);
        const [container] = (result.spec as { containers: { env?: { name: string }[] }[] }).containers;
        const order = (container?.env ?? []).map((item) => item.name);
        assert.deepEqual(
          order.filter((name) => wanted.includes(name)),
          wanted,
        );
        const own = live.filter((name) => !wanted.includes(name));
        assert.deepEqual(
          order.filter((name) => !wanted.includes(name)),
          own,
        );
      }),
    );
  });

  it('changes nothing when it is applied again', () => {
    fc.assert(
      fc.property(names, names, names, (live, wanted, gone) => {
        const kept = wanted.filter((name) => !gone.includes(name));
        const items = [
          ...kept.map((name) => ({ name, value: `${name}!` })),
          ...gone.map((name) => ({ $patch: 'delete', name })),
        ];
        const patch = envPatch(kept, ...items);
        const once = strategicMerge(env(...live), patch, POD);
        assert.deepEqual(strategicMerge(once, patch, POD), once);
      }),
    );
  });
});
