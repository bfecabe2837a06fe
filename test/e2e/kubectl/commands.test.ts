import assert from 'node:assert/strict';
import { eventually } from '../../lib/eventually.ts';
import { installedKubectls, type Kubectl, outermostKubectls } from '../../lib/kubectl.ts';
import { assertShows } from '../../lib/screen.ts';
import { Shell } from '../../lib/shell.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { type CommandCase, type Scenario, wordsFor } from './command.ts';
import { SCENARIOS } from './commands.ts';

/** How long something that comes about by itself may take on a busy machine. */
const SETTLE_MS = 30_000;

/** What we say about fields that are not honoured yet is no word of Kubernetes'. */
const OWN_WARNING = /^Warning: .* by this version of Bramble\n/gm;

/** The oldest, the newest and one in between, which is another for each scenario: all of them together take a processor's minutes. */
function kubectlsOf(scenario: Scenario): Kubectl[] {
  const between = installedKubectls().slice(1, -1);
  const one = between.at(SCENARIOS.indexOf(scenario) % between.length);
  const [oldest, ...newer] = outermostKubectls();
  return [oldest, one, ...newer].filter((kubectl) => kubectl !== undefined);
}

for (const scenario of SCENARIOS) {
  describe(`kubectl: ${scenario.title}`, function () {
    this.timeout(180_000);
    const kubectls = kubectlsOf(scenario);
    const groups = scenario.isAlone ? kubectls.map((kubectl) => [kubectl]) : [kubectls];
    for (const group of groups) {
      describe(group.map(({ version }) => version).join(', '), () => {
        const shells: Shell[] = [];
        before(async () => {
          for (const kubectl of group) shells.push(await enter(scenario, kubectl));
        });
        after(() => Promise.all(shells.map(leave)));
        for (const command of scenario.commands) {
          it(command.run, () => inEvery(shells, (shell) => check(shell, command)));
        }
      });
    }
  });
}

/** Makes a namespace and what the scenario takes for given. */
async function enter(scenario: Scenario, kubectl: Shell['kubectl']): Promise<Shell> {
  const namespace = `${scenario.name}-${kubectl.version.replace('.', '-')}`;
  const shell = new Shell({ kubectl, kubeconfig: cluster.kubeconfig, namespace });
  const files = Object.entries(scenario.files ?? {}).map(([name, text]) => [name, filledIn(text, shell)] as const);
  shell.write(Object.fromEntries(files));
  for (const line of [`kubectl create namespace ${namespace}`, ...(scenario.given ?? [])]) {
    const { code, stdout, stderr } = await shell.run(filledIn(line, shell));
    assert.equal(code, 0, `${line}\n${stdout}${stderr}\n${cluster.log('agent')}`);
  }
  return shell;
}

async function leave(shell: Shell): Promise<void> {
  const { stderr } = await shell.run(`kubectl delete namespace ${shell.namespace} --timeout=60s`);
  shell.close();
  assert.equal(stderr, '');
}

async function check(shell: Shell, command: CommandCase): Promise<void> {
  if ((command.from ?? 0) > shell.minor) return;
  const once = async () => {
    const result = await shell.run(filledIn(command.run, shell));
    const expected = (words: CommandCase['prints']) => filledIn(wordsFor(words, shell.minor) ?? '', shell);
    const all = `${result.stdout}${result.stderr}`;
    assert.equal(result.code, command.exits ?? 0, `exit code, with\n${all}`);
    assertShows(result.stdout, expected(command.prints), 'standard output');
    assertShows(result.stderr.replaceAll(OWN_WARNING, ''), expected(command.complains), 'standard error');
  };
  await (command.settles ? eventually(once, SETTLE_MS) : once());
}

/** All at once; a failure that several versions share is told once. */
async function inEvery(shells: readonly Shell[], act: (shell: Shell) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(shells.map(act));
  const versionsByFailure = new Map<string, string[]>();
  for (const [index, shell] of shells.entries()) {
    const result = results[index];
    if (result?.status !== 'rejected') continue;
    const message = result.reason instanceof Error ? result.reason.message : String(result.reason);
    const failure = message.replaceAll(shell.namespace, '<ns>').replaceAll(/\b\d+[smh]\b/g, '<age>');
    versionsByFailure.set(failure, [...(versionsByFailure.get(failure) ?? []), shell.kubectl.version]);
  }
  if (versionsByFailure.size === 0) return;
  assert.fail(
    [...versionsByFailure].map(([failure, versions]) => `kubectl ${versions.join(', ')}: ${failure}`).join('\n'),
  );
}

function filledIn(template: string, shell: Shell): string {
  return template.replaceAll('<ns>', shell.namespace).replaceAll('<node>', cluster.nodeName);
}
