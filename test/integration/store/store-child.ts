/** Serves one store to its parent process, so that the parent can do to this process's disk what it likes. */
import { ApiError } from '../../../src/api/meta/errors.ts';
import { openStore } from './open-store.ts';

export type StoreCall =
  | { readonly id: number; readonly do: 'get'; readonly key: string }
  | { readonly id: number; readonly do: 'create'; readonly key: string; readonly value: string }
  | { readonly id: number; readonly do: 'close' };

export interface StoreAnswer {
  readonly id: number;
  readonly value?: string;
  /** The ApiError's reason, or the error's text. */
  readonly failure?: string;
}

const [directory = '', logBytes = '1000000'] = process.argv.slice(2);
const store = await openStore(directory, { stallMs: 200, logBytes: Number(logBytes) });

async function perform(call: StoreCall): Promise<string | undefined> {
  if (call.do === 'get') return (await store.get(call.key))?.value;
  if (call.do === 'create') return (await store.create(call.key, call.value)).done ? 'done' : 'refused';
  await store.close();
  return undefined;
}

process.on('message', (call: StoreCall) => {
  void perform(call).then(
    (value) => process.send?.({ id: call.id, ...(value === undefined ? {} : { value }) } satisfies StoreAnswer),
    (error: Error) =>
      process.send?.({
        id: call.id,
        failure: error instanceof ApiError ? error.reason : error.message,
      } satisfies StoreAnswer),
  );
});
process.send?.({ id: 0 } satisfies StoreAnswer);
