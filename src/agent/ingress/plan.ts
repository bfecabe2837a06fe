import {
  type ProxyContent,
  type ProxySettings,
  type RenderedProxy,
  renderProxy,
  serverName,
} from './haproxy-config.ts';
import type { ProxyState } from './proxy-state.ts';
import { place, placesFor, type Slots } from './slots.ts';

export type ProxyAction =
  | { readonly do: 'nothing' }
  | { readonly do: 'stop'; readonly pid: number }
  /** A new process takes the place of the one with that pid, if there is one. */
  | { readonly do: 'launch'; readonly rendered: RenderedProxy; readonly instead: number | undefined }
  /** The running one is told of servers. */
  | { readonly do: 'tell'; readonly commands: readonly string[] };

/**
 * Decides what brings the proxy to what it is to serve.
 * @param content undefined when nothing is to be served
 * @param running undefined when none runs
 */
export function planProxy(
  content: ProxyContent | undefined,
  settings: ProxySettings,
  running: ProxyState | undefined,
): ProxyAction {
  if (!content) return running ? { do: 'stop', pid: running.pid } : { do: 'nothing' };
  const places = placesOf(content, running);
  const rendered = renderProxy(content, settings, places);
  if (running?.structure !== rendered.structure) return { do: 'launch', rendered, instead: running?.pid };
  const commands = [...places].flatMap(([backend, slots]) => changes(backend, running.slots.get(backend) ?? [], slots));
  return commands.length > 0 ? { do: 'tell', commands } : { do: 'nothing' };
}

/** Servers keep the places that they have; a backend whose places do not suffice gets new ones, and with them another structure. */
function placesOf({ backends }: ProxyContent, running: ProxyState | undefined): Map<string, Slots> {
  const inside = backends.filter(({ external }) => !external);
  return new Map(
    inside.map(({ name, servers }): [string, Slots] => {
      const held = running?.slots.get(name);
      const fresh = () => [...servers, ...Array(placesFor(servers.length) - servers.length).fill(undefined)];
      return [name, (held && place(servers, held)) ?? fresh()];
    }),
  );
}

/** Newcomers first: there is no moment without a server when all of them change. */
function changes(backend: string, held: Slots, wanted: Slots): string[] {
  const coming: string[] = [];
  const going: string[] = [];
  for (const [index, server] of wanted.entries()) {
    const before = held[index];
    const name = `${backend}/${serverName(index)}`;
    if (server?.ip === before?.ip && server?.port === before?.port) continue;
    if (!server) going.push(`set server ${name} state maint`);
    else {
      // What still runs to the pod that had the place before is cut off from nothing: connections keep their address.
      if (before) coming.push(`set server ${name} state maint`);
      coming.push(`set server ${name} addr ${server.ip} port ${server.port}`, `set server ${name} state ready`);
    }
  }
  return [...coming, ...going];
}
