import { type LanLink, linkFor } from './links.ts';

export type Action =
  /** It is not, or no longer, ours to hold there. */
  | { readonly do: 'remove'; readonly address: string; readonly link: string }
  /** It is held for so much longer. */
  | { readonly do: 'refresh'; readonly address: string; readonly link: string; readonly seconds: number }
  /** To be held when nobody else has it. */
  | { readonly do: 'take'; readonly address: string; readonly link: string };

/**
 * Decides which addresses this node holds. The kernel lets each go by itself when its time is over, so a node that is cut off from
 * the master, and one whose agent is dead, has none when the master gives them to another.
 * @param wanted what the master gave to this node
 * @param restMs how long the node may still count as in touch with the master
 */
export function plan(wanted: readonly string[], links: readonly LanLink[], restMs: number): Action[] {
  const actions: Action[] = [];
  const places = new Map(wanted.map((address) => [address, linkFor(address, links)?.name]));
  for (const { name, held } of links)
    for (const address of held) if (places.get(address) !== name) actions.push({ do: 'remove', address, link: name });
  if (restMs <= 0) return actions;
  for (const [address, link] of places) {
    if (link === undefined) continue;
    const isHeld = links.some(({ name, held }) => name === link && held.includes(address));
    // The kernel counts whole seconds.
    if (isHeld) actions.push({ do: 'refresh', address, link, seconds: Math.ceil(restMs / 1000) });
    else actions.push({ do: 'take', address, link });
  }
  return actions;
}
