import { existsSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import type { RawOptions } from '../../lib/config-check.ts';
import { configPath, type Role } from './layout.ts';

/** What an installed daemon is set to; empty where none is. */
export function installedSettings(role: Role): RawOptions {
  const path = configPath(role);
  return existsSync(path) ? ((load(readFileSync(path, 'utf8')) ?? {}) as RawOptions) : {};
}
