import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { ConfigError } from '../lib/config-check.ts';

const LEAST = 8;

/**
 * From a file, from the environment's BRAMBLE_PASSPHRASE or from the terminal, where it is not shown.
 * @param isNew asked for twice, and not too short. @throws ConfigError when there is none.
 */
export async function readPassphrase(file: string | undefined, isNew: boolean): Promise<string> {
  const given = file === undefined ? process.env.BRAMBLE_PASSPHRASE : readFile(file);
  if (given === undefined && !process.stdin.isTTY) {
    throw new ConfigError([
      'passphrase-file: is needed where there is no terminal (or BRAMBLE_PASSPHRASE in the environment)',
    ]);
  }
  const passphrase = given ?? (await ask('Passphrase: '));
  if (isNew && passphrase.length < LEAST)
    throw new ConfigError([`passphrase-file: must hold ${LEAST} characters or more`]);
  if (given === undefined && isNew && (await ask('Once more: ')) !== passphrase) {
    throw new ConfigError(['passphrase-file: the two differ']);
  }
  return passphrase;
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new ConfigError([`passphrase-file: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  // Readline shows what is typed by writing it to its output.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
