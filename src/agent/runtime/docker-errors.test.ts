import assert from 'node:assert/strict';
import { translateError, translatePullError } from './docker-errors.ts';
import { RuntimeError, type RuntimeErrorCode } from './runtime.ts';

function engineError(statusCode: number, message: string): Error {
  const text = `(HTTP code ${statusCode}) server error - ${message} `;
  return Object.assign(new Error(text), { statusCode, json: { message } });
}

describe('Docker’s failures', () => {
  const cases: [Error, RuntimeErrorCode][] = [
    [engineError(404, 'No such container: x'), 'NotFound'],
    [engineError(409, 'Conflict. The container name "/x" is already in use'), 'Conflict'],
    [
      engineError(
        500,
        'driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:80 failed: port is already allocated',
      ),
      'PortTaken',
    ],
    [
      engineError(
        500,
        'driver failed: Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use',
      ),
      'PortTaken',
    ],
    [engineError(500, 'failed to bind host port 0.0.0.0:80/tcp: address already in use'), 'PortTaken'],
    [engineError(403, 'Address already in use'), 'AddressTaken'],
    [engineError(500, 'mkdir /var/lib/docker/x: no space left on device'), 'DiskFull'],
    [engineError(500, 'something else'), 'Internal'],
    [Object.assign(new Error('connect ENOENT /var/run/docker.sock'), { code: 'ENOENT' }), 'Unavailable'],
    [Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), 'Unavailable'],
  ];
  for (const [error, code] of cases)
    it(`become ${code}: ${error.message}`, () => {
      const translated = translateError(error, 'do it');
      assert.ok(translated instanceof RuntimeError);
      assert.equal(translated.code, code);
      assert.equal(translated.cause, error);
    });

  it('keep the engine’s own sentence', () => {
    assert.equal(translateError(engineError(500, 'it broke'), 'x').message, 'it broke');
    assert.equal(translateError(new Error('(HTTP code 400) bad parameter - no - really '), 'x').message, 'no - really');
  });

  it('leave an abort and our own errors as they are', () => {
    const abort = new DOMException('gone', 'AbortError');
    assert.equal(translateError(abort, 'x'), abort);
    const own = new RuntimeError('Internal', 'x');
    assert.equal(translateError(own, 'x'), own);
  });

  const pulls: [string, RuntimeErrorCode][] = [
    ['manifest for nginx:none not found: manifest unknown: manifest unknown', 'ImageNotFound'],
    ["pull access denied for x, repository does not exist or may require 'docker login': denied", 'ImageNotFound'],
    ['Head "https://r.io/v2/a/manifests/1": unauthorized: incorrect username or password', 'ImageUnauthorized'],
    ['Head "http://127.0.0.1:1/v2/a/manifests/1": no basic auth credentials', 'ImageUnauthorized'],
    ['Get "https://r.io/v2/": dial tcp 127.0.0.1:1: connect: connection refused', 'RegistryUnavailable'],
    ['Get "https://r.io/v2/": dial tcp: lookup r.io: no such host', 'RegistryUnavailable'],
    [
      'Get "https://r.io/v2/": net/http: request canceled while waiting (Client.Timeout exceeded)',
      'RegistryUnavailable',
    ],
    ['Get "https://r.io/v2/": http: server gave HTTP response to HTTPS client', 'RegistryUnavailable'],
    ['toomanyrequests: You have reached your pull rate limit', 'RegistryUnavailable'],
    ['no matching manifest for linux/arm/v7 in the manifest list entries', 'WrongArchitecture'],
    ['write /var/lib/docker/tmp/GetImageBlob1: no space left on device', 'DiskFull'],
    ['invalid reference format', 'InvalidImageName'],
    ['layers from manifest do not match', 'Internal'],
  ];
  for (const [message, code] of pulls)
    it(`become ${code} in a pull: ${message}`, () => {
      const translated = translatePullError(new Error(message), 'x');
      assert.ok(translated instanceof RuntimeError);
      assert.equal(translated.code, code);
      assert.equal(translated.message, message);
    });
});
