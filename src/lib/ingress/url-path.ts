/** What may not stand in the path of a request line as it is (RFC 3986), a per cent sign that encodes nothing included. */
const TO_ENCODE = /%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/gu;

/**
 * A path as it stands in a request line: whatever may not stand there is percent-encoded, so that the text holds neither blanks
 * nor line ends nor double quotes, whoever wrote it. `/a b/%C3%B6` is `/a%20b/%C3%B6`.
 */
export function encodedPath(path: string): string {
  return path.replace(TO_ENCODE, (character) =>
    Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '%$&'),
  );
}
