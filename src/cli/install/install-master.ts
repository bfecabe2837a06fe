import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, type HostPort, type RawOptions } from '../../lib/config-check.ts';
import { findHostAddress } from '../../lib/host-address.ts';
import { MASTER_DEFAULTS, type MasterConfig, parseMasterConfig } from '../../master/config.ts';
import { ApiClient } from '../api-client.ts';
import { createToken } from '../commands/token.ts';
import { readConfigFile } from '../config-file.ts';
import { kubeconfigOf } from '../data-dir.ts';
import { join } from '../join/join.ts';
import { BackgroundProgram } from '../up/background.ts';
import { hasSystemd } from '../up/engine.ts';
import { Progress } from '../up/progress.ts';
import { installProgram, startUnit, writeConfig, writeUnit } from './install.ts';
import { at, configPath, type Layout, programPath, unitName } from './layout.ts';

export interface InstallMasterOptions {
  readonly layout: Layout;
  /** `--key=value`, as `bramble master` and `bramble agent` take them: they go into the settings. */
  readonly master: readonly string[];
  readonly agent: readonly string[];
  /** Without systemd: start both in the background. */
  readonly background: boolean;
}

/** Makes this machine the first of a lasting cluster: a master that starts with the machine, and a node of it. Doing it twice is fine. */
export async function installMaster(options: InstallMasterOptions): Promise<void> {
  const { layout } = options;
  const progress = new Progress();
  const given = { master: flagSettings(options.master), agent: flagSettings(options.agent) };
  parseMasterConfig({}, given.master, '127.0.0.1'); // a wrong key is told before anything is written
  let hasChanged = false;
  await progress.step(`Installing ${programPath(layout)}, ${configPath('master')}`, async () => {
    const note = await installProgram(layout);
    const dataDir = layout.dataDir === MASTER_DEFAULTS['data-dir'] ? {} : { 'data-dir': layout.dataDir };
    const isNew = await writeConfig(layout, 'master', { ...dataDir, ...given.master });
    hasChanged = isNew || note === undefined;
    return note;
  });
  const config = parseMasterConfig(
    {},
    readConfigFile(at(layout, configPath('master'))),
    await findHostAddress(undefined),
  );
  if (!(await startMaster(options, hasChanged, progress))) return;
  const api = new ApiClient(kubeconfigOf(layout.dataDir));
  const token = await createToken(api, { ttl: '10m', singleUse: true, description: "the master's own node" });
  const common = { layout, replace: false, yes: true, force: false, background: options.background };
  await join({ master: ownAddress(config), token, agent: given.agent, ...common, next: nextSteps(layout, config) });
}

/** Where the agent beside it finds the master: on the loopback, unless it listens on one address alone. */
export function ownAddress({ grpcListen: { host, port } }: { readonly grpcListen: HostPort }): string {
  return `${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
}

/** `--listen=0.0.0.0:7443` as the settings' file has it; a flag that comes twice is a list. @throws ConfigError */
export function flagSettings(flags: readonly string[]): RawOptions {
  const settings: Record<string, string | string[]> = {};
  for (const flag of flags) {
    const [, key, value] = /^--([a-z-]+)=(.*)$/s.exec(flag) ?? [];
    if (key === undefined || value === undefined) throw new ConfigError([`${flag}: must be --KEY=VALUE`]);
    const before = settings[key];
    settings[key] = before === undefined ? value : [before, value].flat();
  }
  return settings;
}

/** @returns false when somebody else has to start it first. */
async function startMaster(
  { layout, background }: InstallMasterOptions,
  hasNewFiles: boolean,
  progress: Progress,
): Promise<boolean> {
  const command = `${programPath(layout)} master --config ${configPath('master')}`;
  const isThere = await isReady(layout);
  if (!hasSystemd() && !background && !isThere) {
    progress.say(
      `\nThere is no systemd here. Have the master run, now and after every boot, by:\n  ${command}\nthen run this again: it makes this machine a node. --background starts both now.`,
    );
    return false;
  }
  await progress.step('Starting the master', async () => {
    if (hasSystemd()) {
      const hasChanged = writeUnit(layout, 'master') || hasNewFiles;
      if (!hasChanged && isThere) return 'runs already';
      // Those that `bramble up` started before go on as services, with the same data.
      for (const name of ['agent', 'master']) await new BackgroundProgram(layout.dataDir, name).stop();
      await startUnit('master');
    } else {
      if (isThere && (!hasNewFiles || !background)) return 'runs already';
      const master = new BackgroundProgram(layout.dataDir, 'master');
      await master.stop();
      master.start(programPath(layout), ['master', '--config', configPath('master')]);
    }
    await untilReady(layout);
    return undefined;
  });
  return true;
}

async function isReady(layout: Layout): Promise<boolean> {
  try {
    return (await new ApiClient(kubeconfigOf(layout.dataDir)).get('/readyz')) === 'ok';
  } catch {
    return false; // no kubeconfig yet, or nobody listens
  }
}

const READY_MS = 60_000;

async function untilReady(layout: Layout): Promise<void> {
  for (const end = Date.now() + READY_MS; Date.now() < end; await sleep(200)) if (await isReady(layout)) return;
  const log = hasSystemd() ? `'journalctl -u ${unitName('master')}'` : `${layout.dataDir}/log/master.log`;
  throw new Error(`the master is not ready after ${READY_MS / 1000} s: see ${log}`);
}

function nextSteps(layout: Layout, { advertiseAddress, grpcListen }: MasterConfig): string {
  const address = grpcListen.port === 6444 ? advertiseAddress : `${advertiseAddress}:${grpcListen.port}`;
  const at = layout.dataDir === MASTER_DEFAULTS['data-dir'] ? '' : ` --data-dir ${layout.dataDir}`;
  return `
This machine is a lasting master now. Next:
  export KUBECONFIG=${kubeconfigOf(layout.dataDir)}    # for kubectl
  bramble token create${at}    # prints WORD; then on every other machine:
  sudo bramble join ${address} --token WORD`;
}
