import type { JetStreamManager, StoredMsg } from 'nats';
import {
  headerNames,
  illegalName,
  overflowStream,
  overflowSubject,
  overflowTenantSubject,
  readOverflowPlace,
  type LanePlace,
  type ProjectId,
  type TenantId,
} from '@swarmledger/protocol';
import type { EventPublisher, LanePacket, LanePosition, OverflowStream, WaitingMessage } from './contract.ts';
import { translateError } from './errors.ts';
import { busLimits } from './limits.ts';
import { cutPackets, decodePacket, encodePacket } from './overflow-packet.ts';
import { findMessage, removeMessage } from './stored-messages.ts';

/**
 * Reads go to the stream's leader (no direct gets from a replica): whoever opens a partition must see what its last owner stored.
 */
export class JetStreamOverflow implements OverflowStream {
  readonly #manager: JetStreamManager;
  readonly #publisher: Pick<EventPublisher, 'publishRaw'>;

  constructor(manager: JetStreamManager, publisher: Pick<EventPublisher, 'publishRaw'>) {
    this.#manager = manager;
    this.#publisher = publisher;
  }

  async put(partition: number, place: LanePlace, messages: readonly WaitingMessage[]): Promise<number> {
    const subject = overflowSubject(partition, place);
    let last = 0;
    for (const packet of cutPackets(messages, busLimits.overflowPacketBytesTarget)) {
      const sequences = packet.map(({ sequence }) => sequence);
      const id = `${subject}/${sequences[0]}-${sequences.at(-1)}`;
      // One after the other: a packet that has to be put again must not come behind its successor.
      const ack = await this.#publisher.publishRaw(
        subject,
        encodePacket(packet),
        new Map([[headerNames.messageId, id]]),
      );
      // A repetition is acknowledged with the first one's place.
      last = Math.max(last, ack.sequence);
    }
    return last;
  }

  async places(partition: number): Promise<readonly LanePosition[]> {
    return this.#list(overflowSubject(partition, '*'));
  }

  async #list(subjects_filter: string): Promise<readonly LanePosition[]> {
    try {
      const { state } = await this.#manager.streams.info(overflowStream, { subjects_filter });
      return Object.keys(state.subjects ?? {}).map((subject) => ({
        place: readOverflowPlace(subject),
        sequence: state.last_seq,
      }));
    } catch (error) {
      throw translateError(error, 'look into the overflow lane');
    }
  }

  async projects(tenant: TenantId): Promise<readonly ProjectId[]> {
    const places = await this.#list(overflowTenantSubject(tenant));
    const projects = places.flatMap(({ place: { project } }) => (project === illegalName ? [] : [project]));
    return [...new Set(projects)].sort();
  }

  async next(partition: number, place: LanePlace, sequence: number): Promise<LanePacket | undefined> {
    try {
      const subject = overflowSubject(partition, place);
      const message = await findMessage(this.#manager, overflowStream, { sequence, subject });
      return message === undefined ? undefined : toPacket(message);
    } catch (error) {
      throw translateError(error, 'read the overflow lane');
    }
  }

  async remove(sequence: number): Promise<void> {
    try {
      await removeMessage(this.#manager, overflowStream, sequence);
    } catch (error) {
      throw translateError(error, `remove packet ${sequence} from the overflow lane`);
    }
  }

  async depth(): Promise<{ readonly packets: number; readonly bytes: number }> {
    try {
      const { messages: packets, bytes } = (await this.#manager.streams.info(overflowStream)).state;
      return { packets, bytes };
    } catch (error) {
      throw translateError(error, 'look into the overflow lane');
    }
  }
}

function toPacket({ seq: sequence, time, data }: StoredMsg): LanePacket {
  try {
    return { sequence, time, messages: decodePacket(data) };
  } catch {
    return { sequence, time, messages: [] };
  }
}
