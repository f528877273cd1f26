-- The last decisions of the agent before each crash or critical signal, newest first.
CREATE VIEW IF NOT EXISTS {database}.crash_context AS
SELECT
    crash.tenant_id AS tenant_id,
    crash.project_id AS project_id,
    crash.agent_id AS agent_id,
    crash.event_time AS crash_time,
    crash.message AS crash,
    decision.event_time AS decision_time,
    decision.title AS title,
    decision.rationale AS rationale,
    decision.version AS version
FROM
(
    SELECT tenant_id, project_id, branch, agent_id, event_id, event_time, version,
        JSONExtractString(payload_json, 'system_signal', 'message') AS message
    FROM {database}.swarm_events
    WHERE event_type = 'system_signal'
        AND (JSONExtractString(payload_json, 'system_signal', 'kind') = 'crash' OR severity = 'CRITICAL')
) AS crash
INNER JOIN
(
    SELECT tenant_id, project_id, branch, agent_id, event_time, version, title,
        JSONExtractString(payload_json, 'decision', 'rationale') AS rationale
    FROM {database}.swarm_events
    WHERE event_type = 'decision'
) AS decision
    ON crash.tenant_id = decision.tenant_id AND crash.project_id = decision.project_id
    AND crash.branch = decision.branch AND crash.agent_id = decision.agent_id
WHERE decision.version < crash.version
ORDER BY crash.version, decision.version DESC
LIMIT 10 BY crash.event_id;

-- Paths changed more than {times} times within {minutes} minutes: an agent going in circles.
CREATE VIEW IF NOT EXISTS {database}.rewritten_files AS
SELECT
    tenant_id,
    project_id,
    branch,
    target_resource AS path,
    toStartOfInterval(event_time, toIntervalMinute({minutes:UInt32})) AS window_start,
    count() AS changes,
    uniqExact(agent_id) AS agents
FROM {database}.swarm_events
WHERE event_type = 'state_change'
GROUP BY tenant_id, project_id, branch, path, window_start
HAVING changes > {times:UInt32};

-- Each change with the decision that led to it, by causation (parent_event_id), never across tenants or projects.
CREATE VIEW IF NOT EXISTS {database}.change_decisions AS
SELECT
    change.tenant_id AS tenant_id,
    change.project_id AS project_id,
    change.branch AS branch,
    change.version AS version,
    change.event_time AS event_time,
    change.agent_id AS agent_id,
    change.action AS action,
    change.target_resource AS path,
    decision.title AS decision,
    JSONExtractString(decision.payload_json, 'decision', 'rationale') AS rationale,
    decision.confidence_score AS confidence_score
FROM
(
    SELECT * FROM {database}.swarm_events WHERE event_type = 'state_change'
) AS change
LEFT JOIN
(
    SELECT tenant_id, project_id, toString(event_id) AS id, title, payload_json, confidence_score
    FROM {database}.swarm_events
    WHERE event_type = 'decision'
) AS decision
    ON change.tenant_id = decision.tenant_id AND change.project_id = decision.project_id
    AND change.parent_event_id = decision.id;

-- What each agent cost.
CREATE VIEW IF NOT EXISTS {database}.cost_by_agent AS
SELECT
    tenant_id,
    project_id,
    agent_id,
    count() AS decisions,
    sum(input_tokens) AS input_tokens,
    sum(output_tokens) AS output_tokens,
    sum(cost_usd) AS cost_usd,
    avg(confidence_score) AS confidence_score
FROM {database}.swarm_events
WHERE event_type = 'decision'
GROUP BY tenant_id, project_id, agent_id;

-- Events of each kind by minute of the producers' clock.
CREATE VIEW IF NOT EXISTS {database}.activity_by_minute AS
SELECT tenant_id, project_id, toStartOfMinute(event_time) AS minute, event_type, count() AS events, uniqExact(agent_id) AS agents
FROM {database}.swarm_events
GROUP BY tenant_id, project_id, minute, event_type;

-- Changes that did not see each other.
CREATE VIEW IF NOT EXISTS {database}.conflicts AS
SELECT
    tenant_id,
    project_id,
    branch,
    version,
    commit_time,
    JSONExtractString(payload_json, 'conflict', 'path') AS path,
    JSONExtractString(payload_json, 'conflict', 'reason') AS reason,
    JSONExtractString(payload_json, 'conflict', 'event_id') AS event_id,
    JSONExtractString(payload_json, 'conflict', 'other_event_id') AS other_event_id
FROM {database}.swarm_events
WHERE event_type = 'conflict';
