import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
/** Kept between builds; `npm ci` clears it. */
const CACHE = join(ROOT, 'node_modules/.cache/bramble');

export const ARCHITECTURES = ['x64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

/**
 * The Node.js that a machine of `architecture` runs: npm installed this machine's; the other one is fetched from npm's registry once,
 * and must be the package that the lock file names. @returns the path of its `node`.
 */
export function nodeBinary(architecture: Architecture): string {
  const name = `node-linux-${architecture}`;
  const installed = join(ROOT, 'node_modules', name, 'bin/node');
  if (existsSync(installed)) return installed;
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const locked = lock.packages[`node_modules/${name}`];
  if (!locked) throw new Error(`package-lock.json does not name ${name}`);
  const cached = join(CACHE, `${name}-${locked.version}`);
  if (!existsSync(cached)) fetchInto(cached, `${name}@${locked.version}`, locked.integrity);
  return join(cached, 'package/bin/node');
}

function fetchInto(folder: string, spec: string, integrity: string): void {
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'fetch-'));
  try {
    const file = execFileSync('npm', ['pack', spec, '--silent', '--pack-destination', work], {
      cwd: work,
      encoding: 'utf8',
    });
    const archive = join(work, file.trim().split('\n').at(-1) ?? '');
    const [algorithm = '', expected] = integrity.split(/-(.*)/s);
    if (createHash(algorithm).update(readFileSync(archive)).digest('base64') !== expected) {
      throw new Error(`${spec} from the registry is not the package that package-lock.json names`);
    }
    execFileSync('tar', ['-xzf', archive, '-C', work]);
    rmSync(archive);
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
