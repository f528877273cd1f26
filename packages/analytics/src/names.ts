import { PermanentError } from '@swarmledger/runtime';

/** Names that are put into SQL as they are: databases and formats. @throws PermanentError invalid_config */
export function assertSafeName(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new PermanentError(
      'invalid_config',
      `${JSON.stringify(name)} is not a plain name of letters, digits and "_"`,
    );
  }
}
