import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasSystemd } from './engine.ts';
import { runCommand } from './run-command.ts';

const APT_ENV = { DEBIAN_FRONTEND: 'noninteractive' };
/** Lists younger than this are used as they are. */
const LISTS = '/var/lib/apt/lists';

/** Installs Debian packages with what they depend on. */
export async function installPackages(names: readonly string[]): Promise<void> {
  await refreshLists();
  await runCommand('apt-get', ['install', '-y', '--no-install-recommends', ...names], { env: APT_ENV });
  // The agent runs one of its own, when there is an Ingress: the package's would take memory and serve nothing.
  if (names.includes('haproxy') && hasSystemd()) await runCommand('systemctl', ['disable', '--now', 'haproxy']);
}

/**
 * Unpacks Debian packages and everything they depend on into a folder, without installing anything on this machine: no service
 * starts, no file of the system changes.
 */
export async function unpackPackages(names: readonly string[], into: string): Promise<void> {
  await refreshLists();
  const work = `${into}.apt`;
  for (const folder of [into, join(work, 'archives', 'partial')]) mkdirSync(folder, { recursive: true });
  // An empty status file: apt sees a machine without any package and fetches the whole closure.
  const status = join(work, 'status');
  writeFileSync(status, '');
  const settings = [
    `Dir::State::status=${status}`,
    `Dir::Cache::archives=${join(work, 'archives')}`,
    'Debug::NoLocking=1',
    'APT::Sandbox::User=root',
  ];
  try {
    await runCommand(
      'apt-get',
      [
        ...settings.flatMap((setting) => ['-o', setting]),
        'install',
        '-y',
        '--no-install-recommends',
        '--download-only',
        ...names,
      ],
      { env: APT_ENV },
    );
    for (const file of readdirSync(join(work, 'archives')).filter((name) => name.endsWith('.deb'))) {
      await runCommand('dpkg-deb', ['-x', join(work, 'archives', file), into]);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Unpacks just these packages: for a program that needs nothing but the C library. */
export async function unpackAlone(names: readonly string[], into: string): Promise<void> {
  await refreshLists();
  const work = `${into}.apt`;
  for (const folder of [into, work]) mkdirSync(folder, { recursive: true });
  try {
    await runCommand('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', '-q', ...names], { cwd: work });
    for (const file of readdirSync(work)) await runCommand('dpkg-deb', ['-x', join(work, file), into]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function refreshLists(): Promise<void> {
  const hasLists = readdirSync(LISTS).some((name) => name.endsWith('_Packages') || name.endsWith('_Packages.lz4'));
  if (!hasLists) await runCommand('apt-get', ['update', '-q'], { env: APT_ENV });
}
