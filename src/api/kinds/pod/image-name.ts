/** `Always` for `:latest`, said or meant; any other tag, or a digest, is not pulled again. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  const [name = '', digest] = image.split('@');
  const implied = digest === undefined && name !== '' ? 'latest' : undefined;
  return (tagOf(name) ?? implied) === 'latest' ? 'Always' : 'IfNotPresent';
}

/** The tag is what follows a colon behind the last slash: `host:5000/a` has none. */
function tagOf(image: string): string | undefined {
  const name = image.slice(image.lastIndexOf('/') + 1);
  const colon = name.indexOf(':');
  return colon < 0 ? undefined : name.slice(colon + 1);
}
