import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { METRIC } from '../lan-addresses/links.ts';
import { LineSource } from './line-source.ts';

/** How the kernel tells of an address that is held for Services. */
const LAN_ADDRESS = `/32 metric ${METRIC} `;

/**
 * Whether a line of `ip -4 monitor link address route` may be about something the pod network rests on. Pods come and go
 * with their ports (`veth...`), and the bridge tells of each of them: of that only its end counts.
 */
export function isNetworkEvent(line: string, bridge: string): boolean {
  if (!/^\S/.test(line)) return false; // goes on about the line before
  // Addresses of Services, which are told again and again how long they last: only that one is gone counts.
  if (line.includes(LAN_ADDRESS) && !line.startsWith('Deleted')) return false;
  if (/\bveth|\bbr-[0-9a-f]{12}\b|\bdocker\d/.test(line)) return false;
  return line.startsWith('Deleted') || !new RegExp(`\\b${bridge}\\b`).test(line);
}

/** The chains that ours hang on, and Docker's that a flush empties along with them. */
const HOOKS = /\b(INPUT|FORWARD|POSTROUTING|DOCKER-USER)\b/;

/** Whether a line of `nft monitor destroy rules` may be about a rule of ours: somebody flushed the firewall. */
export function isFirewallEvent(line: string, chainPrefix: string, table = ''): boolean {
  const isOurs = line.includes(`${chainPrefix}-`) || (table !== '' && line.includes(` ip ${table} services `));
  return line.startsWith('delete') && (isOurs || HOOKS.test(line));
}

export interface NetworkEventsOptions {
  readonly bridge: string;
  readonly chainPrefix: string;
  /** The nftables table of Services. */
  readonly table: string;
  /** Something changed; comes in bursts. */
  readonly onEvent: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Links, addresses, routes and firewall rules of this machine, as they change under whoever's hands. */
export function networkEvents({ bridge, chainPrefix, table, onEvent, clock, log }: NetworkEventsOptions): Part[] {
  const source = (program: string, args: string[], isRelevant: (line: string) => boolean) =>
    new LineSource({
      program,
      args,
      onLine: (line) => {
        if (isRelevant(line)) onEvent();
      },
      onStart: onEvent,
      clock,
      log,
    });
  return [
    source('ip', ['-4', 'monitor', 'link', 'address', 'route'], (line) => isNetworkEvent(line, bridge)),
    // Rules of the legacy back end tell nothing here: the sweep finds those.
    source('nft', ['monitor', 'destroy', 'rules'], (line) => isFirewallEvent(line, chainPrefix, table)),
  ];
}
