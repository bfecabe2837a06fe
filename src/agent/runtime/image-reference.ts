import { ImageNameError, type ImageReference, parseImageReference as parse } from '../../lib/images/reference.ts';
import { RuntimeError } from './runtime.ts';

/** As in lib, for those who handle a runtime's errors. @throws RuntimeError InvalidImageName */
export function parseImageReference(text: string): ImageReference {
  try {
    return parse(text);
  } catch (cause) {
    if (cause instanceof ImageNameError) throw new RuntimeError('InvalidImageName', cause.message, { cause });
    throw cause;
  }
}
