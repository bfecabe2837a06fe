import assert from 'node:assert/strict';
import type { Container, Volume } from '../../../src/api/types.ts';
import { job, script } from '../../e2e/pods/manifests.ts';
import { allocatable } from './allocatable.ts';
import { conformance } from './conformance.ts';
import type { Context } from './context.ts';
import { mounted, repeat, show } from './file-volumes.ts';
import { Pods } from './pods.ts';

type Items = NonNullable<NonNullable<Volume['downwardAPI']>['items']>;

/** By itself or projected. */
export type DownwardVolume = (items: Items, defaultMode?: number) => Partial<Volume>;

const POD_NAME = { path: 'podname', fieldRef: { fieldPath: 'metadata.name' } };
const AMOUNTS = { limits: { cpu: '1250m', memory: '64Mi' }, requests: { cpu: '250m', memory: '32Mi' } };

/** Registers what both volumes do. @param named makes the official name of a behaviour */
export function downwardVolumeTests(named: (behaviour: string) => string, volume: DownwardVolume): void {
  const read = async (context: Context, items: Items, more: Partial<Container> = {}, mode?: number) => {
    const [spec, container] = mounted({ a: volume(items, mode) });
    return new Pods(context).run(job('downward', show(`/etc/a/${items[0]?.path}`), spec, { ...container, ...more }));
  };

  conformance(named('should provide podname only'), async (context) => {
    assert.equal(await read(context, [POD_NAME]), '644\ndownward');
  });
  conformance(named('should set DefaultMode on files [LinuxOnly]'), async (context) => {
    assert.equal(await read(context, [POD_NAME], {}, 0o400), '400\ndownward');
  });
  conformance(named('should set mode on item file [LinuxOnly]'), async (context) => {
    assert.equal(await read(context, [{ ...POD_NAME, mode: 0o400 }]), '400\ndownward');
  });

  const amounts = {
    'limits.cpu': '2',
    'limits.memory': '67108864',
    'requests.cpu': '1',
    'requests.memory': '33554432',
  };
  for (const [resource, expected] of Object.entries(amounts)) {
    const [kind = '', amount = ''] = resource.split('.');
    conformance(named(`should provide container's ${amount} ${kind.replace(/s$/, '')}`), async (context) => {
      const items = [{ path: 'amount', resourceFieldRef: { containerName: 'main', resource } }];
      assert.equal(await read(context, items, { resources: AMOUNTS }), `644\n${expected}`);
    });
  }

  for (const what of ['cpu', 'memory'] as const) {
    const behaviour = `should provide node allocatable (${what}) as default ${what} limit if the limit is not set`;
    conformance(named(behaviour), async (context) => {
      const items = [{ path: 'amount', resourceFieldRef: { containerName: 'main', resource: `limits.${what}` } }];
      assert.equal(await read(context, items), `644\n${(await allocatable(context))[what]}`);
    });
  }

  for (const field of ['labels', 'annotations'] as const) {
    conformance(named(`should update ${field} on modification`), async (context) => {
      const pods = new Pods(context);
      const items = [{ path: field, fieldRef: { fieldPath: `metadata.${field}` } }];
      const pod = script('main', repeat(`/etc/a/${field}`), ...mounted({ a: volume(items) }));
      await pods.create({ ...pod, metadata: { ...pod.metadata, [field]: { key1: 'value1', builder: 'bar' } } });
      await pods.output('main', /^builder="bar"\nkey1="value1"$/m);
      await pods.all.patch('main', { metadata: { [field]: { key1: 'changed', key3: 'value3' } } });
      await pods.output('main', /^key1="changed"\nkey3="value3"$/m, 'main', 120_000);
    });
  }
}
