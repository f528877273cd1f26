-- One wide, immutable row per event. Partitioned by commit time: by tenant would make a part per tenant and insert, by event time
-- a month-old outbox would touch a hundred partitions with one insert.
CREATE TABLE IF NOT EXISTS {database}.swarm_events
(
    tenant_id LowCardinality(String),
    project_id LowCardinality(String),
    branch LowCardinality(String),
    version String,
    event_id UUID,
    event_time DateTime64(6, 'UTC'),
    commit_time DateTime64(3, 'UTC'),
    trace_id String,
    span_id String,
    parent_event_id String,
    agent_id LowCardinality(String),
    agent_role LowCardinality(String),
    user_id LowCardinality(String),
    sequence UInt64,
    event_type LowCardinality(String),
    title String,
    confidence_score Nullable(Float32),
    model LowCardinality(String),
    input_tokens UInt64,
    output_tokens UInt64,
    cost_usd Float64,
    target_resource String,
    action LowCardinality(String),
    content_sha256 String,
    content_bytes UInt64,
    severity LowCardinality(String),
    attributes Map(String, String),
    payload_json String CODEC(ZSTD(3)),
    raw_proto_base64 String EPHEMERAL,
    raw_proto String DEFAULT base64Decode(raw_proto_base64) CODEC(ZSTD(3)),
    feed_group String CODEC(ZSTD(1)),
    INDEX by_event_id event_id TYPE bloom_filter GRANULARITY 4,
    INDEX by_feed_group feed_group TYPE bloom_filter GRANULARITY 4
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(commit_time)
ORDER BY (tenant_id, project_id, branch, version)
TTL toDateTime(commit_time) + INTERVAL 1 YEAR
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;
