import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { importableRoot } from '../../src/cli/up/images/build-image.ts';
import { type ImageRecipe, RECIPES } from '../../src/cli/up/images/recipes.ts';
import { runCommand } from '../../src/cli/up/run-command.ts';
import { ImageFiles } from './image-files.ts';

/** Kept from lab to lab: making them takes a minute, and asks Debian's mirror. `npm run lab -- down --images` removes them. */
const CACHE = '/var/tmp/bramble-lab-images';
/** Raised with every change of how images are made from recipes. */
const FORMAT = 2;

/** Those that Docker Hub has for one architecture only. */
const AMD64_ONLY: ReadonlySet<string> = new Set(['nginx:1.11']);

/**
 * The images that plain manifests name, as files of a registry.
 * Each is built once, from Debian's packages for amd64. What is listed as arm64 beside it says so and holds the same files: it is
 * there to be chosen by a scheduler that reads manifest lists, not to be run.
 * @returns the registry's folder
 */
export async function provideImages(say: (what: string) => void): Promise<string> {
  const folder = join(
    CACHE,
    createHash('sha256')
      .update(JSON.stringify([FORMAT, RECIPES]))
      .digest('hex')
      .slice(0, 16),
  );
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(CACHE, 'work-'));
  try {
    const files = new ImageFiles(join(work, 'registry'));
    // Recipes of the same packages share what takes long.
    for (const [packages, recipes] of Map.groupBy(RECIPES, (recipe) => recipe.packages.join(' '))) {
      say(packages);
      for (const recipe of recipes) await addImage(files, recipe, work);
    }
    renameUnlessThere(join(work, 'registry'), folder);
    return folder;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Someone else may have been faster; theirs is as good. */
function renameUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

export function removeImages(): void {
  rmSync(CACHE, { recursive: true, force: true });
}

async function addImage(files: ImageFiles, recipe: ImageRecipe, work: string): Promise<void> {
  const archive = join(work, 'layer.tar.gz');
  const root = await importableRoot(recipe);
  try {
    await runCommand('tar', ['-C', root, '-c', '-z', '-f', archive, '.']);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  const architectures = AMD64_ONLY.has(recipe.reference) ? ['amd64'] : ['amd64', 'arm64'];
  files.add(recipe, readFileSync(archive), architectures);
}
