import type Dockerode from 'dockerode';
import type { Millis } from '../../lib/clock.ts';
import { POD_UID } from './create-options/labels.ts';
import { translateError } from './docker-errors.ts';
import { jsonLines } from './json-lines.ts';
import type { RuntimeEvent } from './runtime.ts';

/** Changes of state. Left out on purpose: exec_*, of which every probe makes three. */
const ACTIONS = ['create', 'start', 'die', 'oom', 'destroy', 'pause', 'unpause'] as const;

interface EventsRequest {
  readonly filters: Readonly<Record<string, string[]>>;
  /** Events from then on are sent again (Docker keeps the last 256), so that none falls between a list and this. */
  readonly since: Millis;
  readonly signal: AbortSignal;
}

interface FollowCallbacks {
  /** The engine has answered: from here on no event is missed. */
  readonly onOpen: () => void;
  readonly onEvent: (event: RuntimeEvent) => void;
}

/** Follows the engine's events until it ends the stream or the signal aborts. @throws RuntimeError Unavailable */
export async function followEvents(
  docker: Dockerode,
  { filters, since, signal }: EventsRequest,
  { onOpen, onEvent }: FollowCallbacks,
): Promise<void> {
  try {
    const stream = await docker.getEvents({
      filters: { ...filters, event: [...ACTIONS] },
      since: since / 1000,
      abortSignal: signal,
    });
    onOpen();
    for await (const line of jsonLines(stream)) {
      const event = parseEvent(line);
      if (event) onEvent(event);
    }
  } catch (error) {
    if (signal.aborted) return;
    throw translateError(error, 'follow events');
  }
}

/** One line of Docker's event stream; undefined for what is not a pod's. */
export function parseEvent(line: unknown): RuntimeEvent | undefined {
  const { Action, Actor } = line as { Action?: string; Actor?: { ID?: string; Attributes?: Record<string, string> } };
  const podUid = Actor?.Attributes?.[POD_UID];
  if (podUid === undefined || Actor?.ID === undefined) return undefined;
  return { podUid, containerId: Actor.ID, action: actionOf(Action) };
}

function actionOf(action: string | undefined): RuntimeEvent['action'] {
  switch (action) {
    case 'create':
    case 'start':
    case 'die':
    case 'oom':
    case 'destroy':
      return action;
    default:
      return 'other';
  }
}
