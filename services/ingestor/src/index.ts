export { loadConfig, parsePartitionList, type IngestorConfig } from './config.ts';
export { defaultIngestPolicy, type FeedPolicy, type IngestPolicy } from './policy.ts';
export { openIngestor, type Ingestor, type IngestorDependencies, type IngestorSettings } from './open-ingestor.ts';
