import { NODE } from '../../api/kinds/node.ts';
import { type ApiError, conflict } from '../../api/meta/errors.ts';
import type { Node } from '../../api/types.ts';
import { KEY_ANNOTATION } from './node-plan.ts';

/** A label's value, as `kubernetes.io/hostname` is one, has at most 63 characters; the longest suffix takes 9. */
const MAX_BASE = 54;

/**
 * The names that a machine may get, best first. A name that somebody chose is the only one; a host name that another key holds
 * gets a few digits of the machine's own key: the same ones however often it joins.
 */
export function candidateNames(wanted: string, keyHash: string, mayRename: boolean): string[] {
  if (!mayRename) return [wanted];
  const base = wanted.slice(0, MAX_BASE).replace(/[^a-z0-9]+$/, '');
  return [wanted, ...[4, 8].map((digits) => `${base}-${keyHash.slice(0, digits)}`)];
}

/** Whether a key may have the name of this Node: nobody holds it, or that very key. */
export function isFree(node: Node, keyHash: string): boolean {
  const held = node.metadata.annotations?.[KEY_ANNOTATION];
  return !held || held === keyHash;
}

/** Whether the machine behind a Node has stopped speaking: it is Unknown 10 s later. One that has not said anything yet is just joining. */
export function isSilent(node: Node): boolean {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'Unknown';
}

/** Why a name is refused to a second key, and what to do. */
export function nameTaken(name: string): ApiError {
  const ways = [
    `if this is the same machine set up anew, join with --replace (or \`kubectl delete node ${name}\` on the master and join again)`,
    'else give this one its own --node-name',
  ];
  return conflict(NODE, name, `another machine has joined under this name: ${ways.join('; ')}`);
}

/** Why `--replace` is refused. */
export function stillThere(name: string): ApiError {
  const reason = `the machine that holds this name is connected right now, so it can't be replaced: switch it off (its node is NotReady some 10 s later) and join again, or give this one its own --node-name`;
  return conflict(NODE, name, reason);
}
