export { limits } from './limits.ts';
export { ProtocolError, type RejectionCode } from './errors.ts';
export {
  mainBranch,
  parseBranchName,
  parseProjectId,
  parseTagName,
  parseTenantId,
  quote,
  type BranchName,
  type ProjectId,
  type TagName,
  type TenantId,
} from './ids.ts';
export {
  createEventId,
  deriveEventId,
  eventIdFromBytes,
  eventIdToBytes,
  isUuid,
  parseEventId,
  type EventId,
} from './uuid.ts';
export { parseProjectPath, type ProjectPath } from './paths.ts';
export {
  formatVersion,
  parseVersion,
  splitVersion,
  versionBytes,
  versionFromBytes,
  versionToBytes,
  type Version,
  type VersionParts,
} from './versions.ts';
export {
  allDeadLettersSubject,
  allReceiptsSubject,
  batchContent,
  commitsSubject,
  deadLetterStream,
  deadLetterSubject,
  eventsSubject,
  headerNames,
  ingestorConsumer,
  jobsSubject,
  parseEventsSubject,
  parseLedgerSubject,
  partitionMapping,
  partitionStream,
  partitionSubject,
  receiptsSubject,
  unmappedEventsSubject,
  type EventsSubject,
} from './subjects.ts';
export {
  allOverflowSubject,
  illegalName,
  overflowStream,
  overflowSubject,
  overflowTenantSubject,
  readLanePlace,
  readOverflowPlace,
  type LanePlace,
} from './subjects.ts';
export {
  allJobsSubject,
  allJobTopicsSubjects,
  jobReportStream,
  jobStream,
  jobTopicSubject,
  parseJobsSubject,
  workerConsumer,
  type JobTopic,
} from './subjects.ts';
export {
  createJob,
  decodeJob,
  decodeJobReport,
  encodeJob,
  encodeJobReport,
  jobDeadlineMsMax,
  jobStates,
  jobTaskBytesMax,
  type Job,
  type JobReport,
  type JobState,
} from './job.ts';
export {
  agentRoles,
  changeActions,
  fileModes,
  resolvesAttribute,
  severities,
  tagAttribute,
  type AgentRole,
  type ChangeAction,
  type ChangeBody,
  type Conflict,
  type ContentChunk,
  type Decision,
  type EncryptedPayload,
  type Payload,
  type PayloadKind,
  type Severity,
  type StateChange,
  type SwarmEvent,
  type SystemSignal,
} from './event.ts';
export { decodeEvent, decodeStoredEvent, type EventScope } from './decode.ts';
export { detachContent, encodeEvent, type DetachedEvent } from './encode.ts';
export {
  decodeEnvelope,
  decodePlainPayload,
  encodeEnvelope,
  encodePlainPayload,
  envelopeBytes,
  type EncryptedEnvelope,
} from './encrypted-payload.ts';
export { amendClockOffset, amendedBytesMax, amendSequence } from './amend.ts';
export { decodeMessage, encodeBatch, encodeEvents, splitBatch, type ReceivedEvent } from './batch.ts';
export {
  decodeFeedRecord,
  decodeHistoryRecord,
  decodePathRecord,
  encodeFeedRecord,
  encodeHistoryRecord,
  encodePathRecord,
  type FeedRecord,
  type FeedSpan,
  type HistoryRecord,
  type PathRecord,
} from './records.ts';
export {
  decodeHubTime,
  decodeReceiptQuery,
  decodeReceipts,
  encodeReceiptQuery,
  encodeReceipts,
  type Receipt,
} from './receipts.ts';
export { eventFromJson, eventToJson, formatTimestampUs, payloadToJson } from './json.ts';
