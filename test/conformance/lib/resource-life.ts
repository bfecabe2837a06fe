import assert from 'node:assert/strict';
import type { KubeObject } from '../../../src/api/types.ts';
import { type Collection, type Draft, isRefusal } from './collection.ts';
import type { Context } from './context.ts';
import type { Kind } from './kinds.ts';

interface Group {
  readonly name: string;
  readonly versions: readonly { readonly groupVersion: string }[];
}

/** Discovery names the kind's group, its version and its resources. */
export async function assertDiscovered<T extends KubeObject>(
  context: Context,
  { apiVersion, resource }: Kind<T>,
  subresources: readonly string[] = [],
): Promise<void> {
  const hasVersion = ({ versions }: Group) => versions.some(({ groupVersion }) => groupVersion === apiVersion);
  const [group = ''] = apiVersion.split('/');
  const { groups } = await context.send<{ groups: Group[] }>('GET', '/apis');
  assert.ok(groups.some((one) => one.name === group && hasVersion(one)));
  assert.ok(hasVersion(await context.send<Group>('GET', `/apis/${group}`)));
  const { resources } = await context.send<{ resources: { name: string }[] }>('GET', `/apis/${apiVersion}`);
  const names = resources.map(({ name }) => name);
  for (const name of [resource, ...subresources.map((one) => `${resource}/${one}`)]) assert.ok(names.includes(name));
}

/**
 * Three objects of a kind are created, read, listed, watched, changed and deleted.
 * @param drafts three with labels that no other object has
 * @param between runs when two of them, the second and the third, are as they were created
 */
export async function assertLives<T extends KubeObject>(
  context: Context,
  kind: Kind<T>,
  { drafts, between }: { drafts: Draft<T>[]; between?: (objects: Collection<T>, first: string) => Promise<void> },
): Promise<void> {
  const objects = context.all(kind);
  const labels = Object.entries(drafts[0]?.metadata.labels ?? {});
  const labelSelector = labels.map(([key, value]) => `${key}=${value}`).join(',');
  context.afterwards(() => objects.deleteCollection({ labelSelector }));
  const made = [];
  for (const draft of drafts) made.push(await objects.create(draft));
  const [{ metadata }] = made as [T];
  const { name } = metadata;
  assert.equal((await objects.get(name)).metadata.uid, metadata.uid);
  assert.equal((await context.everywhere(kind).list({ labelSelector })).items.length, 3);
  const listed = await objects.list({ labelSelector });
  assert.equal(listed.items.length, 3);
  const watch = await objects.watch({ labelSelector, resourceVersion: listed.metadata.resourceVersion });
  const patched = await objects.patch(name, { metadata: { annotations: { patched: 'true' } } });
  assert.equal(patched.metadata.annotations?.patched, 'true');
  const annotations = { ...patched.metadata.annotations, updated: 'true' };
  const updated = await objects.update({ ...patched, metadata: { ...patched.metadata, annotations } });
  assert.equal(updated.metadata.annotations?.updated, 'true');
  for (const annotation of ['patched', 'updated'])
    await watch.until(
      ({ type, object }) => type === 'MODIFIED' && object.metadata.annotations?.[annotation] === 'true',
    );
  await between?.(objects, name);
  await objects.delete(name);
  await watch.until(({ type, object }) => type === 'DELETED' && object.metadata.name === name);
  await assert.rejects(objects.get(name), (error: unknown) => isRefusal(error, 404));
  assert.equal((await objects.list({ labelSelector })).items.length, 2);
  await objects.deleteCollection({ labelSelector });
  assert.deepEqual((await objects.list({ labelSelector })).items, []);
}
