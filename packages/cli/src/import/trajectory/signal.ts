import type { Severity, SystemSignal } from '@swarmledger/protocol';

/** @param data anything that JSON takes */
export function signal(kind: string, severity: Severity, message: string, data: object): SystemSignal {
  return { kind: 'system_signal', signal: kind, severity, message, data: JSON.stringify(data) };
}
