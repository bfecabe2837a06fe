import type { ApiClient } from '../api-client.ts';
import { terminal } from '../commands/status.ts';
import { kubeconfigOf } from '../data-dir.ts';
import { judgeCluster } from '../status/cluster.ts';
import { observeCluster } from '../status/observe-cluster.ts';
import { renderCluster } from '../status/render-cluster.ts';
import { type DaemonFlags, Daemons, daemonProgram } from './daemons.ts';
import { engineAnswers, engineProgram, hasSystemd, missingPackages, startEngine } from './engine.ts';
import { askExample, EXAMPLE_IMAGES, provideImages, runExample } from './example.ts';
import { installPackages } from './packages.ts';
import { Progress } from './progress.ts';
import { hasProgram, runCommand } from './run-command.ts';

export interface UpOptions extends DaemonFlags {
  readonly dataDir: string;
  readonly example: boolean;
}

/**
 * Makes this machine a cluster of one node and shows a pod running on it. Every step first looks whether it is done already:
 * called again, it finds everything there and says so.
 */
export async function up(options: UpOptions): Promise<void> {
  const progress = new Progress();
  await provideEngine(options.dataDir, progress);
  await provideHaproxy(progress);
  const daemons = new Daemons(options.dataDir, options);
  let program: readonly string[] = [];
  await progress.step('Preparing the program', async () => {
    program = await daemonProgram();
    return undefined;
  });
  await progress.step('Starting the master', () => daemons.startMaster(program));
  await progress.step('Starting the agent and waiting for its node', () => daemons.startAgent(program));
  if (options.example) {
    await progress.step('Looking for images', () => provideImages(options.dataDir, EXAMPLE_IMAGES));
    await progress.step('Running the example pod', () => runExample(daemons.api()));
  }
  await show(daemons.api(), options, progress);
}

async function provideEngine(dataDir: string, progress: Progress): Promise<void> {
  const missing = await missingPackages();
  await progress.step("Looking for Docker's packages", async () =>
    missing.length > 0 ? `missing: ${missing.join(', ')}` : 'there',
  );
  if (missing.length > 0) {
    await progress.step(`Installing ${missing.join(', ')} from Debian's packages`, async () => {
      await installPackages(missing);
      return undefined;
    });
  }
  await progress.step('Starting Docker', async () => {
    if (await engineAnswers()) return 'runs already';
    await startEngine(engineProgram(dataDir));
    return hasSystemd() ? 'through systemd' : undefined;
  });
}

/** A cluster without it serves all but Ingresses, and says so there: a machine that is offline goes on. */
async function provideHaproxy(progress: Progress): Promise<void> {
  if (await hasProgram('haproxy')) return;
  await progress.step("Installing haproxy, which serves Ingresses, from Debian's packages", () =>
    installPackages(['haproxy']).then(
      () => undefined,
      (error: Error) => `not possible, Ingresses are not served: ${error.message}`,
    ),
  );
}

async function show(api: ApiClient, { dataDir, example }: UpOptions, progress: Progress): Promise<void> {
  const kubeconfig = kubeconfigOf(dataDir);
  const hasKubectl = await hasProgram('kubectl');
  progress.say('');
  if (hasKubectl) {
    const args = ['--kubeconfig', kubeconfig, 'get', 'nodes,pods', '-o', 'wide'];
    progress.say('$ kubectl get nodes,pods -o wide');
    progress.say((await runCommand('kubectl', args)).trimEnd());
  } else {
    progress.say(await glance(api));
  }
  if (example) {
    const { url, answer } = await askExample(api);
    progress.say(`\n$ curl ${url}\n${answer}`);
  }
  progress.say(`
Next:
  ${hasKubectl ? '' : 'apt-get install kubernetes-client   # kubectl\n  '}export KUBECONFIG=${kubeconfig}
  kubectl get pods -o wide
  kubectl logs hello -c visitor -f
  kubectl exec -it hello -c web -- sh
Everything is taken away again by: npm run down`);
}

/** Where there is no kubectl yet. */
async function glance(api: ApiClient): Promise<string> {
  const now = Date.now();
  return renderCluster(judgeCluster(await observeCluster(api), now), now, terminal());
}
