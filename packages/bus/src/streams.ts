import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  headers as createHeaders,
  RetentionPolicy,
  StorageType,
  type ConsumerConfig,
  type JetStreamClient,
  type JetStreamManager,
  type StreamConfig,
} from 'nats';
import {
  allDeadLettersSubject,
  allJobsSubject,
  allJobTopicsSubjects,
  allOverflowSubject,
  deadLetterStream,
  ingestorConsumer,
  jobReportStream,
  jobStream,
  overflowStream,
  parseProjectId,
  parseTenantId,
  eventsSubject,
  partitionStream,
  partitionSubject,
  unmappedEventsSubject,
  workerConsumer,
} from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import type { StreamOptions } from './contract.ts';
import { jetStreamCode, jetStreamCodes, translateError } from './errors.ts';
import { busLimits } from './limits.ts';

const nanosPerMs = 1_000_000;

/** Makes or updates the streams and their consumers, each as DESIGN section 4 has it. */
export async function ensureStreams(
  manager: JetStreamManager,
  jetStream: JetStreamClient,
  options: StreamOptions,
): Promise<void> {
  await refusePartitionChange(manager, options.partitions);
  for (let partition = 0; partition < options.partitions; partition++) {
    await ensureStream(manager, partitionConfig(partition, options, [partitionSubject(partition)]));
  }
  if (!(await isMapped(jetStream))) {
    await ensureStream(manager, partitionConfig(0, options, [partitionSubject(0), unmappedEventsSubject]));
  }
  for (let partition = 0; partition < options.partitions; partition++) {
    await ensureConsumer(manager, partitionStream(partition), consumerConfig(options));
  }
  await ensureStream(manager, deadLetterConfig(options));
  await ensureStream(manager, overflowConfig(options));
  await ensureJobStreams(manager, options);
}

/** The consumer is made with the stream: KEDA sees no jobs of a consumer that is not there yet. */
export async function ensureJobStreams(
  manager: JetStreamManager,
  options: Pick<StreamOptions, 'replicas' | 'ackWaitMs'>,
): Promise<void> {
  const { replicas = 1, ackWaitMs = busLimits.ackWaitMs } = options;
  await ensureStream(manager, {
    ...keepingConfig(replicas),
    name: jobStream,
    subjects: [allJobsSubject],
    retention: RetentionPolicy.Workqueue,
    discard_new_per_subject: true,
    max_bytes: busLimits.jobsBytesMax,
    max_msgs_per_subject: busLimits.jobsOfTenantMax,
  });
  await ensureConsumer(manager, jobStream, {
    durable_name: workerConsumer,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: ackWaitMs * nanosPerMs,
    max_ack_pending: busLimits.jobsRunningMax,
    // A job that keeps failing is moved to the dead letters by its worker; the server would only forget it.
    max_deliver: -1,
  });
  await ensureStream(manager, {
    name: jobReportStream,
    subjects: [...allJobTopicsSubjects],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_bytes: busLimits.jobReportsBytesMax,
    max_age: busLimits.jobReportsAgeMs * nanosPerMs,
    max_msgs_per_subject: busLimits.jobReportsPerSubjectMax,
    num_replicas: replicas,
    allow_direct: true,
  });
}

/** Of every stream whose messages may not get lost: on disk, when it is full what is new is refused, and each message is stored once. */
function keepingConfig(replicas = 1): Partial<StreamConfig> {
  return {
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    duplicate_window: busLimits.duplicateWindowMs * nanosPerMs,
    num_replicas: replicas,
  };
}

function partitionConfig(partition: number, options: StreamOptions, subjects: string[]): Partial<StreamConfig> {
  return {
    ...keepingConfig(options.replicas),
    name: partitionStream(partition),
    subjects,
    retention: RetentionPolicy.Workqueue,
    discard_new_per_subject: true,
    max_bytes: options.maxBytesPerStream ?? busLimits.streamBytesMax,
    max_msgs_per_subject: options.maxMessagesPerProject ?? busLimits.projectMessagesMax,
  };
}

function deadLetterConfig(options: StreamOptions): Partial<StreamConfig> {
  return {
    ...keepingConfig(options.replicas),
    name: deadLetterStream,
    subjects: [allDeadLettersSubject],
    retention: RetentionPolicy.Limits,
    max_bytes: options.maxBytesDeadLetters ?? busLimits.deadLetterBytesMax,
    allow_direct: true,
  };
}

