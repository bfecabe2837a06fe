import { hostname } from 'node:os';
import { join as joinPath } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AGENT_DEFAULTS, parseAgentConfig } from '../../agent/config.ts';
import { type AgentState, readAgentState } from '../../agent/state-file.ts';
import { ensureEnrolled } from '../../agent/uplink/enroll.ts';
import { IdentityStore, nodeNameOf } from '../../agent/uplink/identity.ts';
import { systemClock } from '../../lib/clock.ts';
import type { RawOptions } from '../../lib/config-check.ts';
import { createLogger } from '../../lib/logger.ts';
import { canAsk, confirm } from '../ask.ts';
import type { Finding, Fix, Purpose } from '../doctor/finding.ts';
import { applyFix, fixesOf, fixText } from '../doctor/fix.ts';
import { hasProblem, renderFindings, summary } from '../doctor/report.ts';
import { runChecks } from '../doctor/run-checks.ts';
import { installProgram, startUnit, writeConfig, writeUnit } from '../install/install.ts';
import { configPath, type Layout, programPath, unitName } from '../install/layout.ts';
import { noteInstalled } from '../install/record.ts';
import { textTable } from '../text-table.ts';
import { BackgroundProgram } from '../up/background.ts';
import { engineAnswers, engineProgram, hasSystemd, startEngine } from '../up/engine.ts';
import { Progress } from '../up/progress.ts';
import { parseToken, probeMaster } from './master-probe.ts';

export interface JoinOptions {
  /** `host:port` */
  readonly master: string;
  readonly token: string;
  /** Settings of the agent that were given as flags: node-name, node-ip, node-label, docker-host, bridge. */
  readonly agent: RawOptions;
  readonly layout: Layout;
  readonly replace: boolean;
  /** Do not ask. */
  readonly yes: boolean;
  /** Join in spite of problems. */
  readonly force: boolean;
  /** Without systemd: start the agent in the background, as `bramble up` does, instead of saying how to run it. */
  readonly background: boolean;
  /** What to say in the end; the usual when left out. */
  readonly next?: string;
}

/** Makes this machine a node of a running cluster. Every step looks first whether it is done: joining twice is fine. */
export async function join(options: JoinOptions): Promise<void> {
  const progress = new Progress();
  const { layout, master } = options;
  const token = parseToken(options.token);
  if (layout.root !== '/') return prepareCard(options, progress);
  let masterClock: Purpose['masterClock'];
  await progress.step(`Asking the master at ${master}`, async () => {
    masterClock = await probeMaster(master, token);
    return undefined;
  });
  await checkMachine(options, masterClock, progress);
  let nodeName = '';
  await progress.step('Enrolling', async () => {
    nodeName = await enroll(options);
    return `as node ${nodeName}`;
  });
  let hasChanged = false;
  await progress.step(`Installing ${programPath(layout)}, ${configPath('agent')}`, async () => {
    const note = await installProgram(layout);
    const isNew = await writeConfig(layout, 'agent', { ...settingsOf(options), 'node-name': nodeName });
    hasChanged = isNew || note === undefined;
    return note;
  });
  if (!(await startAgent(options, hasChanged, progress))) return;
  await showNode(layout.dataDir, progress);
  progress.say(options.next ?? '\nNext, on the master: kubectl get nodes -o wide; on this machine: bramble status');
}

function settingsOf({ master, agent, layout }: JoinOptions): RawOptions {
  const dataDir = layout.dataDir === AGENT_DEFAULTS['data-dir'] ? {} : { 'data-dir': layout.dataDir };
  return { master: [master], ...dataDir, ...agent };
}

/** Files alone, for a card that is mounted here: the machine joins at its first start, so the token goes along. */
async function prepareCard(options: JoinOptions, progress: Progress): Promise<void> {
  const { layout, token } = options;
  await progress.step(`Writing program, settings and unit below ${layout.root}`, async () => {
    await installProgram(layout);
    await writeConfig(layout, 'agent', { ...settingsOf(options), token });
    writeUnit(layout, 'agent');
    return undefined;
  });
  progress.say(
    `The machine needs Docker. Have it join at its first start:\n  systemctl --root=${layout.root} enable ${unitName('agent')}`,
  );
}

/** @throws Error when a problem stays that only a person can mend. */
async function checkMachine(
  options: JoinOptions,
  masterClock: Purpose['masterClock'],
  progress: Progress,
): Promise<void> {
  const dockerHost = String(options.agent['docker-host'] ?? AGENT_DEFAULTS['docker-host']);
  const purpose: Purpose = { role: 'agent', dataDir: options.layout.dataDir, dockerHost, masterClock };
  let found = await look(purpose, progress);
  // Twice at most: an engine that was just installed has settings of its own to change.
  for (let round = 0; round < 2 && (await mend(found, options, progress)); round++)
    found = await look(purpose, progress);
  const text = renderFindings(found, { hasColours: process.stdout.isTTY, isBrief: true });
  if (text) progress.say(text);
  if (!hasProblem(found) || options.force) return;
  throw new Error(
    "this machine can't be a node yet: mend the problems above (✗), then run this again; 'bramble join --force' joins in spite of them",
  );
}

