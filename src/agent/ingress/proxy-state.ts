import { serverName } from './haproxy-config.ts';
import type { Server, Slots } from './slots.ts';

/** What a running proxy says of itself. */
export interface ProxyState {
  readonly pid: number;
  /** Of the configuration it has loaded: `RenderedProxy.structure`. */
  readonly structure: string;
  /** By the name of their backend. */
  readonly slots: ReadonlyMap<string, Slots>;
}

/** The bit of srv_admin_state for a server that somebody took out of service. */
const IN_MAINTENANCE = 0x01;

/**
 * Reads what `show info` and `show servers state` answer (haproxy's management guide).
 * @throws Error when there is no pid in it.
 */
export function parseProxyState(info: string, servers: string): ProxyState {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(info)?.[1]?.trim();
  const pid = Number(field('Pid'));
  if (!Number.isInteger(pid) || pid <= 0) throw new Error('the proxy does not tell its pid');
  return { pid, structure: field('description') ?? '', slots: parseServers(servers) };
}

/** The first lines are the format's version and the names of its columns. */
function parseServers(text: string): Map<string, Slots> {
  const [, header = '', ...rows] = text.split('\n');
  const columns = header.replace(/^# /, '').split(' ');
  const slots = new Map<string, (Server | undefined)[]>();
  for (const row of rows) {
    const cells = row.split(' ');
    const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
    const index = placeOf(cell('srv_name'));
    if (index === undefined) continue;
    const places = slots.get(cell('be_name')) ?? [];
    slots.set(cell('be_name'), places);
    const isOff = (Number(cell('srv_admin_state')) & IN_MAINTENANCE) !== 0;
    places[index] = isOff ? undefined : { ip: cell('srv_addr'), port: Number(cell('srv_port')) };
  }
  return slots;
}

/** The inverse of `serverName`; undefined for a server that has no place. */
function placeOf(name: string): number | undefined {
  const index = Number(/^s(\d+)$/.exec(name)?.[1] ?? 0) - 1;
  return index >= 0 && serverName(index) === name ? index : undefined;
}
