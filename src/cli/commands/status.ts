import { existsSync } from 'node:fs';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { ApiClient } from '../api-client.ts';
import { kubeconfigOf, withDataDir } from '../data-dir.ts';
import { EXIT } from '../exit-codes.ts';
import type { Screen } from '../status/page.ts';

interface StatusFlags {
  readonly dataDir: string;
  readonly kubeconfig?: string;
  readonly json?: boolean;
}

/** `bramble status`: the cluster at a glance, and what in it needs attention. */
export function statusCommand(): Command {
  return withDataDir(new Command('status'))
    .description('show the cluster at a glance, and what in it needs attention; on a node, how that node is')
    .option('--kubeconfig <file>', "the administrator's kubeconfig, where this is not the master")
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  bramble status\n  bramble status --kubeconfig ~/.kube/config --json\n\nExit code 1 when something is wrong: a node that is not Ready or not well, a pod that should run and does not.',
    )
    .action(async ({ dataDir, kubeconfig, json = false }: StatusFlags) => {
      if (kubeconfig === undefined && !existsSync(kubeconfigOf(dataDir)) && (await agentStatus(dataDir, json))) return;
      await clusterStatus(kubeconfig ?? kubeconfigOf(dataDir), json);
    });
}

/** Of a machine that is a node and no master. @returns false when it is neither. */
async function agentStatus(dataDir: string, json: boolean): Promise<boolean> {
  const { observeAgent } = await import('../status/observe-agent.ts');
  const { judgeAgent, renderAgent } = await import('../status/agent.ts');
  const facts = await observeAgent(dataDir);
  if (!facts) return false;
  const status = judgeAgent(facts);
  console.log(json ? JSON.stringify(status, null, 2) : renderAgent(status, Date.now(), terminal()));
  if (!status.isWell) process.exitCode = EXIT.failed;
  return true;
}

async function clusterStatus(kubeconfig: string, json: boolean): Promise<void> {
  const { observeCluster } = await import('../status/observe-cluster.ts');
  const { judgeCluster } = await import('../status/cluster.ts');
  const { renderCluster } = await import('../status/render-cluster.ts');
  const now = Date.now();
  const status = judgeCluster(await observeCluster(new ApiClient(kubeconfig)), now);
  console.log(json ? JSON.stringify(status, null, 2) : renderCluster(status, now, terminal()));
  if (!status.isWell) process.exitCode = EXIT.failed;
}

/** 80 letters wide where nobody says otherwise; `styleText` itself leaves colours out where no terminal would show them. */
export function terminal(): Screen {
  return { width: Math.max(80, process.stdout.columns ?? 80), paint: (format, text) => styleText(format, text) };
}
