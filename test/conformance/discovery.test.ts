import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';

interface GroupVersion {
  readonly groupVersion: string;
  readonly version: string;
}

interface ApiGroup {
  readonly name: string;
  readonly versions: readonly GroupVersion[];
  readonly preferredVersion: GroupVersion;
}

/** What every cluster serves of the stable API: one resource for each group's version. */
const STABLE: readonly (readonly [string, string])[] = [
  ['admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations'],
  ['apiextensions.k8s.io/v1', 'customresourcedefinitions'],
  ['apiregistration.k8s.io/v1', 'apiservices'],
  ['apps/v1', 'deployments'],
  ['authentication.k8s.io/v1', 'tokenreviews'],
  ['authorization.k8s.io/v1', 'selfsubjectaccessreviews'],
  ['autoscaling/v1', 'horizontalpodautoscalers'],
  ['autoscaling/v2', 'horizontalpodautoscalers'],
  ['batch/v1', 'jobs'],
  ['certificates.k8s.io/v1', 'certificatesigningrequests'],
  ['coordination.k8s.io/v1', 'leases'],
  ['discovery.k8s.io/v1', 'endpointslices'],
  ['events.k8s.io/v1', 'events'],
  ['networking.k8s.io/v1', 'ingresses'],
  ['node.k8s.io/v1', 'runtimeclasses'],
  ['policy/v1', 'poddisruptionbudgets'],
  ['scheduling.k8s.io/v1', 'priorityclasses'],
  ['storage.k8s.io/v1', 'csinodes'],
];

conformance(
  '[sig-api-machinery] Discovery should validate PreferredVersion for each APIGroup [Conformance]',
  async (context) => {
    const { groups } = await context.send<{ groups: ApiGroup[] }>('GET', '/apis');
    assert.ok(groups.length > 0);
    for (const { name, versions, preferredVersion } of groups) {
      const group = await context.send<ApiGroup>('GET', `/apis/${name}`);
      assert.deepEqual(group.preferredVersion, preferredVersion);
      assert.equal(preferredVersion.groupVersion, `${name}/${preferredVersion.version}`);
      assert.ok(
        versions.some(({ groupVersion }) => groupVersion === preferredVersion.groupVersion),
        `${name} has its preferred version`,
      );
    }
  },
);

conformance(
  '[sig-api-machinery] Discovery should locate the groupVersion and a resource within each APIGroup [Conformance]',
  async (context) => {
    const { groups } = await context.send<{ groups: ApiGroup[] }>('GET', '/apis');
    const listed = new Set(groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion)));
    const missing: string[] = [];
    for (const [groupVersion, resource] of STABLE) {
      if (!listed.has(groupVersion)) {
        missing.push(groupVersion);
        continue;
      }
      const list = await context.send<{ resources: { name: string }[] }>('GET', `/apis/${groupVersion}`);
      if (!list.resources.some(({ name }) => name === resource)) missing.push(`${groupVersion} ${resource}`);
    }
    assert.deepEqual(missing, []);
  },
);
