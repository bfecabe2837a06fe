import { enableLiveRestore } from '../up/daemon-json.ts';
import { installPackages } from '../up/packages.ts';
import { runCommand } from '../up/run-command.ts';
import type { Finding, Fix } from './finding.ts';

/** What will be done, as the command that a person would type. */
export function fixText(fix: Fix): string {
  switch (fix.do) {
    case 'shell':
      return fix.command;
    case 'install':
      return `apt-get install ${fix.packages.join(' ')}`;
    case 'liveRestore':
      return 'write "live-restore": true to /etc/docker/daemon.json and reload Docker';
  }
}

/** The fixes of findings, each once; packages in one go. */
export function fixesOf(found: readonly Finding[]): Fix[] {
  const fixes = found.flatMap(({ fix }) => (fix ? [fix] : []));
  const packages = [...new Set(fixes.flatMap((fix) => (fix.do === 'install' ? fix.packages : [])))];
  const others = fixes.filter(({ do: what }) => what !== 'install');
  return [...(packages.length > 0 ? [{ do: 'install', packages } as const] : []), ...others];
}

/** @throws Error with the last words of what failed. */
export async function applyFix(fix: Fix): Promise<void> {
  switch (fix.do) {
    case 'shell':
      await runCommand('sh', ['-c', fix.command]);
      return;
    case 'install':
      await installPackages(fix.packages);
      return;
    case 'liveRestore':
      await enableLiveRestore();
  }
}