/** It is read by place, from whichever of its messages comes next, and what was committed is removed: it needs no consumer. */
function overflowConfig(options: StreamOptions): Partial<StreamConfig> {
  return {
    ...keepingConfig(options.replicas),
    name: overflowStream,
    subjects: [allOverflowSubject],
    retention: RetentionPolicy.Limits,
    discard_new_per_subject: true,
    max_bytes: options.maxBytesOverflow ?? busLimits.overflowBytesMax,
    max_msgs_per_subject: options.maxOverflowPacketsPerProject ?? busLimits.overflowPacketsOfProjectMax,
  };
}

function consumerConfig(options: Pick<StreamOptions, 'ackWaitMs'>): Partial<ConsumerConfig> {
  return {
    durable_name: ingestorConsumer,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: (options.ackWaitMs ?? busLimits.ackWaitMs) * nanosPerMs,
    max_ack_pending: busLimits.unacknowledgedMax,
    max_deliver: -1,
  };
}

async function ensureStream(manager: JetStreamManager, config: Partial<StreamConfig>): Promise<void> {
  const name = config.name ?? '';
  try {
    await manager.streams.info(name);
  } catch (error) {
    if (jetStreamCode(error) !== jetStreamCodes.streamNotFound) throw translateError(error, `look up stream ${name}`);
    await manager.streams.add(config).catch((cause: unknown) => {
      throw translateError(cause, `make stream ${name}`);
    });
    return;
  }
  await manager.streams.update(name, config).catch((cause: unknown) => {
    throw translateError(cause, `update stream ${name}`);
  });
}

async function ensureConsumer(
  manager: JetStreamManager,
  stream: string,
  config: Partial<ConsumerConfig>,
): Promise<void> {
  try {
    // Adding a consumer that exists with this configuration does nothing.
    await manager.consumers.add(stream, config);
  } catch {
    const name = config.durable_name ?? '';
    await manager.consumers.update(stream, name, config).catch((cause: unknown) => {
      throw translateError(cause, `make consumer ${name} of ${stream}`);
    });
  }
}

/**
 * Makes a partition's consumer anew: it begins at the oldest message that is not acknowledged. One that goes on would deliver
 * what is new first, and what an owner that died had in its hands only after ack_wait: out of order.
 */
export async function restartConsumer(manager: JetStreamManager, partition: number): Promise<void> {
  const stream = partitionStream(partition);
  try {
    const { config } = await manager.consumers.info(stream, ingestorConsumer);
    await manager.consumers.delete(stream, ingestorConsumer);
    await manager.consumers.add(stream, config);
  } catch (error) {
    if (jetStreamCode(error) !== jetStreamCodes.consumerNotFound) throw error;
    // Whoever restarted it last was stopped in between.
    await manager.consumers.add(stream, consumerConfig({}));
  }
}

/** A project's partition is a function of their number: changing it while messages wait would reorder them. */
async function refusePartitionChange(manager: JetStreamManager, partitions: number): Promise<void> {
  try {
    const extra = await manager.streams.info(partitionStream(partitions)).catch((error: unknown) => {
      if (jetStreamCode(error) === jetStreamCodes.streamNotFound) return undefined;
      throw error;
    });
    if (extra === undefined) return;
    throw new PermanentError(
      'partitions_changed',
      `the hub has more than ${partitions} partitions: keep the number that it was made with`,
    );
  } catch (error) {
    throw translateError(error, 'count the partitions');
  }
}

/**
 * Asks the server itself: a publish that expects another stream is refused by whichever stream captures the subject, and
 * stored by none.
 */
async function isMapped(jetStream: JetStreamClient): Promise<boolean> {
  const headers = createHeaders();
  headers.set('Nats-Expected-Stream', 'SWARM_PROBE');
  const subject = eventsSubject(parseTenantId('probe'), parseProjectId('probe'));
  try {
    await jetStream.publish(subject, new Uint8Array(), { headers, timeout: busLimits.publishTimeoutMs });
    return true;
  } catch (error) {
    if (jetStreamCode(error) === jetStreamCodes.expectedStreamMismatch) return true;
    const { code } = translateError(error, 'look for the partition mapping') as Error & { code?: string };
    if (code === 'no_responders') return false;
    throw translateError(error, 'look for the partition mapping');
  }
}
