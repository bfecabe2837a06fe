import { badRequest } from '../../api/meta/errors.ts';
import type { AttachRequest, ExecRequest } from '../../rpc/messages.ts';
import { isTrue } from '../apiserver/http/request-info.ts';

/**
 * Which of its streams a client wants. With a terminal there is one output: stderr is left out.
 * @throws ApiError BadRequest when it wants none (kubelet, remotecommand.NewOptions).
 */
export function parseAttachOptions(query: URLSearchParams): AttachRequest {
  const tty = isTrue(query.get('tty'));
  const stdin = isTrue(query.get('stdin'));
  const stdout = isTrue(query.get('stdout'));
  const stderr = isTrue(query.get('stderr')) && !tty;
  if (!stdin && !stdout && !stderr) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  return { stdin, stdout, stderr, tty };
}

/** The same with a command line. @throws ApiError BadRequest */
export function parseExecOptions(query: URLSearchParams): ExecRequest {
  const command = query.getAll('command');
  if (command.length === 0) throw badRequest('you must specify at least one command for the container');
  return { command, ...parseAttachOptions(query) };
}
