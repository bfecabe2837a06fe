import assert from 'node:assert/strict';
import type { Container, PodSpec, Volume } from '../../../src/api/types.ts';
import { job, pod, script, shell } from '../../e2e/pods/manifests.ts';
import { conformance } from './conformance.ts';
import type { Context } from './context.ts';
import { Pods } from './pods.ts';

interface Item {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

export interface FileVolumeOptions {
  readonly items?: Item[];
  readonly defaultMode?: number;
  readonly optional?: boolean;
}

/** A way to bring an object's keys into files: ConfigMap or Secret, by themselves or projected. */
export interface FileVolume {
  readonly create: (context: Context, name: string, data: Record<string, string>) => Promise<void>;
  readonly replace: (context: Context, name: string, data: Record<string, string>) => Promise<void>;
  readonly remove: (context: Context, name: string) => Promise<void>;
  readonly volume: (object: string, options?: FileVolumeOptions) => Partial<Volume>;
}

/** Official names; a behaviour that has none for this kind is left out. */
export interface FileVolumeNames {
  readonly consumable: string;
  readonly nonRoot?: string;
  readonly defaultMode: string;
  readonly nonRootGroup?: string;
  readonly mappings: string;
  readonly itemMode: string;
  readonly mappingsNonRoot?: string;
  readonly severalVolumes: string;
  readonly updates?: string;
  readonly optionalUpdates: string;
}

const DATA = { 'data-1': 'value-1', 'data-2': 'value-2', 'data-3': 'value-3' };
const NON_ROOT = { securityContext: { runAsUser: 1000 } };
const MAPPED: Item = { key: 'data-2', path: 'path/to/data-2' };

/** A pod's volumes and the container's mounts for them: volume `a` at /etc/a. */
export function mounted(volumes: Record<string, Partial<Volume>>): [Partial<PodSpec>, Partial<Container>] {
  const names = Object.keys(volumes);
  return [
    { volumes: names.map((name) => ({ name, ...volumes[name] })) },
    { volumeMounts: names.map((name) => ({ name, mountPath: `/etc/${name}`, readOnly: true })) },
  ];
}

/** Mode in octal and content of the file that a volume's link leads to. */
export const show = (path: string) => `stat -L -c %a ${path} && cat ${path}`;

/** Prints that file again and again. */
export const repeat = (path: string) => `while :; do cat ${path} 2>&1; echo; sleep 0.5; done`;

/** Registers what all these volumes do. */
export function fileVolumeTests(names: FileVolumeNames, { create, replace, remove, volume }: FileVolume): void {
  /** Reads one file of an object's volume. */
  const test = (
    name: string | undefined,
    options: FileVolumeOptions,
    expected: string,
    more: Partial<PodSpec> = {},
  ): void => {
    if (name === undefined) return;
    conformance(name, async (context) => {
      await create(context, 'source', DATA);
      const [spec, container] = mounted({ a: volume('source', options) });
      const file = `/etc/a/${options.items?.[0]?.path ?? 'data-1'}`;
      assert.equal(await new Pods(context).run(job('main', show(file), { ...spec, ...more }, container)), expected);
    });
  };

  test(names.consumable, {}, '644\nvalue-1');
  test(names.nonRoot, {}, '644\nvalue-1', NON_ROOT);
  test(names.defaultMode, { defaultMode: 0o400 }, '400\nvalue-1');
  test(names.nonRootGroup, { defaultMode: 0o440 }, '440\nvalue-1', {
    securityContext: { runAsUser: 1000, fsGroup: 1001 },
  });
  test(names.mappings, { items: [MAPPED] }, '644\nvalue-2');
  test(names.itemMode, { items: [{ ...MAPPED, mode: 0o400 }] }, '400\nvalue-2');
  test(names.mappingsNonRoot, { items: [MAPPED] }, '644\nvalue-2', NON_ROOT);

  conformance(names.severalVolumes, async (context) => {
    await create(context, 'source', DATA);
    const [spec, container] = mounted({ a: volume('source'), b: volume('source') });
    const output = await new Pods(context).run(job('main', 'cat /etc/a/data-1 /etc/b/data-1', spec, container));
    assert.equal(output, 'value-1value-1');
  });

  if (names.updates !== undefined) {
    conformance(names.updates, async (context) => {
      const pods = new Pods(context);
      await create(context, 'source', DATA);
      const [spec, container] = mounted({ a: volume('source') });
      await pods.create(script('main', repeat('/etc/a/data-1'), spec, container));
      await pods.output('main', /^value-1$/m);
      await replace(context, 'source', { ...DATA, 'data-1': 'value-changed' });
      await pods.output('main', /^value-changed$/m, 'main', 120_000);
    });
  }

  conformance(names.optionalUpdates, async (context) => {
    const pods = new Pods(context);
    await create(context, 'deleted', DATA);
    await create(context, 'updated', DATA);
    const objects = ['deleted', 'updated', 'created'];
    const [spec, mounts] = mounted(Object.fromEntries(objects.map((name) => [name, volume(name, { optional: true })])));
    const containers = objects.map((name) =>
      shell(name, repeat(`/etc/${name}/data-${name === 'updated' ? 3 : 1}`), mounts),
    );
    await pods.create(pod('main', containers, spec));
    await pods.output('main', /^value-1$/m, 'deleted');
    await pods.output('main', /^value-3$/m, 'updated');
    await pods.output('main', /No such file/, 'created');
    await remove(context, 'deleted');
    await replace(context, 'updated', { ...DATA, 'data-3': 'value-changed' });
    await create(context, 'created', DATA);
    await pods.output('main', /No such file/, 'deleted', 120_000);
    await pods.output('main', /^value-changed$/m, 'updated', 120_000);
    await pods.output('main', /^value-1$/m, 'created', 120_000);
  });
}
