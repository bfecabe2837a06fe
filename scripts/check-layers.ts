/**
 * Checks what the linter does not know: which folder may import which, and how long a file may be.
 * Prints each finding as `file: what` and exits 1 when there is any.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const MAX_LINES = 400;

/** Each layer with those it may import beside itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  api: [],
  lib: ['api'],
  rpc: ['api', 'lib'],
  master: ['api', 'lib', 'rpc'],
  agent: ['api', 'lib', 'rpc'],
  cli: ['api', 'lib', 'rpc', 'master', 'agent'],
};

/** Packages that one file or folder alone may import: foreign errors and types are translated there. */
const ONLY_IMPORTER: Readonly<Record<string, RegExp>> = {
  dockerode: /^src\/agent\/runtime\//,
  'node:sqlite': /^src\/master\/store\//,
  '@grpc/grpc-js': /^src\/(rpc|master\/nodes|agent\/uplink|agent\/pods\/probes)\//,
};

interface Finding {
  readonly file: string;
  readonly what: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('/generated/'));
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

function layerOf(file: string): string | undefined {
  return /^src\/([^/]+)\//.exec(file)?.[1];
}

function importFindings(file: string, text: string): Finding[] {
  const findings: Finding[] = [];
  const isTest = file.endsWith('.test.ts');
  for (const specifier of importsOf(text)) {
    const only = ONLY_IMPORTER[specifier];
    if (only && file.startsWith('src/') && !isTest && !only.test(file)) {
      findings.push({ file, what: `imports ${specifier}, which only ${only.source} may` });
    }
    if (!specifier.startsWith('.')) continue;
    const target = relative(ROOT, resolve(ROOT, dirname(file), specifier));
    const [from, to] = [layerOf(file), layerOf(target)];
    const isAllowed = !from || !to || from === to || MAY_IMPORT[from]?.includes(to);
    if (!isAllowed) findings.push({ file, what: `imports ${target}: ${from} may not import ${to}` });
    if (from && !to && !isTest && !target.startsWith('package.json')) {
      findings.push({ file, what: `imports ${target}, which lies outside src/` });
    }
  }
  return findings;
}

function sizeFindings(file: string, text: string): Finding[] {
  const lines = text.split('\n').length - 1;
  // Tables of data may be longer; they say so in their first line.
  const isTable = /table|data/i.test(text.slice(0, text.indexOf('\n')));
  return lines > MAX_LINES && !isTable
    ? [{ file, what: `${lines} lines; ${MAX_LINES} is the limit: look for the seam` }]
    : [];
}

const findings = ['src', 'test', 'scripts'].flatMap(sources).flatMap((file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...importFindings(file, text), ...sizeFindings(file, text)];
});
for (const { file, what } of findings) console.error(`${file}: ${what}`);
process.exitCode = findings.length > 0 ? 1 : 0;
