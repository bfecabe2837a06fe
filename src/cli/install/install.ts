import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { execPath } from 'node:process';
import { isSea } from 'node:sea';
import { dump, load } from 'js-yaml';
import type { RawOptions } from '../../lib/config-check.ts';
import { writePrivateFile } from '../../lib/private-file.ts';
import { daemonProgram } from '../up/daemons.ts';
import { hasSystemd } from '../up/engine.ts';
import { runCommand } from '../up/run-command.ts';
import {
  at,
  CONFIG_DIR,
  configPath,
  type Layout,
  libDir,
  programPath,
  type Role,
  UNIT_DIR,
  unitName,
} from './layout.ts';
import { renderUnit } from './units.ts';

/** Puts the program that runs right now where it stays. @returns a note when it is there already. */
export async function installProgram(layout: Layout): Promise<string | undefined> {
  const target = at(layout, programPath(layout));
  mkdirSync(dirname(target), { recursive: true });
  if (isSea()) {
    if (resolve(execPath) === resolve(target)) return `${target} is what runs`;
    if (isSame(execPath, target)) return 'there already';
    replaceFile(target, (temporary) => copyFileSync(execPath, temporary));
    return undefined;
  }
  const [launcher = '', script] = await daemonProgram();
  // A bundle that runs from elsewhere is started as `node .../lib/bramble.mjs`.
  const dist = script ? dirname(dirname(script)) : dirname(launcher);
  const lib = at(layout, libDir(layout));
  // Names of chunks hold their hashes: the same first file means the same all over.
  if (existsSync(target) && isSame(join(dist, 'lib/bramble.mjs'), join(lib, 'lib/bramble.mjs'))) return 'there already';
  for (const part of ['lib', 'proto', 'generated', 'deploy']) {
    if (existsSync(join(dist, part))) cpSync(join(dist, part), join(lib, part), { recursive: true });
  }
  replaceFile(join(lib, 'node'), (temporary) => copyFileSync(execPath, temporary));
  const flags = '--disable-warning=ExperimentalWarning --optimize-for-size --max-semi-space-size=2';
  const text = `#!/bin/sh\nexec ${libDir(layout)}/node ${flags} ${libDir(layout)}/lib/bramble.mjs "$@"\n`;
  replaceFile(target, (temporary) => writeFileSync(temporary, text));
  return undefined;
}

function isSame(a: string, b: string): boolean {
  if (!existsSync(b) || statSync(a).size !== statSync(b).size) return false;
  return readFileSync(a).equals(readFileSync(b));
}

/** A program that runs is replaced whole: its file can't be written, but its name can be given to another. */
function replaceFile(path: string, write: (temporary: string) => void): void {
  const temporary = `${path}.new`;
  write(temporary);
  chmodSync(temporary, 0o755);
  renameSync(temporary, path);
}

/** Writes a daemon's settings, 0600; keys that somebody has added to the file stay. @returns whether it changed. */
export async function writeConfig(layout: Layout, role: Role, settings: RawOptions): Promise<boolean> {
  const path = at(layout, configPath(role));
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const held = (before ? load(before) : {}) as RawOptions | null;
  const entries = Object.entries({ ...held, ...settings }).filter(([, value]) => value !== undefined);
  const text = `# bramble ${role}: the flags of 'bramble ${role} --help' as keys\n${dump(Object.fromEntries(entries))}`;
  if (text === before) return false;
  mkdirSync(at(layout, CONFIG_DIR), { recursive: true, mode: 0o755 });
  await writePrivateFile(path, text);
  return true;
}

/** @returns whether it changed. */
export function writeUnit(layout: Layout, role: Role): boolean {
  const path = join(at(layout, UNIT_DIR), unitName(role));
  const text = renderUnit(role, layout);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return true;
}

/** Has systemd run a daemon now and after every boot, with its newest program and settings. */
export async function startUnit(role: Role): Promise<void> {
  if (!hasSystemd()) throw new Error('systemd does not run here');
  await runCommand('systemctl', ['daemon-reload']);
  await runCommand('systemctl', ['enable', unitName(role)]);
  await runCommand('systemctl', ['restart', unitName(role)]);
}
