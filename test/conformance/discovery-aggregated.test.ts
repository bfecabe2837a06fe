import assert from 'node:assert/strict';
import type { KubeObject } from '../../src/api/types.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import type { Kind } from './lib/kinds.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

interface GroupDiscoveryList {
  readonly kind: string;
  readonly apiVersion: string;
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources: readonly { readonly resource: string; readonly verbs: readonly string[] }[];
    }[];
  }[];
}

/** Group, version and resources that the stable API has in every cluster. */
const STABLE: readonly (readonly [string, string, readonly string[]])[] = [
  ['', 'v1', ['namespaces', 'nodes', 'pods', 'services', 'configmaps', 'secrets', 'endpoints', 'events']],
  ['', 'v1', ['persistentvolumes', 'persistentvolumeclaims', 'limitranges', 'resourcequotas', 'serviceaccounts']],
  ['admissionregistration.k8s.io', 'v1', ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations']],
  ['apiextensions.k8s.io', 'v1', ['customresourcedefinitions']],
  ['apiregistration.k8s.io', 'v1', ['apiservices']],
  ['apps', 'v1', ['deployments', 'statefulsets', 'daemonsets', 'replicasets', 'controllerrevisions']],
  ['batch', 'v1', ['jobs', 'cronjobs']],
  ['coordination.k8s.io', 'v1', ['leases']],
  ['discovery.k8s.io', 'v1', ['endpointslices']],
  ['events.k8s.io', 'v1', ['events']],
  ['networking.k8s.io', 'v1', ['ingresses', 'networkpolicies']],
  ['policy', 'v1', ['poddisruptionbudgets']],
  ['scheduling.k8s.io', 'v1', ['priorityclasses']],
  ['storage.k8s.io', 'v1', ['storageclasses', 'csinodes']],
];

/** `apps/v1 deployments` and so on, of both roots. */
async function aggregated(context: Context): Promise<Set<string>> {
  const found = new Set<string>();
  for (const root of ['/api', '/apis']) {
    const { items } = await context.send<GroupDiscoveryList>('GET', root, { accept: AGGREGATED });
    for (const { metadata, versions } of items)
      for (const { version, resources } of versions)
        for (const { resource } of resources) found.add(`${metadata.name ?? ''}/${version} ${resource}`);
  }
  return found;
}

/** Two definitions of one group with a version each, and their names as discovery has them. */
async function twoCustomKinds(context: Context): Promise<string[]> {
  const group = `${context.unique('agg')}.example.com`;
  const definitions: Kind<KubeObject> = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    resource: 'customresourcedefinitions',
    namespaced: false,
  };
  const expected: string[] = [];
  for (const [plural, kind, version] of [
    ['foos', 'Foo', 'v1'],
    ['bars', 'Bar', 'v1beta1'],
  ] as const) {
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const spec = {
      group,
      scope: 'Namespaced',
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema }],
    };
    const name = `${plural}.${group}`;
    const draft = { metadata: { name }, spec };
    await context.everywhere(definitions).create(draft);
    context.afterwards(() => context.everywhere(definitions).delete(name));
    expected.push(`${group}/${version} ${plural}`);
  }
  return expected;
}

conformance(
  '[sig-api-machinery] AggregatedDiscovery should support raw aggregated discovery endpoint Accept headers [Conformance]',
  async (context) => {
    for (const [root, plainKind] of [
      ['/api', 'APIVersions'],
      ['/apis', 'APIGroupList'],
    ] as const) {
      const plain = await context.send<{ kind: string }>('GET', root);
      assert.equal(plain.kind, plainKind);
      const answer = await context.connection.send('GET', root, { accept: `${AGGREGATED},application/json` });
      const { kind, apiVersion, items } = JSON.parse(answer.text) as GroupDiscoveryList;
      assert.equal(kind, 'APIGroupDiscoveryList');
      assert.equal(apiVersion, 'apidiscovery.k8s.io/v2');
      assert.ok(items.length > 0);
      assert.match(answer.contentType, /as=APIGroupDiscoveryList/);
      // What the server does not have is passed over for what comes next.
      const unknown = 'application/json;g=apidiscovery.k8s.io;v=v17;as=APIGroupDiscoveryList,application/json';
      assert.equal((await context.send<{ kind: string }>('GET', root, { accept: unknown })).kind, plainKind);
    }
  },
);

conformance(
  '[sig-api-machinery] AggregatedDiscovery should support aggregated discovery interface [Conformance]',
  async (context) => {
    const found = await aggregated(context);
    const expected = STABLE.flatMap(([group, version, names]) => names.map((name) => `${group}/${version} ${name}`));
    assert.deepEqual(
      expected.filter((name) => !found.has(name)),
      [],
    );
  },
);

for (const form of ['interface', 'request'])
  conformance(
    `[sig-api-machinery] AggregatedDiscovery should support ${form === 'request' ? 'raw ' : ''}aggregated discovery ${form} for CRDs [Conformance]`,
    async (context) => {
      const expected = await twoCustomKinds(context);
      await context.eventually(async () => {
        const found = await aggregated(context);
        assert.deepEqual(
          expected.filter((name) => !found.has(name)),
          [],
        );
      });
    },
  );
