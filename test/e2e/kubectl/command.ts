/** What a screen shows: the same in every kubectl, or by the minor version from which on it reads so, oldest first. */
export type Words = string | readonly (readonly [fromMinor: number, words: string])[];

/** A command line and what a person sees of it. `<ns>` and `<node>` stand for the namespace and the node in all three texts. */
export interface CommandCase {
  readonly run: string;
  /** Standard output, as `test/lib/screen.ts` reads expected words; nothing when left out. */
  readonly prints?: Words;
  /** Standard error, the same way. */
  readonly complains?: Words;
  /** Exit code; 0 when left out. */
  readonly exits?: number;
  /** The first minor version of kubectl that has this command line. */
  readonly from?: number;
  /** Tried again until it shows this: what is asked for comes about by itself. */
  readonly settles?: boolean;
}

/** A story of command lines, told in a namespace of its own, in order, by every installed kubectl. */
export interface Scenario {
  readonly title: string;
  /** A part of the namespace's name. */
  readonly name: string;
  /** Files in the folder where the commands run. */
  readonly files?: Readonly<Record<string, string>>;
  /** Run before the first command; must exit with 0. */
  readonly given?: readonly string[];
  readonly commands: readonly CommandCase[];
  /** Other versions would get in its way: one version after the other. */
  readonly isAlone?: boolean;
}

/** The words for one version. @returns undefined when none are expected of it. */
export function wordsFor(words: Words | undefined, minor: number): string | undefined {
  if (words === undefined || typeof words === 'string') return words;
  return words.findLast(([fromMinor]) => minor >= fromMinor)?.[1];
}