async function look(purpose: Purpose, progress: Progress): Promise<Finding[]> {
  let found: Finding[] = [];
  await progress.step('Looking at this machine', async () => {
    found = await runChecks(purpose);
    return summary(found);
  });
  return found;
}

/** Installs what is missing and has containers outlive Docker's restarts. @returns whether anything was done. */
async function mend(found: readonly Finding[], options: JoinOptions, progress: Progress): Promise<boolean> {
  // A change to the boot loader's file takes a reboot, and a decision: `doctor --fix`.
  const fixes = fixesOf(found).filter((fix) => fix.do !== 'shell');
  if (fixes.length === 0 || !(await isAgreed(fixes, options, progress))) return false;
  for (const fix of fixes) {
    await progress.step(fixText(fix), async () => {
      // What could not be mended shows when the machine is looked at again; a warning is no reason to stop.
      const failure = await applyFix(fix).then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (failure !== undefined) return `not possible: ${failure}`;
      if (fix.do === 'liveRestore') await noteInstalled(options.layout, { liveRestore: true });
      return undefined;
    });
  }
  if (!(await engineAnswers())) {
    await progress.step('Starting Docker', async () => {
      await startEngine(engineProgram(options.layout.dataDir));
      return undefined;
    });
  }
  return true;
}

/** A script that has no terminal is told what it has to allow. */
async function isAgreed(fixes: readonly Fix[], { yes }: JoinOptions, progress: Progress): Promise<boolean> {
  if (yes) return true;
  const what = fixes.map(fixText).join('\n');
  if (canAsk()) return confirm(`${what}\nDo this?`, 'yes');
  progress.say(`Left as it is, since nobody can be asked here; --yes allows it:\n${what.replace(/^/gm, '  ')}`);
  return false;
}

/** The longest that a person waits for a master that answered a moment ago. */
const ENROLL_MS = 60_000;

/** @returns the node's name, which may be more than the host's. */
async function enroll({ master, token, agent, layout, replace }: JoinOptions): Promise<string> {
  const config = parseAgentConfig({ ...agent, master: [master] }, {});
  const store = new IdentityStore(joinPath(layout.dataDir, 'agent'));
  const wanted = { nodeName: config.nodeName, mayRename: !config.isNodeNameGiven && !replace, replace };
  const signal = AbortSignal.timeout(ENROLL_MS);
  const log = createLogger('silent');
  const identity = await ensureEnrolled(
    { masters: [master], token, ...wanted, store, clock: systemClock, log },
    signal,
  );
  return nodeNameOf(identity.certPem) ?? hostname();
}

/** @returns false when somebody else has to start it. */
async function startAgent(options: JoinOptions, hasChanged: boolean, progress: Progress): Promise<boolean> {
  const { layout, background } = options;
  const command = `${programPath(layout)} agent --config ${configPath('agent')}`;
  if (hasSystemd()) {
    await progress.step(`Starting ${unitName('agent')}`, async () => {
      writeUnit(layout, 'agent');
      await startUnit('agent');
      return undefined;
    });
    return true;
  }
  if (!background) {
    progress.say(
      `\nThere is no systemd here. Have the agent run, now and after every boot, by:\n  ${command}\nor add --background to have it started now.`,
    );
    return false;
  }
  await progress.step('Starting the agent', async () => {
    const agent = new BackgroundProgram(layout.dataDir, 'agent');
    if (agent.pid !== undefined && !hasChanged) return 'runs already';
    await agent.stop();
    agent.start(programPath(layout), ['agent', '--config', configPath('agent')]);
    return undefined;
  });
  return true;
}

const READY_MS = 120_000;

async function showNode(dataDir: string, progress: Progress): Promise<void> {
  let state: AgentState | undefined;
  await progress.step('Waiting until the node is Ready', async () => {
    for (const end = Date.now() + READY_MS; Date.now() < end; await sleep(200)) {
      state = await readAgentState(dataDir);
      if (state?.isReady && state.connectedSince) return undefined;
    }
    const log = hasSystemd() ? "'journalctl -u bramble-agent'" : `${dataDir}/log/agent.log`;
    throw new Error(
      `the node is not Ready after ${READY_MS / 1000} s (${state?.readyMessage ?? 'the agent does not run'}): see ${log}`,
    );
  });
  if (!state) return;
  progress.say(
    `\n${textTable(['NODE', 'STATUS', 'ADDRESS', 'MASTER'], [[state.nodeName, 'Ready', state.address, state.masters.join(',')]])}`,
  );
}
