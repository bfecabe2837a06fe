import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { ConfigError, type RawOptions } from '../lib/config-check.ts';

/**
 * Reads `--config FILE`: YAML with the flags' own names as keys (`cluster-cidr: 10.42.0.0/16`).
 * @returns an empty record when no file is named. @throws ConfigError when it can't be read or is no mapping.
 */
export function readConfigFile(path: string | undefined): RawOptions {
  if (path === undefined) return {};
  try {
    const content = load(readFileSync(path, 'utf8'));
    if (content === undefined || content === null) return {};
    if (typeof content !== 'object' || Array.isArray(content)) throw new Error('it must hold "key: value" lines');
    return content as RawOptions;
  } catch (error) {
    throw new ConfigError([`config: ${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

/** Commander's camelCase options under the names that flags and file share; those not given are left out. */
export function flagOptions(options: Readonly<Record<string, unknown>>): RawOptions {
  const entries = Object.entries(options).filter(([name, value]) => value !== undefined && name !== 'config');
  return Object.fromEntries(
    entries.map(([name, value]) => [name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`), value]),
  );
}
