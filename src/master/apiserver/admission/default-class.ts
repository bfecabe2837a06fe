import type { KubeObject } from '../../../api/types.ts';

/** The class that objects get that name none: of several that are marked the newest, of equally new ones the first by name. */
export function newestDefault<T extends KubeObject>(
  classes: readonly T[],
  isDefault: (one: T) => boolean,
): T | undefined {
  const born = ({ metadata }: T) => Date.parse(metadata.creationTimestamp ?? '') || 0;
  return classes
    .filter(isDefault)
    .toSorted((a, b) => born(b) - born(a) || (a.metadata.name < b.metadata.name ? -1 : 1))[0];
}
