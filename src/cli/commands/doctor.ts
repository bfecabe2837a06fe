import { Command } from 'commander';
import { AGENT_DEFAULTS } from '../../agent/config.ts';
import { ConfigError } from '../../lib/config-check.ts';
import { confirm } from '../ask.ts';
import { withDataDir } from '../data-dir.ts';
import type { Finding, Purpose } from '../doctor/finding.ts';
import { EXIT } from '../exit-codes.ts';
import { becomeRoot } from './up.ts';

interface DoctorOptions {
  readonly dataDir: string;
  readonly role: string;
  readonly dockerHost: string;
  readonly fix?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `bramble doctor`: what on this machine would keep a master or an agent from working, and how to mend it. */
export function doctorCommand(): Command {
  return withDataDir(new Command('doctor'))
    .description('look at this machine: what would keep Bramble from working here, and how to mend it')
    .option('--role <role>', 'master or agent: what the machine is for', 'agent')
    .option('--docker-host <url>', 'the engine', AGENT_DEFAULTS['docker-host'])
    .option('--fix', 'mend what can be mended from here, after asking')
    .option('--yes', 'do not ask')
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  bramble doctor\n  bramble doctor --fix\n  bramble doctor --role master --json\n\nExit code 1 when there is a problem; warnings are none.',
    )
    .action(async (options: DoctorOptions) => {
      const { role, dataDir, dockerHost } = options;
      if (role !== 'master' && role !== 'agent')
        throw new ConfigError([`--role: must be master or agent, not "${role}"`]);
      if (options.fix) becomeRoot();
      const { runChecks } = await import('../doctor/run-checks.ts');
      const { hasProblem } = await import('../doctor/report.ts');
      const purpose: Purpose = { role, dataDir, dockerHost };
      let found = await runChecks(purpose);
      if (options.fix && (await mend(found, options.yes ?? false))) found = await runChecks(purpose);
      await print(found, options);
      if (hasProblem(found)) process.exitCode = EXIT.failed;
    });
}

async function print(found: readonly Finding[], { json, fix }: DoctorOptions): Promise<void> {
  const { renderFindings, summary } = await import('../doctor/report.ts');
  if (json) {
    console.log(JSON.stringify({ findings: found }, null, 2));
    return;
  }
  console.log(renderFindings(found, { hasColours: process.stdout.isTTY }));
  const isMendable = !fix && found.some((finding) => finding.fix);
  console.log(`\n${summary(found)}${isMendable ? "; 'bramble doctor --fix' mends some of it" : ''}`);
}

/** @returns whether anything was done. */
async function mend(found: readonly Finding[], isAgreed: boolean): Promise<boolean> {
  const { applyFix, fixesOf, fixText } = await import('../doctor/fix.ts');
  let hasMended = false;
  for (const fix of fixesOf(found)) {
    if (!isAgreed && !(await confirm(`${fixText(fix)}\nDo this?`))) continue;
    console.error(`doing: ${fixText(fix)}`);
    await applyFix(fix);
    hasMended = true;
  }
  return hasMended;
}
