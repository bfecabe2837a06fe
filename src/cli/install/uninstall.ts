import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_DEFAULTS } from '../../agent/config.ts';
import type { RawOptions } from '../../lib/config-check.ts';
import { confirm } from '../ask.ts';
import { forgetLiveRestore } from '../up/daemon-json.ts';
import { Daemons } from '../up/daemons.ts';
import { type AgentPlace, takeAway } from '../up/down.ts';
import { hasSystemd } from '../up/engine.ts';
import { Progress } from '../up/progress.ts';
import { runCommand } from '../up/run-command.ts';
import { CONFIG_DIR, type Layout, libDir, programPath, type Role, UNIT_DIR, unitName } from './layout.ts';
import { readInstalled } from './record.ts';
import { installedSettings } from './settings.ts';

export interface UninstallOptions {
  readonly binDir: string;
  /** undefined: where the installed settings say. */
  readonly dataDir: string | undefined;
  /** Do not ask. */
  readonly yes: boolean;
}

/** Takes Bramble off this machine: daemons, containers, network, rules, settings, data, program. Safe to repeat. */
export async function uninstall(options: UninstallOptions): Promise<void> {
  const progress = new Progress();
  const settings = { master: installedSettings('master'), agent: installedSettings('agent') };
  const dataDirs = dataDirsOf(options, settings);
  const layout: Layout = { root: '/', binDir: options.binDir, dataDir: dataDirs[0] ?? AGENT_DEFAULTS['data-dir'] };
  progress.say(whatGoes(layout, dataDirs));
  if (!options.yes && !(await confirm('Take all of it away?'))) {
    throw new Error('nothing was taken away: answer yes on a terminal, or give --yes');
  }
  await removeUnits(progress);
  for (const dataDir of dataDirs) {
    const { liveRestore } = await readInstalled(dataDir);
    await takeAway(dataDir, placeOf(settings.agent, dataDir), progress);
    if (liveRestore) forgetLiveRestore();
    rmSync(dataDir, { recursive: true, force: true });
  }
  for (const path of [CONFIG_DIR, libDir(layout), programPath(layout), '/run/bramble'])
    rmSync(path, { recursive: true, force: true });
  progress.say(
    '\nBramble is gone. What stays: Docker and other packages, the images that pods have pulled (docker image prune -a).',
  );
}

function whatGoes(layout: Layout, dataDirs: readonly string[]): string {
  const files = [...dataDirs, CONFIG_DIR, programPath(layout)].filter((path) => existsSync(path));
  const holdsMaster = dataDirs.some((dataDir) => existsSync(join(dataDir, 'pki')));
  return [
    'This takes away: the daemons, all pods of this machine with their volumes, the pod network, firewall rules and routes,',
    `and ${files.length > 0 ? files.join(', ') : 'no files: there are none'}.`,
    ...(holdsMaster
      ? ["The cluster itself lives here: its objects and keys go for good ('bramble backup' keeps them)."]
      : []),
  ].join('\n');
}

/** Of the master and of the agent, which mostly are one. */
function dataDirsOf({ dataDir }: UninstallOptions, settings: Readonly<Record<Role, RawOptions>>): string[] {
  const standard = AGENT_DEFAULTS['data-dir'];
  const named = [settings.agent, settings.master].map((of) => String(of['data-dir'] ?? standard));
  return [...new Set(dataDir === undefined ? named : [dataDir])];
}

/** Of an agent that was installed; of one that `up` started otherwise. */
function placeOf(agent: RawOptions, dataDir: string): AgentPlace {
  const started = new Daemons(dataDir, { master: [], agent: [] }).agentPlace();
  return {
    dockerHost: String(agent['docker-host'] ?? started.dockerHost),
    bridge: String(agent.bridge ?? started.bridge),
  };
}

async function removeUnits(progress: Progress): Promise<void> {
  const units = (['agent', 'master'] as const).map(unitName).filter((unit) => existsSync(join(UNIT_DIR, unit)));
  if (units.length === 0) return;
  await progress.step(`Stopping ${units.join(', ')}`, async () => {
    if (hasSystemd()) await runCommand('systemctl', ['disable', '--now', ...units]);
    for (const unit of units) rmSync(join(UNIT_DIR, unit), { force: true });
    if (hasSystemd()) await runCommand('systemctl', ['daemon-reload']);
    return undefined;
  });
}
