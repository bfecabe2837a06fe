import { run } from './command.ts';
import { clusterCidrIn, planRemoval, planRules, type RuleAction, type RuleSettings } from './rules.ts';

/** Docker and ufw hold the lock for moments. */
const WAIT = ['-w', '5'];

/** Makes the node's iptables what they must be. @returns how many actions it took; 0 when all was right */
export async function ensureRules(settings: RuleSettings): Promise<number> {
  const actions = planRules(await run('iptables-save', []), settings);
  for (const action of actions) await perform(action);
  return actions.length;
}

/** The range of the cluster whose pods these rules let through; '' when there are none. */
export async function clusterCidrOfRules(chainPrefix: string): Promise<string> {
  return clusterCidrIn(await run('iptables-save', []), chainPrefix);
}

/** Takes our rules and chains away. */
export async function removeRules(chainPrefix: string): Promise<void> {
  for (const action of planRemoval(await run('iptables-save', []), chainPrefix)) await perform(action);
}

async function perform(action: RuleAction): Promise<void> {
  if (action.do === 'restore') await run('iptables-restore', [...WAIT, '--noflush'], action.text);
  else await run('iptables', [...WAIT, ...action.args]);
}
