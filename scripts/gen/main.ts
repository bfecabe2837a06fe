/** Makes src/api/generated/ (not committed) out of installed packages; run by `npm run gen` and after every `npm ci`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Descriptions } from '../../src/api/schema/structure.ts';
import { buildStructure } from './build-structure.ts';
import { readFormats } from './read-formats.ts';
import { type Model, readModels } from './read-models.ts';

const root = join(import.meta.dirname, '../..');
const nodeModules = join(root, 'node_modules');

function descriptionsOf(models: readonly Model[]): Descriptions {
  return models.map((model) => [model.description, ...(model.fields ?? []).map((field) => field.description)]);
}

function generate(): void {
  const models = readModels(nodeModules);
  const structure = buildStructure(models, (id) => readFormats(nodeModules, id));
  const folder = join(root, 'src/api/generated');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'structure.json'), JSON.stringify(structure));
  writeFileSync(join(folder, 'descriptions.json.gz'), gzipSync(JSON.stringify(descriptionsOf(models)), { level: 9 }));
}

// TODO(when src/rpc reads generated types): proto-loader-gen-types of proto/ into src/rpc/generated/ runs here.
generate();
