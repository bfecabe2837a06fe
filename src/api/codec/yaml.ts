import { boolCoreTag, CORE_SCHEMA, load, mergeTag, NOT_RESOLVED, YAMLException } from 'js-yaml';
import { MAX_DEPTH } from './json-scan.ts';

/** Nodes that one document may expand to: aliases of aliases multiply. */
const MAX_NODES = 1_000_000;

const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);

/** YAML 1.2 with what Kubernetes' reader keeps of 1.1: merge keys, and the words of a boolean. */
const SCHEMA = CORE_SCHEMA.withTags(mergeTag, {
  ...boolCoreTag,
  implicitFirstChars: [...'yYnNtTfFoO'],
  resolve: (source: string) => (TRUE.has(source) ? true : FALSE.has(source) ? false : NOT_RESOLVED),
});

export interface ParsedYaml {
  readonly value: unknown;
  /** Keys that are written twice, in the words of Go's YAML reader; the last one won. */
  readonly strictErrors: readonly string[];
}

/**
 * Reads one document.
 * @throws Error with what is wrong, and where, in its message.
 */
export function parseYaml(text: string): ParsedYaml {
  try {
    return { value: checked(load(text, { schema: SCHEMA })), strictErrors: [] };
  } catch (err) {
    if (!(err instanceof YAMLException) || err.reason !== 'duplicated mapping key') throw inGoWords(err);
    const value = checked(load(text, { schema: SCHEMA, json: true }));
    return { value, strictErrors: [duplicateMessage(text, err)] };
  }
}

function inGoWords(err: unknown): unknown {
  if (!(err instanceof YAMLException)) return err;
  const line = err.mark ? `line ${err.mark.line + 1}: ` : '';
  return new Error(`yaml: ${line}${err.reason}`, { cause: err });
}

function duplicateMessage(text: string, err: YAMLException): string {
  const line = err.mark?.line ?? 0;
  const key = /^[\s-]*["']?([^"':]*)/.exec(text.split('\n')[line] ?? '')?.[1] ?? '';
  return `yaml: unmarshal errors:\n  line ${line + 1}: key "${key}" already set in map`;
}

function checked(value: unknown): unknown {
  let nodes = 0;
  const visit = (node: unknown, depth: number): void => {
    nodes += 1;
    if (nodes > MAX_NODES) throw new Error('yaml: document contains excessive aliasing');
    if (depth > MAX_DEPTH) throw new Error('yaml: exceeded max depth');
    if (typeof node !== 'object' || node === null) return;
    for (const member of Object.values(node)) visit(member, depth + 1);
  };
  visit(value, 0);
  return value;
}
