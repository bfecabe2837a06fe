/** One test of the official suite. */
export interface OfficialTest {
  readonly feature: string;
  readonly name: string;
}

/** Reads `tests.tsv`: a heading, then feature and name. @throws Error for a line that is neither. */
export function parseCatalogue(text: string): OfficialTest[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.slice(1).map((line) => {
    const [feature, name, ...rest] = line.split('\t');
    if (!feature || !name || rest.length > 0) throw new Error(`tests.tsv: not a feature and a name: ${line}`);
    return { feature, name };
  });
}

/**
 * The tests that the words on the command line mean: features, or parts of names; all without words.
 * @throws Error for a word that means none.
 */
export function select(catalogue: readonly OfficialTest[], words: readonly string[]): readonly OfficialTest[] {
  if (words.length === 0) return catalogue;
  const chosen = new Set<OfficialTest>();
  for (const word of words) {
    const ofFeature = catalogue.filter(({ feature }) => feature === word);
    const found = ofFeature.length > 0 ? ofFeature : catalogue.filter(({ name }) => name.includes(word));
    if (found.length === 0) throw new Error(`no feature or test is called ${word}; tests.tsv has them all`);
    for (const test of found) chosen.add(test);
  }
  return catalogue.filter((test) => chosen.has(test));
}
