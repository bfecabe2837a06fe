import { spawn } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unpackPackages } from '../packages.ts';
import { runCommand } from '../run-command.ts';
import type { ImageRecipe } from './recipes.ts';

/** Of no use in a container. */
const NOT_NEEDED = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/perl', 'usr/share/perl5'];

/** Makes one image from its recipe and gives it to the engine under `tag`. */
export async function buildImage(recipe: ImageRecipe, tag: string): Promise<void> {
  const root = await importableRoot(recipe);
  try {
    await importRoot(root, recipe.changes, tag);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** @returns a new folder that holds what will be the image's /; to be removed by the caller */
export async function importableRoot(recipe: ImageRecipe): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'bramble-image-'));
  try {
    await unpackPackages(recipe.packages, root);
    await prepareRoot(recipe, root);
    return root;
  } catch (error) {
    rmSync(root, { recursive: true, force: true });
    throw error;
  }
}

async function prepareRoot({ packages, files, folders }: ImageRecipe, root: string): Promise<void> {
  // Dependencies bring it along; it counts where it was asked for.
  const perl = packages.includes('perl-base') ? [] : ['usr/lib/x86_64-linux-gnu/perl-base'];
  for (const folder of [...NOT_NEEDED, ...perl]) rmSync(join(root, folder), { recursive: true, force: true });
  mergeUsr(root);
  for (const folder of folders) mkdirSync(join(root, folder), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  // mkdtemp makes 0700; the folder becomes the container's /.
  chmodSync(root, 0o755);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  await linkApplets(root);
}

/** Since Debian 13 packages hold everything below /usr, and the links to there are made by the installer, not by a package. */
function mergeUsr(root: string): void {
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
    const isMissing = !lstatSync(join(root, folder), { throwIfNoEntry: false });
    if (isMissing && existsSync(join(root, 'usr', folder))) symlinkSync(`usr/${folder}`, join(root, folder));
  }
}

/** Busybox stands in for every program that no package brought: sh, ls, cat, wget ... */
async function linkApplets(root: string): Promise<void> {
  const busybox = [join(root, 'bin/busybox'), join(root, 'usr/bin/busybox')].find((path) => existsSync(path));
  if (!busybox) return;
  const applets = (await runCommand(busybox, ['--list'])).trim().split('\n');
  for (const applet of applets) {
    const places = ['bin', 'usr/bin', 'sbin', 'usr/sbin'].map((folder) => join(root, folder, applet));
    if (places.some((place) => lstatSync(place, { throwIfNoEntry: false }))) continue;
    symlinkSync(busybox.slice(root.length), join(dirname(busybox), applet));
  }
}

/** `tar | docker import`, without a shell between them. */
function importRoot(root: string, changes: readonly string[], tag: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const tar = spawn('tar', ['-C', root, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const docker = spawn('docker', ['import', ...changes.flatMap((change) => ['-c', change]), '-', tag], {
      stdio: [tar.stdout, 'ignore', 'inherit'],
    });
    // The child has its own copy of the pipe's end; ours must go, or a failing import leaves tar waiting.
    tar.stdout.destroy();
    for (const child of [tar, docker]) child.once('error', reject);
    docker.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`docker import ${tag} ended with ${code}`)),
    );
  });
}
