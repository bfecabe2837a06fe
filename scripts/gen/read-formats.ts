import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** JSON field name -> format (`int32`, `int64`, `double`, `byte`, ...); fields without one are left out. */
export type Formats = ReadonlyMap<string, string>;

/**
 * The formats of one definition's fields, read as text out of `@kubernetes/client-node` (importing it costs 80 MB).
 * @param id `io.k8s.api.core.v1.Pod`.
 */
export function readFormats(nodeModules: string, id: string): Formats {
  const [name = '', version = '', pkg = ''] = id.split('.').reverse();
  const capital = pkg.charAt(0).toUpperCase() + pkg.slice(1);
  const models = join(nodeModules, '@kubernetes/client-node/dist/gen/models');
  const base = `${version.toUpperCase()}${name}.js`;
  // A name that two packages share carries its package's: CoreV1Event, EventsV1Event.
  const path = [`${capital}${base}`, base].map((file) => join(models, file)).find((file) => existsSync(file));
  if (!path) return new Map();
  const entries = readFileSync(path, 'utf8').matchAll(
    /"baseName": "([^"]*)",\s*"type": "[^"]*",\s*"format": "([^"]+)"/g,
  );
  return new Map([...entries].map((match) => [match[1] ?? '', match[2] ?? '']));
}
