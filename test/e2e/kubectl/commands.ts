import type { Scenario } from './command.ts';
import { APPLY } from './commands/apply.ts';
import { ASK } from './commands/ask.ts';
import { CHANGE } from './commands/change.ts';
import { CREATE } from './commands/create.ts';
import { DELETE } from './commands/delete.ts';
import { DESCRIBE } from './commands/describe.ts';
import { GET } from './commands/get.ts';
import { NETWORKING } from './commands/networking.ts';
import { NODE } from './commands/node.ts';
import { STREAMS } from './commands/streams.ts';
import { WAIT } from './commands/wait.ts';

/** Every command line that is held against Kubernetes' own words. */
export const SCENARIOS: readonly Scenario[] = [
  GET,
  DESCRIBE,
  APPLY,
  CREATE,
  CHANGE,
  DELETE,
  WAIT,
  ASK,
  STREAMS,
  NODE,
  NETWORKING,
];
