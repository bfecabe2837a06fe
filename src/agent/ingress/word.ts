/** The last fence: what others wrote stands in the configuration as a word of these characters, or not at all. */
export function word(text: string): string {
  if (!/^[A-Za-z0-9._-]+$/.test(text)) throw new Error(`"${text}" may not stand in the proxy's configuration`);
  return text;
}
