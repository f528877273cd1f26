import { openLedger, type Ledger } from '@swarmledger/ledger';
import { parseProjectId, parseTenantId } from '@swarmledger/protocol';
import type { LedgerConnection } from '@swarmledger/ledger';
import type { Claim } from './checker.ts';
import { eventIdOf, sessionName, type Session } from './facts.ts';

/** Asks the ledger whether it is true when an agent was told "committed", right then. */
export class ClaimChecker {
  readonly claims: Claim[] = [];
  readonly #connection: LedgerConnection;
  readonly #run: string;
  #ledger: Promise<Ledger> | undefined;
  #asked: Promise<void> = Promise.resolve();

  constructor(connection: LedgerConnection, run: string) {
    this.#connection = connection;
    this.#run = run;
  }

  check(session: Session, number: number): void {
    // One at a time; a ledger that cannot be read at that moment (its disk is full) proves nothing.
    this.#asked = this.#asked.then(() => this.#ask(session, number)).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#asked;
    await (await this.#ledger)?.close();
  }

  async #ask(session: Session, number: number): Promise<void> {
    this.#ledger ??= openLedger({ connection: this.#connection });
    const eventId = eventIdOf(this.#run, session, number);
    const history = await (await this.#ledger).project(parseTenantId(session.tenant), parseProjectId(session.project));
    const isInLedger = (await history.find(eventId)) !== undefined;
    this.claims.push({ session: sessionName(session), number, eventId, isInLedger });
  }
}
