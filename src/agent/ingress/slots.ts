/** Where a request may go. */
export interface Server {
  readonly ip: string;
  readonly port: number;
}

/** Places for servers in one backend of the proxy: those that are undefined take no requests. */
export type Slots = readonly (Server | undefined)[];

/** Places come by so many: a rollout fits in, and few changes of scale make the proxy load its configuration anew. */
const STEP = 8;

/** How many places a backend needs when it is made: as many as it has servers, half of that for a rollout, whole steps. */
export function placesFor(count: number): number {
  return Math.ceil((count * 1.5) / STEP) * STEP || STEP;
}

/**
 * Gives servers their places: whoever has one keeps it, since its connections are counted there.
 * @returns undefined when there are too few places.
 */
export function place(servers: readonly Server[], held: Slots): Slots | undefined {
  const wanted = new Map(servers.map((server) => [text(server), server]));
  const kept = held.map((server) => (server && wanted.has(text(server)) ? server : undefined));
  for (const server of kept) if (server) wanted.delete(text(server));
  const waiting = [...wanted.values()];
  const placed = kept.map((server) => server ?? waiting.shift());
  return waiting.length === 0 ? placed : undefined;
}

function text({ ip, port }: Server): string {
  return `${ip}:${port}`;
}
