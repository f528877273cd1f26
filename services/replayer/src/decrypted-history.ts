import { openPayload, type DataKeys } from '@swarmledger/encryption';
import type { ProjectHistory, StoredEvent } from '@swarmledger/ledger';
import { ProtocolError, type Payload } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';

/** Of the project's tenant. Undefined: the reader has none. Asked for once something encrypted is read. */
export type LoadDataKeys = () => Promise<DataKeys | undefined>;

/**
 * The history with payloads decrypted, for who has the tenant's keys. What they do not open stays encrypted: one event that somebody
 * sealed under another key must not hide the others. `raw` stays as it was committed. For reading events: a decrypted change is in no
 * tree, since the ledger could not read it.
 */
export function decryptHistory(history: ProjectHistory, load: LoadDataKeys): ProjectHistory {
  let loading: Promise<DataKeys | undefined> | undefined;
  const decrypt = async (stored: StoredEvent): Promise<StoredEvent> => {
    const { event } = stored;
    const { payload } = event;
    if (payload.kind !== 'encrypted') return stored;
    const keys = await (loading ??= load());
    const opened = keys === undefined ? undefined : tryOpen(() => openPayload(keys, event, payload));
    return opened === undefined ? stored : { ...stored, event: { ...event, payload: opened } };
  };
  return {
    events: (...call) => decryptEach(history.events(...call), decrypt),
    find: async (...call) => {
      const stored = await history.find(...call);
      return stored === undefined ? undefined : decrypt(stored);
    },
    head: (...call) => history.head(...call),
    latest: (...call) => history.latest(...call),
    receipts: (...call) => history.receipts(...call),
    tree: (...call) => history.tree(...call),
    pathState: (...call) => history.pathState(...call),
    pathChanges: (...call) => history.pathChanges(...call),
    content: (...call) => history.content(...call),
    contents: (...call) => history.contents(...call),
    versionAtTime: (...call) => history.versionAtTime(...call),
    versionBefore: (...call) => history.versionBefore(...call),
    tags: (...call) => history.tags(...call),
    tag: (...call) => history.tag(...call),
    setTag: (...call) => history.setTag(...call),
    branches: (...call) => history.branches(...call),
    fork: (...call) => history.fork(...call),
    watchHead: (...call) => history.watchHead(...call),
  };
}

async function* decryptEach(
  events: AsyncIterable<StoredEvent>,
  decrypt: (stored: StoredEvent) => Promise<StoredEvent>,
): AsyncGenerator<StoredEvent> {
  for await (const stored of events) yield await decrypt(stored);
}

/** Undefined: it does not open with these keys. */
function tryOpen(open: () => Payload): Payload | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof PermanentError || error instanceof ProtocolError) return undefined;
    throw error;
  }
}
