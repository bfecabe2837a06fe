import type { StatusCause } from '../../meta/errors.ts';
import { forbidden, ofEach, required } from '../../meta/field-errors.ts';
import { oneOf } from '../pod/validation/values.ts';

/** As kubectl abbreviates them, in its order. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]);
const ALLOWED = [...SHORT.keys()].sort();

/** `RWO,ROX` */
export function accessModesText(modes: readonly string[] = []): string {
  return [...SHORT].flatMap(([mode, short]) => (modes.includes(mode) ? [short] : [])).join(',');
}

export function accessModeCauses(modes: readonly string[] = [], field: string): StatusCause[] {
  if (modes.length === 0) return [required(field, 'at least 1 access mode is required')];
  return [
    ...ofEach(modes, field, (mode) => oneOf(mode, field, ALLOWED)),
    ...(modes.length > 1 && modes.includes('ReadWriteOncePod')
      ? [forbidden(field, 'may not use ReadWriteOncePod with other access modes')]
      : []),
  ];
}
